//! What is being uploaded into drafts. The bytes are elsewhere; here is how many of them are safe.

use jiff::Timestamp;
use packhorse_model::UserName;
use packhorse_model::api::drafts::UploadPlace;
use packhorse_model::ids::{DraftId, UploadId};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{Sql, Value, json};

/// An upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadRow {
    /// Its identity.
    pub id: UploadId,
    /// The draft that it goes into.
    pub draft: DraftId,
    /// What is done with the bytes once they are there.
    pub place: UploadPlace,
    /// Bytes that will come.
    pub size: u64,
    /// Bytes that are safely on disk.
    pub received: u64,
    /// SHA-256 of all of them, if the client said so.
    pub sha256: Option<String>,
    /// Who uploads.
    pub creator: UserName,
    /// When something came last.
    pub updated_at: Timestamp,
    /// Which revision it made, once it is done.
    pub revision: Option<u64>,
}

const COLUMNS: &str =
    "SELECT id, draft_id, place, size, received, sha256, creator, updated_at, revision FROM draft_uploads WHERE ";

fn upload(row: &Row) -> Result<UploadRow, StoreError> {
    Ok(UploadRow {
        id: row.parse("id")?,
        draft: row.parse("draft_id")?,
        place: row.json("place")?,
        size: row.count("size")?,
        received: row.count("received")?,
        sha256: row.opt_text("sha256")?,
        creator: row.parse("creator")?,
        updated_at: row.time("updated_at")?,
        revision: row.opt_int("revision")?.and_then(|revision| u64::try_from(revision).ok()),
    })
}

/// Stores an upload of which nothing has come.
pub async fn insert(conn: &mut Conn, upload: &UploadRow) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO draft_uploads (id, draft_id, place, size, received, sha256, creator, updated_at, revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            upload.id,
            upload.draft,
            json(&upload.place)?,
            upload.size,
            upload.received,
            upload.sha256,
            upload.creator,
            upload.updated_at,
            upload.revision
        ],
    )
    .await
    .map(drop)
}

/// One upload of a draft.
pub async fn get(conn: &mut Conn, draft: DraftId, id: UploadId) -> Result<Option<UploadRow>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.push("id = ").bind(id).push(" AND draft_id = ").bind(draft);
    conn.fetch_one(sql).await?.map(|row| upload(&row)).transpose()
}

/// Notes that more bytes are safe.
pub async fn set_received(conn: &mut Conn, id: UploadId, received: u64, now: Timestamp) -> Result<(), StoreError> {
    conn.execute("UPDATE draft_uploads SET received = $2, updated_at = $3 WHERE id = $1", args![id, received, now])
        .await
        .map(drop)
}

/// Notes that an upload is done.
pub async fn set_done(conn: &mut Conn, id: UploadId, revision: u64, now: Timestamp) -> Result<(), StoreError> {
    conn.execute("UPDATE draft_uploads SET revision = $2, updated_at = $3 WHERE id = $1", args![id, revision, now])
        .await
        .map(drop)
}

/// Removes an upload.
pub async fn delete(conn: &mut Conn, id: UploadId) -> Result<(), StoreError> {
    conn.execute("DELETE FROM draft_uploads WHERE id = $1", args![id]).await.map(drop)
}

/// A part of the uploads of a draft that are not done, after `after`.
pub async fn list(
    conn: &mut Conn,
    draft: DraftId,
    after: Option<UploadId>,
    limit: u32,
) -> Result<Vec<UploadRow>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.push("draft_id = ").bind(draft).push(" AND revision IS NULL");
    if let Some(after) = after {
        sql.push(" AND id > ").bind(after);
    }
    sql.push(" ORDER BY id LIMIT ").bind(limit);
    conn.fetch(sql).await?.iter().map(upload).collect()
}

/// What the uploads of a draft come to that are not done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pending {
    /// How many.
    pub uploads: u64,
    /// Bytes that were announced.
    pub bytes: u64,
}

/// What the uploads of a draft come to that are not done.
pub async fn pending(conn: &mut Conn, draft: DraftId) -> Result<Pending, StoreError> {
    let row = conn
        .query_one(
            "SELECT count(*) AS uploads, CAST(coalesce(sum(size), 0) AS BIGINT) AS bytes FROM draft_uploads
             WHERE draft_id = $1 AND revision IS NULL",
            args![draft],
        )
        .await?;
    row.map_or(Ok(Pending::default()), |row| Ok(Pending { uploads: row.count("uploads")?, bytes: row.count("bytes")? }))
}

/// Forgets uploads of which nothing has come since `before`, done or not.
pub async fn forget(conn: &mut Conn, before: Timestamp) -> Result<u64, StoreError> {
    conn.execute("DELETE FROM draft_uploads WHERE updated_at < $1", args![before]).await
}

/// Those of the uploads that are known and not done, in no order.
pub async fn known(conn: &mut Conn, ids: &[UploadId]) -> Result<Vec<UploadId>, StoreError> {
    let mut found = Vec::new();
    for ids in ids.chunks(400) {
        let mut sql = Sql::new("SELECT id FROM draft_uploads WHERE revision IS NULL AND id IN ");
        sql.tuple(ids.iter().map(Value::to_arg));
        for row in conn.fetch(sql).await? {
            found.push(row.parse("id")?);
        }
    }
    Ok(found)
}
