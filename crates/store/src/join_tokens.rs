//! One-time tokens with which hosts join. Only the hash of a token's secret is stored.

use jiff::Timestamp;
use packhorse_model::HostName;
use packhorse_model::ids::{JoinTokenId, ModuleId, UserId};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::sql::json;

/// A token.
#[derive(Debug, Clone)]
pub struct JoinToken {
    /// Its identity.
    pub id: JoinTokenId,
    /// The name that the host will have.
    pub host: HostName,
    /// The modules that it will belong to; if none, those it has.
    pub modules: Vec<ModuleId>,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Stores a token.
pub async fn insert(conn: &mut Conn, token: &JoinToken, secret_hash: &[u8; 32]) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO join_tokens (id, secret_hash, host_name, modules, created_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![
            token.id,
            secret_hash,
            token.host,
            json(&token.modules)?,
            token.created_by,
            token.created_at,
            token.expires_at
        ],
    )
    .await
    .map(drop)
}

/// Uses a token up: answers it the first time before its end, and never again.
pub async fn take(conn: &mut Conn, secret_hash: &[u8; 32], now: Timestamp) -> Result<Option<JoinToken>, StoreError> {
    conn.query_one(
        "UPDATE join_tokens SET used_at = $1 WHERE secret_hash = $2 AND used_at IS NULL AND expires_at > $1
         RETURNING id, host_name, modules, created_by, created_at, expires_at",
        args![now, secret_hash],
    )
    .await?
    .map(|row| {
        Ok(JoinToken {
            id: row.parse("id")?,
            host: row.parse("host_name")?,
            modules: row.json("modules")?,
            created_by: row.parse("created_by")?,
            created_at: row.time("created_at")?,
            expires_at: row.time("expires_at")?,
        })
    })
    .transpose()
}

/// Forgets tokens that ended before `before`.
pub async fn forget_expired(conn: &mut Conn, before: Timestamp) -> Result<u64, StoreError> {
    conn.execute("DELETE FROM join_tokens WHERE expires_at < $1", args![before]).await
}
