//! Looks into a database without changing anything: whether packages could be applied to it, and what is in its ledger.

use std::time::Duration;

use packhorse_model::api::database_tests::{DatabaseFound, DatabaseObstacle, FoundLedger, MOST_LEDGERS, ObstacleKind};
use packhorse_model::database::DatabaseLogin;
use packhorse_model::manifest::Engine;

use crate::place::{Place, Use};
use crate::session::{Session, SqlError, obstacle};
use crate::table::Table;

/// How long a database may take to answer once it has let us in.
const PATIENCE: Duration = Duration::from_secs(20);

/// Finds out what is in the way of applying packages to a database, and how far it is. A database of SQLite that is not there is made by the first
/// package and not by this.
pub async fn probe(login: &DatabaseLogin, password: Option<&str>) -> DatabaseFound {
    let mut found = DatabaseFound::default();
    let session = match Session::visit(login, password).await {
        Ok(session) => session,
        Err(in_the_way) => return DatabaseFound { obstacle: Some(in_the_way), ..found },
    };
    let Some(mut session) = session else {
        // There is no file yet, and nothing is in the way of making it.
        return DatabaseFound { server: Some("SQLite".to_owned()), ..found };
    };
    let looked = tokio::time::timeout(PATIENCE, look(&mut session, &mut found)).await;
    found.obstacle = match looked {
        Ok(Ok(in_the_way)) => in_the_way,
        Ok(Err(SqlError::Refused(message))) => Some(obstacle(ObstacleKind::Other, message)),
        Ok(Err(error @ SqlError::Lost(_))) => Some(obstacle(ObstacleKind::Unreachable, error.to_string())),
        Err(_) => Some(obstacle(ObstacleKind::TimedOut, format!("no answer within {} seconds", PATIENCE.as_secs()))),
    };
    session.close().await;
    found
}

/// What is in the way, after what there is to be found is in `found`.
async fn look(session: &mut Session, found: &mut DatabaseFound) -> Result<Option<DatabaseObstacle>, SqlError> {
    found.server = server(session).await?;
    let place = match Place::find(session).await {
        Ok(place) => place,
        Err(SqlError::Refused(message)) => return Ok(Some(obstacle(ObstacleKind::LedgerForbidden, message))),
        Err(lost) => return Err(lost),
    };
    if !place.exists(session).await? {
        let forbidden = place.forbidden(session, Use::Make).await?;
        return Ok(forbidden.map(|message| obstacle(ObstacleKind::LedgerForbidden, message)));
    }
    if let Some(message) = place.forbidden(session, Use::Read).await? {
        return Ok(Some(obstacle(ObstacleKind::AccessDenied, message)));
    }
    match ledgers(session, &place).await {
        Ok(ledgers) => found.ledgers = Some(ledgers),
        Err(SqlError::Refused(message)) => return Ok(Some(obstacle(ObstacleKind::LedgerUnreadable, message))),
        Err(lost) => return Err(lost),
    }
    let forbidden = place.forbidden(session, Use::Write).await?;
    Ok(forbidden.map(|message| obstacle(ObstacleKind::LedgerForbidden, message)))
}

async fn server(session: &mut Session) -> Result<Option<String>, SqlError> {
    let (name, sql) = match session.engine() {
        Engine::Postgres => ("PostgreSQL", "SELECT CAST(current_setting('server_version') AS TEXT)"),
        Engine::Mysql => ("MySQL", "SELECT CAST(VERSION() AS CHAR)"),
        Engine::Sqlite => ("SQLite", "SELECT CAST(sqlite_version() AS TEXT)"),
    };
    let version = session.read_one(sql).await?;
    Ok(version.map(|version| match version.contains("MariaDB") {
        true => format!("MariaDB {version}"),
        false => format!("{name} {version}"),
    }))
}

async fn ledgers(session: &mut Session, place: &Place) -> Result<Vec<FoundLedger>, SqlError> {
    let mut ledgers = Vec::new();
    for package in place.packages(session, MOST_LEDGERS).await? {
        let ledger = Table::new(place.clone(), &package).read(session).await?.state();
        ledgers.push(FoundLedger { package, ledger });
    }
    Ok(ledgers)
}
