//! Danger rules that people made or changed. What comes with Packhorse and is as it came has no row.

use jiff::Timestamp;
use packhorse_model::api::scripts::DangerRuleSpec;
use packhorse_model::name::DangerRuleName;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::json;

/// A rule as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRule {
    /// Its name.
    pub name: DangerRuleName,
    /// What it says.
    pub spec: DangerRuleSpec,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

fn stored(row: &Row) -> Result<StoredRule, StoreError> {
    Ok(StoredRule { name: row.parse("name")?, spec: row.json("spec")?, updated_at: row.time("updated_at")? })
}

/// All stored rules by name, `limit` at most.
pub async fn all(conn: &mut Conn, limit: u32) -> Result<Vec<StoredRule>, StoreError> {
    let rows =
        conn.query("SELECT name, spec, updated_at FROM danger_rules ORDER BY name LIMIT $1", args![limit]).await?;
    rows.iter().map(stored).collect()
}

/// One rule.
pub async fn get(conn: &mut Conn, name: &DangerRuleName) -> Result<Option<StoredRule>, StoreError> {
    let row =
        conn.query_one("SELECT name, spec, updated_at FROM danger_rules WHERE name = $1", args![name.as_str()]).await?;
    row.as_ref().map(stored).transpose()
}

/// Writes a rule, over the one of the same name if there is one.
pub async fn put(conn: &mut Conn, rule: &StoredRule) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO danger_rules (name, spec, updated_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET spec = excluded.spec, updated_at = excluded.updated_at",
        args![rule.name.as_str(), json(&rule.spec)?, rule.updated_at],
    )
    .await
    .map(drop)
}

/// Removes a rule.
pub async fn delete(conn: &mut Conn, name: &DangerRuleName) -> Result<(), StoreError> {
    conn.execute("DELETE FROM danger_rules WHERE name = $1", args![name.as_str()]).await.map(drop)
}
