//! Tests of database targets: which host was asked, and what it found. A target has one, the latest.

use jiff::Timestamp;
use packhorse_model::api::database_tests::DatabaseFound;
use packhorse_model::ids::{DatabaseTargetId, DatabaseTestId, HostId};
use packhorse_model::name::{DatabaseTargetName, HostName};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::sql::{Sql, json};

/// Tests that a host is told of at once at most.
const MOST_OPEN: u32 = 50;

/// A test as it is to be stored.
#[derive(Debug, Clone)]
pub struct NewTest<'a> {
    /// Its identity.
    pub id: DatabaseTestId,
    /// The database target.
    pub target: DatabaseTargetId,
    /// The host that is asked.
    pub host: HostId,
    /// Who asks.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
}

/// A test, and what came of it.
#[derive(Debug, Clone)]
pub struct StoredTest {
    /// Its identity.
    pub id: DatabaseTestId,
    /// The name of the database target.
    pub target: DatabaseTargetName,
    /// The host that was asked.
    pub host: HostId,
    /// Its name.
    pub host_name: HostName,
    /// When the host was last heard of, as far as it was written down.
    pub last_seen_at: Option<Timestamp>,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: Timestamp,
    /// When the host answered.
    pub answered_at: Option<Timestamp>,
    /// What it found.
    pub found: Option<DatabaseFound>,
}

const SELECT: &str = "SELECT q.id, t.name AS target, q.host_id, h.name AS host, h.last_seen_at, q.asked_by, q.asked_at, q.answered_at, q.found
  FROM database_tests q JOIN database_targets t ON t.id = q.target_id JOIN hosts h ON h.id = q.host_id";

async fn one(conn: &mut Conn, sql: Sql) -> Result<Option<StoredTest>, StoreError> {
    let Some(row) = conn.fetch_one(sql).await? else { return Ok(None) };
    Ok(Some(StoredTest {
        id: row.parse("id")?,
        target: row.parse("target")?,
        host: row.parse("host_id")?,
        host_name: row.parse("host")?,
        last_seen_at: row.opt_time("last_seen_at")?,
        asked_by: row.text("asked_by")?,
        asked_at: row.time("asked_at")?,
        answered_at: row.opt_time("answered_at")?,
        found: row.opt_json("found")?,
    }))
}

/// Writes a test in the place of the one that the target had.
pub async fn put(conn: &mut Conn, new: &NewTest<'_>) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO database_tests (target_id, id, host_id, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (target_id) DO UPDATE SET id = excluded.id, host_id = excluded.host_id, asked_by = excluded.asked_by,
           asked_at = excluded.asked_at, answered_at = NULL, found = NULL",
        args![new.target, new.id, new.host, new.by, new.at],
    )
    .await
    .map(drop)
}

/// The latest test of a target.
pub async fn of_target(conn: &mut Conn, target: DatabaseTargetId) -> Result<Option<StoredTest>, StoreError> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE q.target_id = ").bind(target);
    one(conn, sql).await
}

/// The test of this identity, unless another one has taken its place.
pub async fn by_id(conn: &mut Conn, id: DatabaseTestId) -> Result<Option<StoredTest>, StoreError> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE q.id = ").bind(id);
    one(conn, sql).await
}

/// The tests that wait for the answer of a host and were asked for after `since`.
pub async fn open_of(conn: &mut Conn, host: HostId, since: Timestamp) -> Result<Vec<DatabaseTestId>, StoreError> {
    let rows = conn
        .query(
            "SELECT id FROM database_tests WHERE host_id = $1 AND asked_at > $2 AND answered_at IS NULL ORDER BY asked_at LIMIT $3",
            args![host, since, MOST_OPEN],
        )
        .await?;
    rows.iter().map(|row| row.parse("id")).collect()
}

/// Writes down what a host found. The first answer stays.
pub async fn answer(
    conn: &mut Conn,
    id: DatabaseTestId,
    found: &DatabaseFound,
    at: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE database_tests SET answered_at = $1, found = $2 WHERE id = $3 AND answered_at IS NULL",
        args![at, json(found)?, id],
    )
    .await
    .map(drop)
}
