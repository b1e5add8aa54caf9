//! Getting into a database to look around, and what is in the way when that fails.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::time::Duration;

use packhorse_model::api::database_tests::{DatabaseObstacle, ObstacleKind};
use packhorse_model::database::{DatabaseLogin, Listener};
use packhorse_model::manifest::Engine;
use sqlx::mysql::MySqlDatabaseError;
use sqlx::{ConnectOptions as _, Error};

use super::open::{Refused, mysql, postgres, read_only};
use super::{Link, Session};

/// How long a server may take to let us in.
const PATIENCE: Duration = Duration::from_secs(15);

/// Something in the way.
pub(crate) fn obstacle(kind: ObstacleKind, message: impl Into<String>) -> DatabaseObstacle {
    DatabaseObstacle { kind, message: message.into() }
}

impl Session {
    /// Connects, and makes nothing that is not there. None for a file of SQLite that is not there and could be made.
    ///
    /// # Errors
    /// What is in the way.
    pub(crate) async fn visit(login: &DatabaseLogin, password: Option<&str>) -> Result<Option<Self>, DatabaseObstacle> {
        let visiting = async {
            match login.engine {
                Engine::Sqlite => visit_file(&login.database).await,
                Engine::Postgres | Engine::Mysql => {
                    if let Some(in_the_way) = unresolved(login).await {
                        return Err(in_the_way);
                    }
                    let link = connect(login, password).await.map_err(|refused| why(login, &refused))?;
                    Ok(Some(Self { link }))
                }
            }
        };
        tokio::time::timeout(PATIENCE, visiting).await.unwrap_or_else(|_| {
            Err(obstacle(ObstacleKind::TimedOut, format!("no answer within {} seconds", PATIENCE.as_secs())))
        })
    }
}

async fn connect(login: &DatabaseLogin, password: Option<&str>) -> Result<Link, Refused> {
    Ok(match login.engine {
        Engine::Postgres => Link::Postgres(postgres(login, password)?.connect().await?),
        Engine::Mysql => Link::Mysql(mysql(login, password)?.connect().await?),
        Engine::Sqlite => Link::Sqlite(read_only(&login.database).connect().await?),
    })
}

/// A file that is there must be one that could be written to; one that is not, in a folder that is there.
async fn visit_file(path: &str) -> Result<Option<Session>, DatabaseObstacle> {
    match OpenOptions::new().write(true).open(path) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = Path::new(path).parent().unwrap_or(Path::new("/"));
            if folder.is_dir() {
                return Ok(None);
            }
            let message = format!("there is no folder {}", folder.display());
            return Err(obstacle(ObstacleKind::DatabaseMissing, message));
        }
        Err(error) => return Err(obstacle(ObstacleKind::LedgerForbidden, format!("{path}: {error}"))),
    }
    let link = read_only(path).connect().await.map_err(|error| obstacle(ObstacleKind::Other, told(&error)))?;
    Ok(Some(Session { link: Link::Sqlite(link) }))
}

/// Whether the name of the server has an address, before it is tried; the error of a connection does not tell.
async fn unresolved(login: &DatabaseLogin) -> Option<DatabaseObstacle> {
    let Some(Listener::Network { host, .. }) = login.address.as_ref().map(|address| address.listener()) else {
        return None;
    };
    let looked_up = tokio::net::lookup_host((host, 0)).await;
    looked_up.err().map(|error| obstacle(ObstacleKind::NameUnknown, format!("{host}: {error}")))
}

/// What is in the way, by the codes of the engines.
fn why(login: &DatabaseLogin, refused: &Refused) -> DatabaseObstacle {
    let error = match refused {
        Refused::Incomplete => {
            return obstacle(ObstacleKind::Other, format!("the database target {login} has no address or no user"));
        }
        Refused::Error(error) => error,
    };
    let kind = match error {
        Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => ObstacleKind::ConnectionRefused,
        // A socket whose server does not run.
        Error::Io(error) if error.kind() == io::ErrorKind::NotFound => ObstacleKind::ConnectionRefused,
        Error::Io(_) | Error::Protocol(_) => ObstacleKind::Unreachable,
        Error::Tls(_) => ObstacleKind::Tls,
        Error::Database(said) => {
            let number = said.try_downcast_ref::<MySqlDatabaseError>().map(MySqlDatabaseError::number);
            match (said.code().unwrap_or_default().as_ref(), number) {
                // Wrong passwords; of MySQL also hosts that may not come, and users that are none.
                ("28P01" | "28000", None) | (_, Some(1045 | 1130 | 1698)) => ObstacleKind::LoginRefused,
                ("3D000", None) | (_, Some(1049)) => ObstacleKind::DatabaseMissing,
                ("42501", None) | (_, Some(1044)) => ObstacleKind::AccessDenied,
                _ => ObstacleKind::Other,
            }
        }
        _ => ObstacleKind::Other,
    };
    obstacle(kind, told(error))
}

/// What the database said, without the words that a library puts around it.
fn told(error: &Error) -> String {
    match error {
        Error::Database(said) => {
            let code = said.code().unwrap_or_default();
            if code.is_empty() { said.message().to_owned() } else { format!("{} ({code})", said.message()) }
        }
        Error::Io(error) => error.to_string(),
        Error::Tls(error) => error.to_string(),
        other => other.to_string(),
    }
}
