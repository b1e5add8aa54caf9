//! A server without sockets: the real routers over a real store, with a clock that tests set and randomness that repeats.

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use packhorse_model::UserName;
use packhorse_model::api::sessions::TokenSummary;
use packhorse_model::ids::{TokenId, UserId};
use packhorse_server::{AgentIdentity, App, Clock, Config, Fragment, Random};
use packhorse_store::{tokens, users};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tower::ServiceExt as _;

/// Runs each function as a test on SQLite and as one on PostgreSQL.
macro_rules! on_both {
    ($($test:ident: $sqlite:ident, $postgres:ident;)+) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $sqlite() {
            $test($crate::harness::TestServer::start().await).await;
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn $postgres() {
            $test($crate::harness::TestServer::on_postgres().await).await;
        }
    )+};
}
pub(crate) use on_both;

/// The API token that every server of the tests knows; it is the admin's.
pub(crate) const TOKEN: &str = "ph_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// The password of `admin`.
pub(crate) const PASSWORD: &str = "correct horse";

/// A server, and the directory that it lives in.
pub(crate) struct TestServer {
    pub(crate) app: App,
    pub(crate) people: Router,
    pub(crate) agents: Router,
    _directory: TempDir,
}

/// What a request got.
#[must_use = "say what the reply should be"]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The body; a string if it is no JSON, null if there is none.
    pub(crate) body: Value,
}

impl Reply {
    /// The body, of a reply that must have this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self.body
    }

    /// The code of the problem.
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

impl TestServer {
    /// A server with one user, `admin`, at noon of the 1st of June 2026.
    pub(crate) async fn start() -> Self {
        Self::start_with(Fragment::default()).await
    }

    /// The same on a real PostgreSQL.
    pub(crate) async fn on_postgres() -> Self {
        let database = Some(packhorse_testkit::postgres::schema().url);
        Self::start_with(Fragment { database, ..Fragment::default() }).await
    }

    /// The same with a configuration.
    pub(crate) async fn start_with(fragment: Fragment) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let fragment = Fragment { data: Some(directory.path().to_owned()), ..fragment };
        let config = Config::try_from(fragment).unwrap();
        let clock = Clock::settable("2026-06-01T12:00:00Z".parse().unwrap());
        let random = Random::seeded(1);
        let now = clock.now();
        let app = App::open(config, clock, random.clone()).await.unwrap();

        let mut tx = app.store.write().await.unwrap();
        let user: UserId = random.id(now);
        users::insert(&mut tx, user, &"admin".parse::<UserName>().unwrap(), &quick_hash(), now).await.unwrap();
        let id: TokenId = random.id(now);
        let token = TokenSummary { id, name: "test".into(), created_at: now, expires_at: None, last_used_at: None };
        tokens::insert(&mut tx, user, &token, &Sha256::digest(TOKEN.as_bytes()).into()).await.unwrap();
        tx.commit().await.unwrap();

        let (people, agents) = (packhorse_server::people(app.clone()), packhorse_server::agents(app.clone()));
        Self { app, people, agents, _directory: directory }
    }

    /// Lets go of everything and starts again on the same data, at the same time.
    pub(crate) async fn restart(self) -> Self {
        let Self { app, people, agents, _directory: directory } = self;
        let (config, clock, random) = (app.config.clone(), app.clock.clone(), app.random.clone());
        app.store.close().await;
        drop((app, people, agents));
        let app = App::open(config, clock, random).await.unwrap();
        let (people, agents) = (packhorse_server::people(app.clone()), packhorse_server::agents(app.clone()));
        Self { app, people, agents, _directory: directory }
    }

    /// Moves the clock.
    pub(crate) fn advance(&self, by: SignedDuration) -> Timestamp {
        self.app.clock.advance(by);
        self.app.clock.now()
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(authorized(Method::GET, path), Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(authorized(Method::POST, path), body).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(authorized(Method::PUT, path), body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.send(authorized(Method::DELETE, path), Value::Null).await
    }

    /// Any request to the people's router; `Value::Null` is no body.
    pub(crate) async fn send(&self, request: http::request::Builder, body: Value) -> Reply {
        exchange(&self.people, request, body).await
    }

    /// Any request to the agents' router, without a certificate.
    pub(crate) async fn send_to_agents(&self, request: http::request::Builder, body: Value) -> Reply {
        exchange(&self.agents, request, body).await
    }

    /// Writes what the server keeps in memory for a while.
    pub(crate) async fn flush(&self) {
        packhorse_server::flush(&self.app).await.unwrap();
    }

    /// A request as this host, as if its certificate had been verified.
    pub(crate) async fn agent(&self, identity: AgentIdentity, method: Method, path: &str, body: Value) -> Reply {
        exchange(&self.agents, Request::builder().method(method).uri(path).extension(identity), body).await
    }
}

/// The hash of [`PASSWORD`], with so little memory that tests are quick.
fn quick_hash() -> String {
    use argon2::password_hash::PasswordHasher as _;
    let params = argon2::Params::new(8, 1, 1, None).unwrap();
    let argon2 = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    argon2.hash_password_with_salt(PASSWORD.as_bytes(), b"0123456789abcdef").unwrap().to_string()
}

/// A request with the admin's token.
pub(crate) fn authorized(method: Method, path: &str) -> http::request::Builder {
    Request::builder().method(method).uri(path).header(header::AUTHORIZATION, format!("Bearer {TOKEN}"))
}

async fn exchange(router: &Router, request: http::request::Builder, body: Value) -> Reply {
    let request = match body {
        Value::Null => request.body(Body::empty()),
        body => request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())),
    };
    let response = router.clone().oneshot(request.unwrap()).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = axum::body::to_bytes(response.into_body(), 64 << 20).await.unwrap();
    let body = match bytes.is_empty() {
        true => Value::Null,
        false => serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned())),
    };
    Reply { status, headers, body }
}
