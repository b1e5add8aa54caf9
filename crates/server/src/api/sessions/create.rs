//! `POST /api/v1/session`

use std::net::{IpAddr, Ipv4Addr};

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::SET_COOKIE;
use http::{HeaderName, StatusCode};
use packhorse_model::UserName;
use packhorse_model::api::sessions::{Session, SignIn};
use packhorse_model::problem::Problem;
use packhorse_store::audit::NewEntry;
use packhorse_store::sessions::{self, NewSession};
use packhorse_store::users;
use serde_json::json;

use crate::access::{ABSOLUTE, COOKIE_NAME, Secret, SecretKind, read_body, require_same_origin, session_cookie};
use crate::app::App;
use crate::connections::Peer;
use crate::error::ApiError;

/// The longest password that is hashed.
const LONGEST_PASSWORD: usize = 1024;

/// Signs in. The session is in a cookie; a session that the browser had before ends.
#[utoipa::path(
    post, path = "/api/v1/session", operation_id = "sign_in", tag = "session",
    request_body = SignIn,
    responses((status = 200, body = Session), (status = "4XX", body = Problem)), security(()),
)]
pub(crate) async fn handler(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    // A browser says where a request comes from. Other clients say nothing, and hold no cookie that could be fixed upon them.
    if request.headers().contains_key(HeaderName::from_static("sec-fetch-site")) {
        require_same_origin(request.method(), request.headers())?;
    }
    let address = request.extensions().get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    let old = session_cookie(request.headers());
    let input: SignIn = read_body(request.into_body()).await?;
    let now = app.clock.now();
    let account = (input.user.to_lowercase().chars().take(64).collect::<String>(), address);
    app.throttles.sign_in.attempt(&address, now)?;
    app.throttles.account.attempt(&account, now)?;

    let refused = || {
        ApiError::new(StatusCode::UNAUTHORIZED, "wrong_credentials", "the user or the password is wrong")
            .hint("the first administrator's password was printed once, when the server first started")
    };
    let credentials = match input.user.parse::<UserName>() {
        Ok(name) if input.password.len() <= LONGEST_PASSWORD => {
            let found = users::credentials(&mut *app.store.read().await?, &name).await?;
            found.map(|found| (name, found))
        }
        _ => None,
    };
    let password: String = input.password.chars().take(LONGEST_PASSWORD).collect();
    let hash = credentials.as_ref().map(|(_, found)| found.password_hash.clone());
    let right = app.passwords.verify(password, hash).await?;
    let Some((user, found)) = credentials.filter(|_| right) else {
        tracing::warn!(user = ?input.user, %address, "a sign-in was refused");
        return Err(refused());
    };

    let secret = Secret::generate(SecretKind::Session, &app.random);
    let expires_at = now.checked_add(ABSOLUTE).map_err(ApiError::internal)?;
    let new = NewSession { id: app.random.id(now), secret_hash: secret.hash(), user: found.user, now, expires_at };
    let mut tx = app.store.write().await?;
    if let Some(old) = old {
        sessions::delete_by_secret(&mut tx, &old.hash()).await?;
    }
    sessions::insert(&mut tx, &new).await?;
    let actor = format!("user:{user}");
    let detail = json!({ "address": address.to_string() });
    tx.audit(NewEntry { at: now, actor, action: "session.create", object: user.to_string(), detail });
    tx.commit().await?;
    app.throttles.account.succeeded(&account);
    app.throttles.sign_in.take_back(&address);

    let cookie =
        format!("{COOKIE_NAME}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}", secret.reveal(), ABSOLUTE.as_secs());
    let reply = Session { user, server_version: env!("CARGO_PKG_VERSION").to_owned() };
    Ok(([(SET_COOKIE, cookie)], Json(reply)).into_response())
}
