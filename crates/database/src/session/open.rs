//! Getting into a database.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, chown};
use std::path::Path;
use std::time::Duration;

use packhorse_model::database::{DatabaseLogin, DatabaseTls, Listener};
use packhorse_model::manifest::Engine;
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Error};

use super::{Link, Session};

/// How long a server may take to let us in.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long another one may be writing to a database of SQLite.
const BUSY: Duration = Duration::from_secs(30);

impl Session {
    /// Connects. Scripts find the session as the server makes it, but for the time zone, which is UTC.
    ///
    /// # Errors
    /// Why not, in a sentence that names the database and says what to do.
    pub(crate) async fn open(login: &DatabaseLogin, password: Option<&str>) -> Result<Self, String> {
        let hint = match login.engine {
            Engine::Sqlite => "is its folder there, and may the agent write to it?",
            Engine::Postgres | Engine::Mysql => {
                "look whether the server runs, and whether address, user, password and TLS of the database target are right"
            }
        };
        let missing = || format!("the database target {login} is not complete: give it an address and a user");
        let opening = async {
            Ok(match login.engine {
                Engine::Postgres => Link::Postgres(postgres(login, password)?.connect().await?),
                Engine::Mysql => Link::Mysql(mysql(login, password)?.connect().await?),
                Engine::Sqlite => Link::Sqlite(sqlite(&login.database)?.connect().await?),
            })
        };
        match tokio::time::timeout(PATIENCE, opening).await {
            Ok(Ok(link)) => Ok(Self { link }),
            Ok(Err(Refused::Incomplete)) => Err(missing()),
            Ok(Err(Refused::Error(error))) => Err(format!("{login} cannot be opened: {error}: {hint}")),
            Err(_) => Err(format!("{login} does not answer within {} seconds: {hint}", PATIENCE.as_secs())),
        }
    }
}

/// Why there is no connection.
pub(super) enum Refused {
    Incomplete,
    Error(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

pub(super) fn postgres(login: &DatabaseLogin, password: Option<&str>) -> Result<PgConnectOptions, Refused> {
    let address = login.address.as_ref().ok_or(Refused::Incomplete)?;
    let user = login.user.as_deref().ok_or(Refused::Incomplete)?;
    let mut options = PgConnectOptions::new_without_pgpass()
        .database(&login.database)
        .username(user)
        .application_name("packhorse")
        .ssl_mode(match login.tls {
            DatabaseTls::Off => PgSslMode::Disable,
            DatabaseTls::Prefer => PgSslMode::Prefer,
            DatabaseTls::Require => PgSslMode::Require,
            DatabaseTls::Verify => PgSslMode::VerifyFull,
        });
    options = match address.listener() {
        Listener::Socket(folder) => options.socket(folder).port(5432),
        Listener::Network { host, port } => options.host(host).port(port.unwrap_or(5432)),
    };
    if let Some(password) = password {
        options = options.password(password);
    }
    if let Some(authority) = &login.authority {
        options = options.ssl_root_cert_from_pem(authority.clone().into_bytes());
    }
    Ok(options)
}

pub(super) fn mysql(login: &DatabaseLogin, password: Option<&str>) -> Result<MySqlConnectOptions, Refused> {
    let address = login.address.as_ref().ok_or(Refused::Incomplete)?;
    let user = login.user.as_deref().ok_or(Refused::Incomplete)?;
    let mut options = MySqlConnectOptions::new()
        .database(&login.database)
        .username(user)
        // Texts of packages mean what they mean to the server.
        .pipes_as_concat(false)
        .no_engine_substitution(false)
        .ssl_mode(match login.tls {
            DatabaseTls::Off => MySqlSslMode::Disabled,
            DatabaseTls::Prefer => MySqlSslMode::Preferred,
            DatabaseTls::Require => MySqlSslMode::Required,
            DatabaseTls::Verify => MySqlSslMode::VerifyIdentity,
        });
    options = match address.listener() {
        Listener::Socket(path) => options.socket(path).ssl_mode(MySqlSslMode::Disabled),
        Listener::Network { host, port } => options.host(host).port(port.unwrap_or(3306)),
    };
    if let Some(password) = password {
        options = options.password(password);
    }
    if let Some(authority) = &login.authority {
        options = options.ssl_ca_from_pem(authority.clone().into_bytes());
    }
    Ok(options)
}

fn sqlite(path: &str) -> Result<SqliteConnectOptions, Error> {
    make_file(Path::new(path))?;
    // Foreign keys are as SQLite has them when nobody says anything, since scripts are written for that.
    Ok(SqliteConnectOptions::new().filename(path).foreign_keys(false).busy_timeout(BUSY))
}

/// A file that is there, to be read and left as it is.
pub(super) fn read_only(path: &str) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).create_if_missing(false).read_only(true).busy_timeout(BUSY)
}

/// Makes an empty database for whom its folder belongs to: the application must be able to write to it.
fn make_file(path: &Path) -> std::io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o660).open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Ok(()),
        made => made?,
    };
    let Some(folder) = path.parent() else { return Ok(()) };
    let (folder, made) = (fs::metadata(folder)?, fs::metadata(path)?);
    if made.uid() == 0 && folder.uid() != 0 {
        chown(path, Some(folder.uid()), Some(folder.gid()))?;
    }
    Ok(())
}
