//! Drafts: versions that are being made, what is in them, who changed what, and what is being uploaded into them.

pub mod changes;
pub mod entries;
pub mod uploads;

use jiff::Timestamp;
use packhorse_model::PackageName;
use packhorse_model::api::drafts::{Draft, DraftState};
use packhorse_model::ids::DraftId;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{Sql, word};

/// Stores a draft.
pub async fn insert(conn: &mut Conn, draft: &Draft) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO drafts (id, package, kind, base, version, build, description, state, revision, entries, size, creator,
           created_at, updated_by, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        args![
            draft.id,
            draft.package,
            word(&draft.kind)?,
            draft.base,
            draft.version,
            draft.build,
            draft.description,
            word(&draft.state)?,
            draft.revision,
            draft.entries,
            draft.size,
            draft.creator,
            draft.created_at,
            draft.updated_by,
            draft.updated_at
        ],
    )
    .await
    .map(drop)
}

const COLUMNS: &str =
    "SELECT id, package, kind, base, version, build, description, state, revision, entries, size, creator, created_at,
  updated_by, updated_at FROM drafts";

fn draft(row: &Row) -> Result<Draft, StoreError> {
    Ok(Draft {
        id: row.parse("id")?,
        package: row.parse("package")?,
        kind: row.word("kind")?,
        base: row.opt_parse("base")?,
        version: row.opt_parse("version")?,
        build: row.opt_text("build")?,
        description: row.text("description")?,
        state: row.word("state")?,
        revision: row.count("revision")?,
        entries: row.count("entries")?,
        size: row.count("size")?,
        creator: row.parse("creator")?,
        created_at: row.time("created_at")?,
        updated_by: row.parse("updated_by")?,
        updated_at: row.time("updated_at")?,
    })
}

/// One draft.
pub async fn get(conn: &mut Conn, id: DraftId) -> Result<Option<Draft>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE id = ").bind(id);
    conn.fetch_one(sql).await?.map(|row| draft(&row)).transpose()
}

/// One draft, which nobody else changes until the transaction ends.
pub async fn lock(conn: &mut Conn, id: DraftId) -> Result<Option<Draft>, StoreError> {
    conn.execute("UPDATE drafts SET revision = revision WHERE id = $1", args![id]).await?;
    get(conn, id).await
}

/// Writes what may change of a draft.
pub async fn update(conn: &mut Conn, draft: &Draft) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE drafts SET version = $2, build = $3, description = $4, state = $5, revision = $6, entries = $7, size = $8,
           updated_by = $9, updated_at = $10 WHERE id = $1",
        args![
            draft.id,
            draft.version,
            draft.build,
            draft.description,
            word(&draft.state)?,
            draft.revision,
            draft.entries,
            draft.size,
            draft.updated_by,
            draft.updated_at
        ],
    )
    .await
    .map(drop)
}

/// Removes a draft with everything that belongs to it.
pub async fn delete(conn: &mut Conn, id: DraftId) -> Result<(), StoreError> {
    conn.execute("DELETE FROM drafts WHERE id = $1", args![id]).await.map(drop)
}

/// Removes what is in a draft, and what is needed to undo changes of it; who changed what and when stays.
pub async fn empty(conn: &mut Conn, id: DraftId) -> Result<(), StoreError> {
    conn.execute("DELETE FROM draft_uploads WHERE draft_id = $1", args![id]).await?;
    conn.execute("DELETE FROM draft_change_paths WHERE draft_id = $1", args![id]).await?;
    conn.execute("DELETE FROM draft_entries WHERE draft_id = $1", args![id]).await.map(drop)
}

/// Forgets drafts that were published before `before`.
pub async fn forget_published(conn: &mut Conn, before: Timestamp) -> Result<u64, StoreError> {
    let published = word(&DraftState::Published)?;
    conn.execute("DELETE FROM drafts WHERE state = $1 AND updated_at < $2", args![published, before]).await
}

/// A part of the drafts in a state, the last changed first, before the time and identity of `before`.
pub async fn list(
    conn: &mut Conn,
    state: DraftState,
    package: Option<&PackageName>,
    before: Option<(Timestamp, DraftId)>,
    limit: u32,
) -> Result<Vec<Draft>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE state = ").bind(word(&state)?);
    if let Some(package) = package {
        sql.push(" AND package = ").bind(package);
    }
    if let Some((time, id)) = before {
        sql.push(" AND (updated_at, id) < ").tuple(args![time, id]);
    }
    sql.push(" ORDER BY updated_at DESC, id DESC LIMIT ").bind(limit);
    conn.fetch(sql).await?.iter().map(draft).collect()
}

/// How many drafts there are in a state.
pub async fn count(conn: &mut Conn, state: DraftState, package: Option<&PackageName>) -> Result<u64, StoreError> {
    let mut sql = Sql::new("SELECT count(*) AS total FROM drafts WHERE state = ");
    sql.bind(word(&state)?);
    if let Some(package) = package {
        sql.push(" AND package = ").bind(package);
    }
    conn.fetch_one(sql).await?.map_or(Ok(0), |row| row.count("total"))
}
