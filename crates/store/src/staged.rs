//! What was sent for versions that are not there yet: packs of segments, verified, outside of the store until a version is made of them.
//!
//! Rows here are forgotten by age, or once a version is made; nothing refers to them.

use jiff::Timestamp;
use packhorse_model::Digest;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::segments::{AT_ONCE, SegmentRow, Table, args_of, locate_in, push_rows};
use crate::sql::Sql;

/// Notes a pack that is on disk, and the segments in it. A segment that another pack has as well is found in this one from now on, since it
/// stays longer.
pub async fn insert(
    conn: &mut Conn,
    pack: &Digest,
    size: u64,
    segments: &[SegmentRow],
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO staged_packs (id, size, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET created_at = excluded.created_at",
        args![pack, size, now],
    )
    .await?;
    for rows in segments.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "INSERT INTO staged_segments (digest, pack_id, frame_offset, frame_len, offset_in_frame, len) VALUES ",
        );
        push_rows(&mut sql, rows, |row| {
            args![row.digest, row.pack, row.frame_offset, row.frame_len, row.offset_in_frame, row.len]
        });
        sql.push(
            " ON CONFLICT (digest) DO UPDATE SET pack_id = excluded.pack_id, frame_offset = excluded.frame_offset,
               frame_len = excluded.frame_len, offset_in_frame = excluded.offset_in_frame, len = excluded.len",
        );
        conn.apply(sql).await?;
    }
    Ok(())
}

/// Where those of the segments lie that are staged, in no order.
pub async fn locate(conn: &mut Conn, segments: &[Digest]) -> Result<Vec<SegmentRow>, StoreError> {
    locate_in(conn, Table::Staged, segments).await
}

/// Forgets packs, and which segments are in them.
pub async fn forget(conn: &mut Conn, packs: &[Digest]) -> Result<(), StoreError> {
    for ids in packs.chunks(AT_ONCE) {
        let mut sql = Sql::new("DELETE FROM staged_packs WHERE id IN ");
        sql.tuple(args_of(ids));
        conn.apply(sql).await?;
    }
    Ok(())
}

/// Forgets packs that came before `before`; says which.
pub async fn forget_before(conn: &mut Conn, before: Timestamp) -> Result<Vec<Digest>, StoreError> {
    let rows = conn.query("SELECT id FROM staged_packs WHERE created_at < $1", args![before]).await?;
    let packs = rows.iter().map(|row| row.digest("id")).collect::<Result<Vec<_>, _>>()?;
    forget(conn, &packs).await?;
    Ok(packs)
}
