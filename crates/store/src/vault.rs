//! Secrets: their names, and what they say, sealed. What opens them is in no database.

use std::collections::BTreeMap;

use jiff::Timestamp;
use packhorse_model::api::vault::Secret;
use packhorse_model::ids::{SecretId, VariableId};
use packhorse_model::name::{SecretName, VariableName};
use packhorse_model::order::SecretVersion;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{Sql, Value as _};

/// A value as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The key that it was sealed with.
    pub key_id: String,
    /// What only that key opens.
    pub bytes: Vec<u8>,
}

/// A secret, and who changes it when.
#[derive(Debug, Clone)]
pub struct NewVersion<'a> {
    /// Which.
    pub secret: SecretId,
    /// Its version.
    pub version: u32,
    /// What it says.
    pub sealed: &'a Sealed,
    /// Who.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
}

const SELECT: &str = "SELECT s.id, s.name, s.description, s.version, s.updated_by, s.updated_at, s.created_at,
  (SELECT count(*) FROM variables v WHERE v.secret_id = s.id) AS used_by FROM secrets s";

fn secret(row: &Row) -> Result<Secret, StoreError> {
    Ok(Secret {
        id: row.parse("id")?,
        name: row.parse("name")?,
        description: row.text("description")?,
        version: row.small("version")?,
        used_by: row.count("used_by")?,
        updated_by: row.text("updated_by")?,
        updated_at: row.time("updated_at")?,
        created_at: row.time("created_at")?,
    })
}

/// Adds a secret, without a value yet.
pub async fn insert(
    conn: &mut Conn,
    id: SecretId,
    name: &SecretName,
    description: &str,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO secrets (id, name, description, version, updated_by, updated_at, created_at)
         VALUES ($1, $2, $3, 0, $4, $5, $5)",
        args![id, name, description, by, now],
    )
    .await
    .map(drop)
}

/// Adds a value, which is used from now on.
pub async fn add_version(conn: &mut Conn, new: &NewVersion<'_>) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO secret_versions (secret_id, version, key_id, sealed, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        args![new.secret, new.version, new.sealed.key_id, new.sealed.bytes, new.by, new.at],
    )
    .await?;
    conn.execute(
        "UPDATE secrets SET version = $1, updated_by = $2, updated_at = $3 WHERE id = $4",
        args![new.version, new.by, new.at, new.secret],
    )
    .await
    .map(drop)
}

/// Says what a secret is for.
pub async fn describe(
    conn: &mut Conn,
    id: SecretId,
    description: &str,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE secrets SET description = $1, updated_by = $2, updated_at = $3 WHERE id = $4",
        args![description, by, now, id],
    )
    .await
    .map(drop)
}

/// The secret of this name.
pub async fn by_name(conn: &mut Conn, name: &SecretName) -> Result<Option<Secret>, StoreError> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE s.name = ").bind(name);
    conn.fetch_one(sql).await?.as_ref().map(secret).transpose()
}

/// The current versions of the secrets of these names, as far as there are such.
pub async fn current(conn: &mut Conn, names: &[SecretName]) -> Result<BTreeMap<SecretName, SecretVersion>, StoreError> {
    let mut found = BTreeMap::new();
    for chunk in names.chunks(200) {
        let mut sql = Sql::new("SELECT id, name, version FROM secrets WHERE name IN ");
        sql.tuple(chunk.iter().map(SecretName::to_arg));
        for row in conn.fetch(sql).await? {
            let version = SecretVersion { secret: row.parse("id")?, version: row.small("version")? };
            found.insert(row.parse("name")?, version);
        }
    }
    Ok(found)
}

/// Secrets by name, behind `after`.
pub async fn page(conn: &mut Conn, after: Option<&SecretName>, limit: u32) -> Result<Vec<Secret>, StoreError> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE s.name > ").bind(after.map_or("", SecretName::as_str));
    sql.push(" ORDER BY s.name LIMIT ").bind(limit);
    conn.fetch(sql).await?.iter().map(secret).collect()
}

/// How many there are.
pub async fn count(conn: &mut Conn) -> Result<u64, StoreError> {
    let row = conn.query_one("SELECT count(*) AS n FROM secrets", vec![]).await?;
    row.map_or(Ok(0), |row| row.count("n"))
}

/// What a version of a secret says.
pub async fn sealed(conn: &mut Conn, id: SecretId, version: u32) -> Result<Option<Sealed>, StoreError> {
    let row = conn
        .query_one(
            "SELECT key_id, sealed FROM secret_versions WHERE secret_id = $1 AND version = $2",
            args![id, version],
        )
        .await?;
    row.map(|row| Ok(Sealed { key_id: row.text("key_id")?, bytes: row.blob("sealed")? })).transpose()
}

/// The key with which anything was sealed.
pub async fn any_key(conn: &mut Conn) -> Result<Option<String>, StoreError> {
    let row = conn.query_one("SELECT key_id FROM secret_versions LIMIT 1", vec![]).await?;
    row.map(|row| row.text("key_id")).transpose()
}

/// Variables that lead to a secret, the first few.
pub async fn users(conn: &mut Conn, id: SecretId, limit: u32) -> Result<Vec<(VariableId, VariableName)>, StoreError> {
    let rows = conn
        .query("SELECT id, name FROM variables WHERE secret_id = $1 ORDER BY id LIMIT $2", args![id, limit])
        .await?;
    rows.iter().map(|row| Ok((row.parse("id")?, row.parse("name")?))).collect()
}

/// Removes a secret with all that it ever said.
pub async fn delete(conn: &mut Conn, id: SecretId) -> Result<(), StoreError> {
    conn.execute("DELETE FROM secrets WHERE id = $1", args![id]).await.map(drop)
}
