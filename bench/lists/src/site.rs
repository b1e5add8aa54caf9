//! A filled database and the real server on it.

use std::process::Command;

use jiff::Timestamp;
use packhorse_model::api::sessions::TokenSummary;
use packhorse_model::ids::{Identifier as _, TokenId, UserId};
use packhorse_store::{Store, StoreUrl, tokens, users};
use packhorse_testkit::bench::{Kind, Serve};
use packhorse_testkit::process::Process;
use packhorse_testkit::world::wait_for;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::fill::{Size, fill};

/// Whatever went wrong; a bench has nobody to tell apart what.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

const TOKEN: &str = "ph_0000000000000000000000000000000000000000000000000000000000000007";

/// A running server.
pub(crate) struct Site {
    http: reqwest::Client,
    base: String,
    _server: Process,
    _folder: TempDir,
}

impl Site {
    /// Fills a database and starts the server on it.
    pub(crate) async fn start(kind: Kind, size: &Size) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        std::fs::create_dir(&data)?;
        let database = kind.url();
        let url = match &database {
            None => StoreUrl::Sqlite(data.join("packhorse.db")),
            Some(url) => url.parse()?,
        };
        let store = Store::open(&url).await?;
        admin(&store).await?;
        fill(&store, kind, size).await?;
        store.close().await;
        drop(store);
        // Opened again, a store gives terms to the packages that have none.
        let begin = std::time::Instant::now();
        Store::open(&url).await?.close().await;
        println!("terms: {:.0} s", begin.elapsed().as_secs_f64());
        if matches!(kind, Kind::Postgres) {
            // Else it would do so while it is measured.
            packhorse_testkit::postgres::settle()?;
        }
        // Neither database waited for its disk: the system would write gigabytes out for minutes yet, and reads would wait behind that.
        let synced = Command::new("sync").status()?;
        if !synced.success() {
            return Err(format!("sync: {synced}").into());
        }

        let Serve { mut command, port, .. } = Serve::new(&data, database.as_deref())?;
        let log = folder.path().join("server.log");
        let mut server = Process::start(&mut command, &log)?;
        wait_for("the server to listen", || {
            assert!(server.is_running(), "the server has ended:\n{}", server.log());
            std::net::TcpStream::connect(("127.0.0.1", port)).ok()
        });
        let base = format!("http://127.0.0.1:{port}/api/v1");
        Ok(Self {
            http: reqwest::Client::builder().tls_certs_only([]).build()?,
            base,
            _server: server,
            _folder: folder,
        })
    }

    /// What the server answers.
    pub(crate) async fn get(&self, path: &str) -> Result<serde_json::Value, Failure> {
        let response = self.http.get(format!("{}/{path}", self.base)).bearer_auth(TOKEN).send().await?;
        let status = response.status();
        let body = response.text().await?;
        if status.is_success() {
            Ok(serde_json::from_str(&body)?)
        } else {
            Err(format!("{path}: {status}: {body}").into())
        }
    }
}

async fn admin(store: &Store) -> Result<(), Failure> {
    let now = Timestamp::now();
    let (user, id) = (UserId::from_parts(now, 1), TokenId::from_parts(now, 1));
    let mut tx = store.write().await?;
    users::insert(&mut tx, user, &"admin".parse()?, "none", now).await?;
    let token = TokenSummary { id, name: "bench".to_owned(), created_at: now, expires_at: None, last_used_at: None };
    tokens::insert(&mut tx, user, &token, &Sha256::digest(TOKEN.as_bytes()).into()).await?;
    tx.commit().await?;
    Ok(())
}
