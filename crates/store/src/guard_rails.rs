//! The guard rails of the site: rules of environments, freezes, locks. There are few of each, and all of them are read whenever something may
//! start, in the transaction that starts it.

use packhorse_model::api::guard_rails::{EnvironmentRules, Freeze, Lock};
use packhorse_model::ids::LockId;
use packhorse_model::name::FreezeName;

use crate::args;
use crate::conn::Conn;
use crate::dialect::{Standstill, stand_still};
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{json, word};

/// Keeps guard rails as they are until the transaction ends, for one that decides by them: what they hold does not start after a change of
/// them has been committed.
pub async fn keep(conn: &mut Conn) -> Result<(), StoreError> {
    stand_still(conn, Standstill::GuardRails).await
}

/// Waits for the transactions that decide by the guard rails, for one that changes them.
pub async fn lock(conn: &mut Conn) -> Result<(), StoreError> {
    stand_still(conn, Standstill::Decisions).await
}

/// What was said for environments; of one of which nothing was said there is nothing.
pub async fn environments(conn: &mut Conn) -> Result<Vec<EnvironmentRules>, StoreError> {
    let rows = conn
        .query("SELECT environment, approvals, max_concurrent, updated_by, updated_at FROM environment_rules", vec![])
        .await?;
    let mut rules = rows.iter().map(environment).collect::<Result<Vec<_>, _>>()?;
    rules.sort_by_key(|rules| rules.environment);
    Ok(rules)
}

fn environment(row: &Row) -> Result<EnvironmentRules, StoreError> {
    let limit = row.opt_int("max_concurrent")?.map(u32::try_from).transpose();
    Ok(EnvironmentRules {
        environment: row.word("environment")?,
        approvals: row.small("approvals")?,
        max_concurrent: limit
            .map_err(|error| StoreError::Corrupt { column: "max_concurrent".to_owned(), reason: error.to_string() })?,
        updated_by: row.opt_parse("updated_by")?,
        updated_at: row.opt_time("updated_at")?,
    })
}

/// Says it for an environment.
pub async fn set_environment(conn: &mut Conn, rules: &EnvironmentRules) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO environment_rules (environment, approvals, max_concurrent, updated_by, updated_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (environment) DO UPDATE SET approvals = excluded.approvals, max_concurrent = excluded.max_concurrent,
           updated_by = excluded.updated_by, updated_at = excluded.updated_at",
        args![word(&rules.environment)?, rules.approvals, rules.max_concurrent, rules.updated_by, rules.updated_at],
    )
    .await
    .map(drop)
}

/// All freezes, by name.
pub async fn freezes(conn: &mut Conn) -> Result<Vec<Freeze>, StoreError> {
    let sql = "SELECT name, scope, schedule, message, updated_by, updated_at FROM freezes";
    let mut freezes = conn.query(sql, vec![]).await?.iter().map(freeze).collect::<Result<Vec<_>, _>>()?;
    // Here, because databases sort by rules of their own.
    freezes.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(freezes)
}

/// The freeze of this name.
pub async fn find_freeze(conn: &mut Conn, name: &FreezeName) -> Result<Option<Freeze>, StoreError> {
    let sql = "SELECT name, scope, schedule, message, updated_by, updated_at FROM freezes WHERE name = $1";
    conn.query_one(sql, args![name]).await?.as_ref().map(freeze).transpose()
}

fn freeze(row: &Row) -> Result<Freeze, StoreError> {
    Ok(Freeze {
        name: row.parse("name")?,
        scope: row.parse("scope")?,
        schedule: row.json("schedule")?,
        message: row.text("message")?,
        updated_by: row.parse("updated_by")?,
        updated_at: row.time("updated_at")?,
        holds_until: None,
    })
}

/// Makes a freeze, or changes the one of its name.
pub async fn put_freeze(conn: &mut Conn, freeze: &Freeze) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO freezes (name, scope, schedule, message, updated_by, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (name) DO UPDATE SET scope = excluded.scope, schedule = excluded.schedule, message = excluded.message,
           updated_by = excluded.updated_by, updated_at = excluded.updated_at",
        args![freeze.name, freeze.scope, json(&freeze.schedule)?, freeze.message, freeze.updated_by, freeze.updated_at],
    )
    .await
    .map(drop)
}

/// Removes a freeze.
pub async fn delete_freeze(conn: &mut Conn, name: &FreezeName) -> Result<(), StoreError> {
    conn.execute("DELETE FROM freezes WHERE name = $1", args![name]).await.map(drop)
}

/// How many freezes there are.
pub async fn count_freezes(conn: &mut Conn) -> Result<u64, StoreError> {
    let row = conn.query_one("SELECT count(*) AS n FROM freezes", vec![]).await?;
    row.map_or(Ok(0), |row| row.count("n"))
}

/// All locks, the oldest first.
pub async fn locks(conn: &mut Conn) -> Result<Vec<Lock>, StoreError> {
    let sql = "SELECT id, scope, message, created_by, created_at FROM deployment_locks ORDER BY id";
    conn.query(sql, vec![]).await?.iter().map(lock_of).collect()
}

/// The lock of this identity.
pub async fn find_lock(conn: &mut Conn, id: LockId) -> Result<Option<Lock>, StoreError> {
    let sql = "SELECT id, scope, message, created_by, created_at FROM deployment_locks WHERE id = $1";
    conn.query_one(sql, args![id]).await?.as_ref().map(lock_of).transpose()
}

fn lock_of(row: &Row) -> Result<Lock, StoreError> {
    Ok(Lock {
        id: row.parse("id")?,
        scope: row.parse("scope")?,
        message: row.text("message")?,
        created_by: row.parse("created_by")?,
        created_at: row.time("created_at")?,
    })
}

/// Adds a lock.
pub async fn insert_lock(conn: &mut Conn, lock: &Lock) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO deployment_locks (id, scope, message, created_by, created_at) VALUES ($1, $2, $3, $4, $5)",
        args![lock.id, lock.scope, lock.message, lock.created_by, lock.created_at],
    )
    .await
    .map(drop)
}

/// Removes a lock.
pub async fn delete_lock(conn: &mut Conn, id: LockId) -> Result<(), StoreError> {
    conn.execute("DELETE FROM deployment_locks WHERE id = $1", args![id]).await.map(drop)
}

/// How many locks there are.
pub async fn count_locks(conn: &mut Conn) -> Result<u64, StoreError> {
    let row = conn.query_one("SELECT count(*) AS n FROM deployment_locks", vec![]).await?;
    row.map_or(Ok(0), |row| row.count("n"))
}
