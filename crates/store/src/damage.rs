//! Content whose bytes on disk are others than they should be, and who needs it.

use packhorse_model::Digest;
use packhorse_model::api::storage::{DamageUse, DamagedRange};
use packhorse_model::ids::VersionId;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::segments::{AT_ONCE, args_of};
use crate::sql::Sql;

/// A frame: where it begins, in which pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Frame {
    /// The pack.
    pub pack: Digest,
    /// Where it begins.
    pub offset: u32,
}

/// Notes which segments of a pack are damaged, and that the others are sound.
pub async fn note_pack(conn: &mut Conn, pack: &Digest, damaged: &[Digest]) -> Result<(), StoreError> {
    conn.execute("UPDATE segments SET is_damaged = FALSE WHERE pack_id = $1 AND is_damaged", args![pack]).await?;
    note_segments(conn, pack, damaged).await
}

/// Notes that segments of a pack are damaged.
pub async fn note_segments(conn: &mut Conn, pack: &Digest, damaged: &[Digest]) -> Result<(), StoreError> {
    for digests in damaged.chunks(AT_ONCE) {
        let mut sql = Sql::new("UPDATE segments SET is_damaged = TRUE WHERE pack_id = ");
        sql.bind(pack).push(" AND digest IN ").tuple(args_of(digests));
        conn.apply(sql).await?;
    }
    Ok(())
}

/// Damaged segments, up to `limit`.
pub async fn segments(conn: &mut Conn, limit: u32) -> Result<Vec<Digest>, StoreError> {
    let sql = "SELECT digest FROM segments WHERE is_damaged ORDER BY pack_id, frame_offset LIMIT $1";
    conn.query(sql, args![limit]).await?.iter().map(|row| row.digest("digest")).collect()
}

/// Versions that need something damaged, as it was last found out, after `after`.
pub async fn versions(conn: &mut Conn, after: Option<VersionId>, limit: u32) -> Result<Vec<VersionId>, StoreError> {
    let from = after.map(|after| after.to_string()).unwrap_or_default();
    let sql = "SELECT DISTINCT version_id FROM damage_uses WHERE version_id > $1 ORDER BY version_id LIMIT $2";
    conn.query(sql, args![from, limit]).await?.iter().map(|row| row.parse("version_id")).collect()
}

/// How many segments are damaged.
pub async fn count(conn: &mut Conn) -> Result<u64, StoreError> {
    let row = conn.query_one("SELECT count(*) AS total FROM segments WHERE is_damaged", vec![]).await?;
    row.map_or(Ok(0), |row| row.count("total"))
}

/// Damaged ranges by pack and offset, after `after`.
pub async fn page(conn: &mut Conn, after: Option<&Frame>, limit: u32) -> Result<Vec<DamagedRange>, StoreError> {
    let mut sql = Sql::new(
        "SELECT pack_id, frame_offset, max(frame_len) AS frame_len, count(*) AS segments FROM segments WHERE is_damaged",
    );
    if let Some(after) = after {
        sql.push(" AND (pack_id, frame_offset) > ").tuple(args![after.pack, after.offset]);
    }
    sql.push(" GROUP BY pack_id, frame_offset ORDER BY pack_id, frame_offset LIMIT ").bind(limit);
    let mut ranges = Vec::new();
    for row in conn.fetch(sql).await? {
        let frame = Frame { pack: row.digest("pack_id")?, offset: row.small("frame_offset")? };
        ranges.push(DamagedRange {
            pack: frame.pack,
            offset: u64::from(frame.offset),
            length: row.count("frame_len")?,
            segments: row.count("segments")?,
            uses: uses(conn, &frame).await?,
        });
    }
    Ok(ranges)
}

/// How many ranges are damaged.
pub async fn ranges(conn: &mut Conn) -> Result<u64, StoreError> {
    let sql = "SELECT count(*) AS total FROM (SELECT pack_id FROM segments WHERE is_damaged GROUP BY pack_id, frame_offset) d";
    conn.query_one(sql, vec![]).await?.map_or(Ok(0), |row| row.count("total"))
}

/// Uses that are shown of one range.
const USES: u32 = 50;

async fn uses(conn: &mut Conn, frame: &Frame) -> Result<Vec<DamageUse>, StoreError> {
    let rows = conn
        .query(
            "SELECT p.name, v.number, u.path FROM damage_uses u JOIN versions v ON v.id = u.version_id
             JOIN packages p ON p.id = v.package_id WHERE u.pack_id = $1 AND u.frame_offset = $2
             ORDER BY p.name, v.sort_key, u.path LIMIT $3",
            args![frame.pack, frame.offset, USES],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(DamageUse { package: row.parse("name")?, version: row.parse("number")?, path: row.text("path")? })
        })
        .collect()
}

/// Forgets who needs what is damaged, before it is found out anew.
pub async fn forget_uses(conn: &mut Conn) -> Result<(), StoreError> {
    conn.execute("DELETE FROM damage_uses", vec![]).await.map(drop)
}

/// Notes that a file of a version needs something that is damaged.
pub async fn add_use(conn: &mut Conn, frame: &Frame, version: VersionId, path: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO damage_uses (pack_id, frame_offset, version_id, path) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    conn.execute(sql, args![frame.pack, frame.offset, version, path]).await.map(drop)
}
