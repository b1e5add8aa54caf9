//! API tokens. Only the hash of a token's secret is stored.

use jiff::Timestamp;
use packhorse_model::UserName;
use packhorse_model::api::sessions::TokenSummary;
use packhorse_model::ids::{TokenId, UserId};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::Sql;

/// A token that was found by its secret. Whether it is still good is for the caller to decide.
#[derive(Debug, Clone)]
pub struct StoredToken {
    /// Its identity.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// Whose it is.
    pub user: UserId,
    /// The user's name.
    pub user_name: UserName,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub used_at: Option<Timestamp>,
}

fn summary(row: &Row) -> Result<TokenSummary, StoreError> {
    Ok(TokenSummary {
        id: row.parse("id")?,
        name: row.text("name")?,
        created_at: row.time("created_at")?,
        expires_at: row.opt_time("expires_at")?,
        last_used_at: row.opt_time("used_at")?,
    })
}

/// Stores a token.
pub async fn insert(
    conn: &mut Conn,
    user: UserId,
    token: &TokenSummary,
    secret_hash: &[u8; 32],
) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO api_tokens (id, secret_hash, user_id, name, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        args![token.id, secret_hash, user, token.name, token.created_at, token.expires_at],
    )
    .await
    .map(drop)
}

/// The token of this secret.
pub async fn by_secret(conn: &mut Conn, secret_hash: &[u8; 32]) -> Result<Option<StoredToken>, StoreError> {
    conn.query_one(
        "SELECT t.id, t.name, t.user_id, u.name AS user_name, t.expires_at, t.used_at
         FROM api_tokens t JOIN users u ON u.id = t.user_id WHERE t.secret_hash = $1",
        args![secret_hash],
    )
    .await?
    .map(|row| {
        Ok(StoredToken {
            id: row.parse("id")?,
            name: row.text("name")?,
            user: row.parse("user_id")?,
            user_name: row.parse("user_name")?,
            expires_at: row.opt_time("expires_at")?,
            used_at: row.opt_time("used_at")?,
        })
    })
    .transpose()
}

/// A user's tokens, newest first, older than `before`.
pub async fn list(
    conn: &mut Conn,
    user: UserId,
    before: Option<TokenId>,
    limit: u32,
) -> Result<Vec<TokenSummary>, StoreError> {
    let mut sql = Sql::new("SELECT id, name, created_at, expires_at, used_at FROM api_tokens WHERE user_id = ");
    sql.bind(user);
    if let Some(before) = before {
        sql.push(" AND id < ").bind(before);
    }
    sql.push(" ORDER BY id DESC LIMIT ").bind(limit);
    conn.fetch(sql).await?.iter().map(summary).collect()
}

/// How many tokens a user has.
pub async fn count(conn: &mut Conn, user: UserId) -> Result<u64, StoreError> {
    match conn.query_one("SELECT count(*) AS n FROM api_tokens WHERE user_id = $1", args![user]).await? {
        Some(row) => row.count("n"),
        None => Ok(0),
    }
}

/// One token of a user.
pub async fn get(conn: &mut Conn, user: UserId, id: TokenId) -> Result<Option<TokenSummary>, StoreError> {
    conn.query_one(
        "SELECT id, name, created_at, expires_at, used_at FROM api_tokens WHERE id = $1 AND user_id = $2",
        args![id, user],
    )
    .await?
    .as_ref()
    .map(summary)
    .transpose()
}

/// Ends a token.
pub async fn delete(conn: &mut Conn, id: TokenId) -> Result<(), StoreError> {
    conn.execute("DELETE FROM api_tokens WHERE id = $1", args![id]).await.map(drop)
}

/// Notes that a token was used.
pub async fn touch(conn: &mut Conn, id: TokenId, now: Timestamp) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE api_tokens SET used_at = $1 WHERE id = $2 AND (used_at IS NULL OR used_at < $1)",
        args![now, id],
    )
    .await
    .map(drop)
}
