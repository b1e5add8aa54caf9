//! Strategies with names.

use packhorse_model::api::strategies::NamedStrategy;
use packhorse_model::name::StrategyName;
use packhorse_model::topology::Environment;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{Sql, json, word};

const SELECT: &str =
    "SELECT name, environment, description, strategy, is_default, updated_by, updated_at FROM strategies";

fn strategy(row: &Row) -> Result<NamedStrategy, StoreError> {
    let environment = if row.text("environment")?.is_empty() { None } else { Some(row.word("environment")?) };
    Ok(NamedStrategy {
        name: row.parse("name")?,
        environment,
        description: row.text("description")?,
        strategy: row.json("strategy")?,
        is_default: row.bool("is_default")?,
        updated_by: row.parse("updated_by")?,
        updated_at: row.time("updated_at")?,
    })
}

/// An environment as it is stored: empty for any.
fn stored(environment: Option<Environment>) -> Result<String, StoreError> {
    Ok(environment.as_ref().map(word).transpose()?.unwrap_or_default())
}

/// The strategy of this name.
pub async fn find(conn: &mut Conn, name: &StrategyName) -> Result<Option<NamedStrategy>, StoreError> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE name = ").bind(name);
    conn.fetch_one(sql).await?.as_ref().map(strategy).transpose()
}

/// The default of an environment; without one its own, that of any.
pub async fn default_of(conn: &mut Conn, environment: Environment) -> Result<Option<NamedStrategy>, StoreError> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE is_default AND environment IN ")
        .tuple(args![word(&environment)?, ""])
        .push(" ORDER BY environment DESC LIMIT 1");
    conn.fetch_one(sql).await?.as_ref().map(strategy).transpose()
}

/// Strategies by name, behind `after`.
pub async fn page(conn: &mut Conn, after: Option<&StrategyName>, limit: u32) -> Result<Vec<NamedStrategy>, StoreError> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE name > ").bind(after.map_or("", StrategyName::as_str));
    sql.push(" ORDER BY name LIMIT ").bind(limit);
    conn.fetch(sql).await?.iter().map(strategy).collect()
}

/// How many there are.
pub async fn count(conn: &mut Conn) -> Result<u64, StoreError> {
    let row = conn.query_one("SELECT count(*) AS n FROM strategies", vec![]).await?;
    row.map_or(Ok(0), |row| row.count("n"))
}

/// Saves a strategy, in place of the one that had its name. If it is a default, the one that was the default of its environment is that no
/// longer.
pub async fn put(conn: &mut Conn, new: &NamedStrategy) -> Result<(), StoreError> {
    let environment = stored(new.environment)?;
    if new.is_default {
        conn.execute(
            "UPDATE strategies SET is_default = FALSE WHERE environment = $1 AND is_default AND name <> $2",
            args![environment, new.name],
        )
        .await?;
    }
    conn.execute(
        "INSERT INTO strategies (name, environment, description, strategy, is_default, updated_by, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (name) DO UPDATE SET environment = excluded.environment, description = excluded.description,
           strategy = excluded.strategy, is_default = excluded.is_default, updated_by = excluded.updated_by,
           updated_at = excluded.updated_at",
        args![
            new.name,
            environment,
            new.description,
            json(&new.strategy)?,
            new.is_default,
            new.updated_by,
            new.updated_at
        ],
    )
    .await
    .map(drop)
}

/// Forgets a strategy. Deployments keep what they took from it.
pub async fn delete(conn: &mut Conn, name: &StrategyName) -> Result<(), StoreError> {
    conn.execute("DELETE FROM strategies WHERE name = $1", args![name]).await.map(drop)
}
