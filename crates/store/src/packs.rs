//! Packs on disk. A pack has its row before it is written and until it is removed, so that nothing on disk is without one.

use jiff::Timestamp;
use packhorse_model::Digest;

use crate::args;
use crate::collection::Hold;
use crate::conn::Conn;
use crate::error::StoreError;

/// A pack, and what of it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackRow {
    /// The pack.
    pub id: Digest,
    /// Its bytes on disk.
    pub size: u64,
    /// What its segments had unpacked.
    pub content: u64,
    /// What those have that are stored still.
    pub live: u64,
    /// When it was last relied on.
    pub touched_at: Timestamp,
}

/// Whether something may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Announced {
    /// It may.
    Welcome,
    /// It is being removed; it may be written once it is gone.
    Going,
}

/// Announces a pack that will be written.
pub async fn announce(conn: &mut Conn, pack: &Digest, size: u64, now: Timestamp) -> Result<Announced, StoreError> {
    crate::collection::hold(conn).await?;
    let known = conn.query_one("SELECT is_going FROM packs WHERE id = $1", args![pack]).await?;
    match known.map(|row| row.bool("is_going")).transpose()? {
        Some(true) => return Ok(Announced::Going),
        Some(false) => {
            conn.execute("UPDATE packs SET touched_at = $2 WHERE id = $1", args![pack, now]).await?;
        }
        None => {
            let sql = "INSERT INTO packs (id, size, created_at, touched_at) VALUES ($1, $2, $3, $3)";
            conn.execute(sql, args![pack, size, now]).await?;
            conn.execute("UPDATE registry_totals SET stored_bytes = stored_bytes + $1 WHERE id = 1", args![size])
                .await?;
        }
    }
    Ok(Announced::Welcome)
}

/// Relies on a pack that was announced and written. False if it has been collected since.
pub async fn rely(
    conn: &mut Conn,
    _hold: &Hold,
    pack: &Digest,
    content: u64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE packs SET touched_at = $2, content = $3 WHERE id = $1 AND NOT is_going";
    Ok(conn.execute(sql, args![pack, now, content]).await? == 1)
}

/// Keeps a pack for the time of grace, though nothing may be in it any more: somebody may be reading it.
pub async fn touch(conn: &mut Conn, _hold: &Hold, pack: &Digest, now: Timestamp) -> Result<(), StoreError> {
    conn.execute("UPDATE packs SET touched_at = $2 WHERE id = $1", args![pack, now]).await.map(drop)
}

/// Packs by their names, after `after`.
pub async fn page(conn: &mut Conn, after: Option<&Digest>, limit: u32) -> Result<Vec<PackRow>, StoreError> {
    let from = after.map_or_else(Vec::new, |after| after.as_bytes().to_vec());
    let rows = conn
        .query(
            "SELECT p.id, p.size, p.content, p.touched_at,
               CAST(COALESCE((SELECT sum(s.len) FROM segments s WHERE s.pack_id = p.id), 0) AS BIGINT) AS live
             FROM packs p WHERE p.id > $1 AND NOT p.is_going ORDER BY p.id LIMIT $2",
            args![from, limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(PackRow {
                id: row.digest("id")?,
                size: row.count("size")?,
                content: row.count("content")?,
                live: row.count("live")?,
                touched_at: row.time("touched_at")?,
            })
        })
        .collect()
}

/// How many packs there are.
pub async fn count(conn: &mut Conn) -> Result<u64, StoreError> {
    conn.query_one("SELECT count(*) AS total FROM packs", vec![]).await?.map_or(Ok(0), |row| row.count("total"))
}

/// Marks a pack in which nothing is needed as going, if nothing has relied on it since `cutoff`.
pub async fn retire(conn: &mut Conn, _hold: &Hold, pack: &Digest, cutoff: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE packs SET is_going = TRUE WHERE id = $1 AND touched_at <= $2 AND NOT is_going
               AND NOT EXISTS (SELECT 1 FROM segments s WHERE s.pack_id = $1)";
    Ok(conn.execute(sql, args![pack, cutoff]).await? == 1)
}

/// Packs whose objects are being removed.
pub async fn going(conn: &mut Conn, limit: u32) -> Result<Vec<Digest>, StoreError> {
    let rows = conn.query("SELECT id FROM packs WHERE is_going ORDER BY id LIMIT $1", args![limit]).await?;
    rows.iter().map(|row| row.digest("id")).collect()
}

/// Forgets a pack whose object is gone.
pub async fn forget(conn: &mut Conn, pack: &Digest) -> Result<(), StoreError> {
    crate::collection::hold(conn).await?;
    let row = conn.query_one("DELETE FROM packs WHERE id = $1 AND is_going RETURNING size", args![pack]).await?;
    let Some(size) = row.map(|row| row.count("size")).transpose()? else { return Ok(()) };
    conn.execute("UPDATE registry_totals SET stored_bytes = stored_bytes - $1 WHERE id = 1", args![size])
        .await
        .map(drop)
}
