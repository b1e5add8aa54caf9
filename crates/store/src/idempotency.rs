//! Idempotency keys: the same request under the same key gets the same reply, however often it is sent.
//!
//! The key is claimed at the beginning of the transaction and gets its reply at the end of it, so a key without a reply is never seen from outside:
//! a second request waits for the first one's commit, or finds nothing if it was undone.

use jiff::Timestamp;
use packhorse_model::Digest;
use packhorse_model::ids::UserId;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;

/// What a key says about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Nobody used it; it is ours now.
    New,
    /// The same request was answered with this.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The body, JSON; empty if there was none.
        reply: String,
    },
    /// It was used for another request.
    Other,
}

/// Claims `key` of `user` for the request with this digest.
pub async fn claim(
    conn: &mut Conn,
    user: UserId,
    key: &str,
    request: &Digest,
    now: Timestamp,
) -> Result<Claim, StoreError> {
    let made = conn
        .execute(
            "INSERT INTO idempotency_keys (user_id, key, request, status, reply, created_at) VALUES ($1, $2, $3, 0, '', $4)
             ON CONFLICT (user_id, key) DO NOTHING",
            args![user, key, request, now],
        )
        .await?;
    if made == 1 {
        return Ok(Claim::New);
    }
    let row = conn
        .query_one(
            "SELECT request, status, reply FROM idempotency_keys WHERE user_id = $1 AND key = $2",
            args![user, key],
        )
        .await?
        .ok_or(StoreError::Conflict)?;
    if row.digest("request")? != *request {
        return Ok(Claim::Other);
    }
    let status = u16::try_from(row.int("status")?)
        .map_err(|error| StoreError::Corrupt { column: "status".to_owned(), reason: error.to_string() })?;
    Ok(Claim::Answered { status, reply: row.text("reply")? })
}

/// Stores the reply to a request whose key was claimed in this transaction.
pub async fn answer(conn: &mut Conn, user: UserId, key: &str, status: u16, reply: &str) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE idempotency_keys SET status = $1, reply = $2 WHERE user_id = $3 AND key = $4",
        args![status, reply, user, key],
    )
    .await
    .map(drop)
}

/// Forgets keys that were used before `before`.
pub async fn forget(conn: &mut Conn, before: Timestamp) -> Result<u64, StoreError> {
    conn.execute("DELETE FROM idempotency_keys WHERE created_at < $1", args![before]).await
}
