//! The running server: listeners, background tasks, the first start, and stopping.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use packhorse_model::UserName;
use packhorse_model::ids::UserId;
use packhorse_store::audit::NewEntry;
use packhorse_store::{Store, StoreError, StoreUrl, idempotency, join_tokens, sessions, storage_jobs, users};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::connections::Connections;
use crate::random::Random;
use crate::start_error::StartError;
use crate::tls::ServerCertificate;
use crate::{drafts, jobs, limits, metrics, presence, reconcilers, router};

/// How long requests that run may take to finish when the server stops.
const GRACE: Duration = Duration::from_secs(10);
/// How often what has expired is forgotten.
const HOUSEKEEPING: Duration = Duration::from_secs(60 * 60);
/// How long replies are kept for requests that are repeated.
const KEYS_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// The administrator that the first start made. The password is nowhere else.
pub struct FirstAdmin {
    /// The name.
    pub user: UserName,
    /// The password, to be shown once.
    pub password: String,
}

/// A server whose listeners are bound and whose data is open.
pub struct Server {
    app: App,
    people: TcpListener,
    agents: TcpListener,
    first_admin: Option<FirstAdmin>,
}

impl Server {
    /// Binds the listeners, opens the data directory, and makes the administrator if there is no user.
    ///
    /// # Errors
    /// Says what is wrong, where, and by [`StartError::hint`] what to do. Nothing of a refused start is left behind that matters.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let bound = async {
            let people = bind(config.listen, "--listen").await?;
            let agents = bind(config.agent_listen, "--agent-listen").await?;
            Ok::<_, StartError>((people, agents))
        };
        // The usual reason for a busy port is another server on the same data; that is what should be said then.
        let (people, agents) = bound.await.map_err(|error| match (&error, &config.database) {
            (StartError::PortBusy { .. }, StoreUrl::Sqlite(path)) => {
                Store::holder(path).map_or(error, StartError::Store)
            }
            _ => error,
        })?;
        make_data_directory(&config.data)?;
        let app = App::open(config, Clock::system(), Random::system()).await?;
        app.bound(agents.local_addr().map_err(|error| StartError::Other(error.to_string()))?);
        if let StoreUrl::Sqlite(_) = app.config.database {
            // No other server works on this data; so no job runs, whatever the rows say.
            interrupt_jobs(&app).await?;
        }
        let first_admin = first_admin(&app).await?;
        Ok(Self { app, people, agents, first_admin })
    }

    /// Where people connect.
    #[must_use]
    pub fn people_address(&self) -> SocketAddr {
        self.people.local_addr().unwrap_or(self.app.config.listen)
    }

    /// Where agents connect.
    #[must_use]
    pub fn agents_address(&self) -> SocketAddr {
        self.app.agent_address()
    }

    /// The administrator, if this is the first start.
    #[must_use]
    pub fn first_admin(&self) -> Option<&FirstAdmin> {
        self.first_admin.as_ref()
    }

    /// Serves until `stop` is cancelled, then lets what runs finish.
    ///
    /// # Errors
    /// If the certificate of the agent listener cannot be made.
    pub async fn run(self, stop: CancellationToken) -> Result<(), StartError> {
        let app = self.app;
        tracing::info!(
            files = limits::raise_open_files(),
            "this many files may be open at once; each connection is one"
        );
        metrics::install();
        let certificate = ServerCertificate::new(&app, app.agent_address())?;
        let (requests, background) = (TaskTracker::new(), TaskTracker::new());
        background.spawn(presence::keep(app.clone()));
        background.spawn(metrics::keep(app.clone()));
        background.spawn(housekeeping(app.clone()));
        reconcilers::spawn(&app, &background);
        jobs::spawn(&app, &background);
        let connections = Connections::new(&app, &requests);
        requests.spawn(connections.clone().people(self.people, router::people(app.clone())));
        requests.spawn(connections.agents(self.agents, router::agents(app.clone()), certificate));

        stop.cancelled().await;
        app.stopping.cancel();
        for tasks in [requests, background] {
            tasks.close();
            if tokio::time::timeout(GRACE, tasks.wait()).await.is_err() {
                tracing::warn!("some requests did not finish in time and are cut off");
            }
        }
        app.store.close().await;
        Ok(())
    }
}

async fn bind(address: SocketAddr, option: &'static str) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        std::io::ErrorKind::AddrInUse => StartError::PortBusy { address, option },
        _ => StartError::Listen { address, option, source },
    })
}

fn make_data_directory(path: &std::path::Path) -> Result<(), StartError> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| StartError::File { path: path.to_owned(), source })
}

/// Ends jobs on the storage that a server was killed in.
async fn interrupt_jobs(app: &App) -> Result<(), StoreError> {
    let now = app.clock.now();
    let mut tx = app.store.write().await?;
    storage_jobs::interrupt(&mut tx, now, now).await?;
    tx.commit().await
}

async fn first_admin(app: &App) -> Result<Option<FirstAdmin>, StartError> {
    if users::any(&mut *app.store.read().await?).await? {
        return Ok(None);
    }
    let user: UserName = "admin".parse().map_err(|error| StartError::Other(format!("{error}")))?;
    let password = readable_password(app.random.bytes());
    let hash = app.passwords.hash(password.clone(), &app.random).await;
    let hash = hash.map_err(|error| StartError::Other(format!("{error:?}")))?;
    let now = app.clock.now();
    let id: UserId = app.random.id(now);
    let mut tx = app.store.write().await?;
    users::insert(&mut tx, id, &user, &hash, now).await?;
    let (actor, detail) = ("server".to_owned(), json!({ "reason": "first start" }));
    tx.audit(NewEntry { at: now, actor, action: "user.create", object: user.to_string(), detail });
    match tx.commit().await {
        Ok(()) => Ok(Some(FirstAdmin { user, password })),
        // Another server on the same database was first.
        Err(StoreError::Unique) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// 120 bits in groups that a person can type: letters and digits that do not look like others.
fn readable_password(bytes: [u8; 32]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let letters = bytes.iter().take(24).map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
    let mut password = String::new();
    for (index, letter) in letters.enumerate() {
        if index > 0 && index % 6 == 0 {
            password.push('-');
        }
        password.push(letter);
    }
    password
}

/// Forgets what has expired.
async fn housekeeping(app: App) {
    loop {
        let now = app.clock.now();
        if let Err(error) = forget_expired(&app, now).await {
            tracing::warn!(%error, "what has expired could not be forgotten; it will be tried again in an hour");
        }
        if let Err(error) = drafts::forget_expired(&app, now).await {
            tracing::warn!(%error, "abandoned uploads could not be forgotten; it will be tried again in an hour");
        }
        if tokio::time::timeout(HOUSEKEEPING, app.stopping.cancelled()).await.is_ok() {
            return;
        }
    }
}

async fn forget_expired(app: &App, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = app.store.write().await?;
    sessions::forget_expired(&mut tx, now).await?;
    join_tokens::forget_expired(&mut tx, now).await?;
    idempotency::forget(&mut tx, now.saturating_sub(KEYS_KEPT).unwrap_or(Timestamp::MIN)).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_readable_and_long() {
        insta::assert_snapshot!(readable_password(std::array::from_fn(|i| u8::try_from(i * 11).unwrap_or(0))), @"amybnz-cp2dq3-er4fs5-gt6hu7");
    }
}
