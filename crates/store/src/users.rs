//! The people who sign in.

use jiff::Timestamp;
use packhorse_model::UserName;
use packhorse_model::api::users::UserSummary;
use packhorse_model::ids::UserId;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;

/// What signing in needs to know.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Who.
    pub user: UserId,
    /// The password's hash, with its parameters.
    pub password_hash: String,
}

/// Whether there is any user: without one this is the first start.
pub async fn any(conn: &mut Conn) -> Result<bool, StoreError> {
    Ok(conn.query_one("SELECT id FROM users LIMIT 1", vec![]).await?.is_some())
}

/// Adds a user.
///
/// # Errors
/// [`StoreError::Unique`] if the name is taken.
pub async fn insert(
    conn: &mut Conn,
    id: UserId,
    name: &UserName,
    password_hash: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO users (id, name, password_hash, created_at) VALUES ($1, $2, $3, $4)",
        args![id, name, password_hash, now],
    )
    .await
    .map(drop)
}

/// How the user of this name signs in.
pub async fn credentials(conn: &mut Conn, name: &UserName) -> Result<Option<Credentials>, StoreError> {
    conn.query_one("SELECT id, password_hash FROM users WHERE name = $1", args![name])
        .await?
        .map(|row| Ok(Credentials { user: row.parse("id")?, password_hash: row.text("password_hash")? }))
        .transpose()
}

/// Users by name, behind `after`.
pub async fn page(conn: &mut Conn, after: Option<&UserName>, limit: u32) -> Result<Vec<UserSummary>, StoreError> {
    let rows = conn
        .query(
            "SELECT name, created_at FROM users WHERE name > $1 ORDER BY name LIMIT $2",
            args![after.map_or("", UserName::as_str), limit],
        )
        .await?;
    rows.iter().map(|row| Ok(UserSummary { name: row.parse("name")?, created_at: row.time("created_at")? })).collect()
}

/// How many users there are.
pub async fn count(conn: &mut Conn) -> Result<u64, StoreError> {
    let row = conn.query_one("SELECT count(*) AS n FROM users", vec![]).await?;
    row.map_or(Ok(0), |row| row.count("n"))
}
