//! Browser sessions. Only the hash of a session's secret is stored.

use jiff::Timestamp;
use packhorse_model::UserName;
use packhorse_model::ids::{SessionId, UserId};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;

/// A session that is to be stored.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its identity.
    pub id: SessionId,
    /// SHA-256 of its secret.
    pub secret_hash: [u8; 32],
    /// Whose it is.
    pub user: UserId,
    /// When it began.
    pub now: Timestamp,
    /// When it ends, however much it is used.
    pub expires_at: Timestamp,
}

/// A session that was found by its secret. Whether it is still good is for the caller to decide.
#[derive(Debug, Clone)]
pub struct StoredSession {
    /// Its identity.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// The user's name.
    pub user_name: UserName,
    /// When it was last used, roughly.
    pub used_at: Timestamp,
    /// When it ends, however much it is used.
    pub expires_at: Timestamp,
}

/// Stores a session.
pub async fn insert(conn: &mut Conn, new: &NewSession) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO sessions (id, secret_hash, user_id, created_at, used_at, expires_at) VALUES ($1, $2, $3, $4, $4, $5)",
        args![new.id, new.secret_hash, new.user, new.now, new.expires_at],
    )
    .await
    .map(drop)
}

/// The session of this secret.
pub async fn by_secret(conn: &mut Conn, secret_hash: &[u8; 32]) -> Result<Option<StoredSession>, StoreError> {
    conn.query_one(
        "SELECT s.id, s.user_id, u.name, s.used_at, s.expires_at
         FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.secret_hash = $1",
        args![secret_hash],
    )
    .await?
    .map(|row| {
        Ok(StoredSession {
            id: row.parse("id")?,
            user: row.parse("user_id")?,
            user_name: row.parse("name")?,
            used_at: row.time("used_at")?,
            expires_at: row.time("expires_at")?,
        })
    })
    .transpose()
}

/// Notes that a session was used.
pub async fn touch(conn: &mut Conn, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
    conn.execute("UPDATE sessions SET used_at = $1 WHERE id = $2 AND used_at < $1", args![now, id]).await.map(drop)
}

/// Ends a session.
pub async fn delete(conn: &mut Conn, id: SessionId) -> Result<(), StoreError> {
    conn.execute("DELETE FROM sessions WHERE id = $1", args![id]).await.map(drop)
}

/// Ends the session of this secret, if there is one.
pub async fn delete_by_secret(conn: &mut Conn, secret_hash: &[u8; 32]) -> Result<(), StoreError> {
    conn.execute("DELETE FROM sessions WHERE secret_hash = $1", args![secret_hash]).await.map(drop)
}

/// Forgets sessions whose end is before `now`.
pub async fn forget_expired(conn: &mut Conn, now: Timestamp) -> Result<u64, StoreError> {
    conn.execute("DELETE FROM sessions WHERE expires_at < $1", args![now]).await
}
