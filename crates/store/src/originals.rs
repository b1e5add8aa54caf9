//! Archives that are kept as they came. One has its row before it gets its name on disk and until it is removed, as a pack has.

use jiff::Timestamp;
use packhorse_model::Digest;
use packhorse_model::api::packages::KeptAs;

use crate::args;
use crate::collection::Hold;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::packs::Announced;
use crate::sql::word;

/// Announces an archive that will be kept.
pub async fn announce(conn: &mut Conn, archive: &Digest, size: u64, now: Timestamp) -> Result<Announced, StoreError> {
    crate::collection::hold(conn).await?;
    let sql = "INSERT INTO originals (archive, size, touched_at, is_going) VALUES ($1, $2, $3, FALSE)
               ON CONFLICT (archive) DO UPDATE SET touched_at = excluded.touched_at WHERE NOT originals.is_going";
    let written = conn.execute(sql, args![archive, size, now]).await?;
    Ok(if written == 1 { Announced::Welcome } else { Announced::Going })
}

/// Relies on an archive that was announced and written. False if it has been removed since.
pub async fn rely(conn: &mut Conn, _hold: &Hold, archive: &Digest, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE originals SET touched_at = $2 WHERE archive = $1 AND NOT is_going";
    Ok(conn.execute(sql, args![archive, now]).await? == 1)
}

/// Marks an archive as going that no version needs, if nothing has relied on it since `cutoff`.
pub async fn retire(conn: &mut Conn, _hold: &Hold, archive: &Digest, cutoff: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE originals SET is_going = TRUE WHERE archive = $1 AND touched_at <= $2 AND NOT is_going
               AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.archive_blake3 = $1 AND v.kept_as <> $3)";
    Ok(conn.execute(sql, args![archive, cutoff, word(&KeptAs::Recipe)?]).await? == 1)
}

/// An archive that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OriginalRow {
    /// Its BLAKE3.
    pub archive: Digest,
    /// Its bytes.
    pub size: u64,
}

/// Archives by their names, after `after`.
pub async fn page(conn: &mut Conn, after: Option<&Digest>, limit: u32) -> Result<Vec<OriginalRow>, StoreError> {
    let from = after.map_or_else(Vec::new, |after| after.as_bytes().to_vec());
    let sql = "SELECT archive, size FROM originals WHERE archive > $1 AND NOT is_going ORDER BY archive LIMIT $2";
    let rows = conn.query(sql, args![from, limit]).await?;
    rows.iter().map(|row| Ok(OriginalRow { archive: row.digest("archive")?, size: row.count("size")? })).collect()
}

/// Archives whose objects are being removed.
pub async fn going(conn: &mut Conn, limit: u32) -> Result<Vec<Digest>, StoreError> {
    let rows =
        conn.query("SELECT archive FROM originals WHERE is_going ORDER BY archive LIMIT $1", args![limit]).await?;
    rows.iter().map(|row| row.digest("archive")).collect()
}

/// Forgets an archive whose object is gone.
pub async fn forget(conn: &mut Conn, archive: &Digest) -> Result<(), StoreError> {
    conn.execute("DELETE FROM originals WHERE archive = $1 AND is_going", args![archive]).await.map(drop)
}

/// How many archives are kept, and their bytes.
pub async fn totals(conn: &mut Conn) -> Result<(u64, u64), StoreError> {
    let sql = "SELECT count(*) AS total, CAST(COALESCE(sum(size), 0) AS BIGINT) AS bytes FROM originals";
    let row = conn.query_one(sql, vec![]).await?;
    row.map_or(Ok((0, 0)), |row| Ok((row.count("total")?, row.count("bytes")?)))
}
