//! Where segments lie in packs, and which recipe makes which file. What a row says never changes its meaning: a segment is its digest,
//! wherever it lies. Rows go only in a collection of garbage: see `collection`.

use packhorse_model::Digest;

use crate::args;
use crate::collection::Hold;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{Arg, Sql};

/// Rows of one statement: well below what either database can bind.
pub(crate) const AT_ONCE: usize = 400;

/// Where a segment lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentRow {
    /// The segment.
    pub digest: Digest,
    /// Its pack.
    pub pack: Digest,
    /// Where its frame begins in the pack.
    pub frame_offset: u32,
    /// Bytes of the frame.
    pub frame_len: u32,
    /// Where it begins in the frame, unpacked.
    pub offset_in_frame: u32,
    /// Its bytes.
    pub len: u32,
    /// Whether its bytes on disk are known to be others. A segment that is brought is sound.
    pub is_damaged: bool,
}

/// A file of more than one segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecipeRow {
    /// The file.
    pub file: Digest,
    /// Its bytes.
    pub size: u64,
    /// The recipe, a file of one segment.
    pub recipe: Digest,
}

/// Notes where segments lie that a transaction brings. A row that is there gives way: it may be damaged, or condemned, and the new bytes
/// are on disk.
pub async fn insert(conn: &mut Conn, hold: &Hold, segments: &[SegmentRow]) -> Result<(), StoreError> {
    for rows in segments.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "INSERT INTO segments (digest, pack_id, frame_offset, frame_len, offset_in_frame, len, mark) VALUES ",
        );
        push_rows(&mut sql, rows, |row| {
            args![
                row.digest,
                row.pack,
                row.frame_offset,
                row.frame_len,
                row.offset_in_frame,
                row.len,
                hold.collection()
            ]
        });
        sql.push(
            " ON CONFLICT (digest) DO UPDATE SET pack_id = excluded.pack_id, frame_offset = excluded.frame_offset,
                frame_len = excluded.frame_len, offset_in_frame = excluded.offset_in_frame, len = excluded.len,
                mark = excluded.mark, condemned_in = NULL, condemned_at = NULL, is_damaged = FALSE",
        );
        conn.apply(sql).await?;
    }
    Ok(())
}

/// Relies on segments that are stored: they are needed from this transaction on. Gives how many of them are there, sound.
pub async fn rely(conn: &mut Conn, hold: &Hold, segments: &[Digest]) -> Result<u64, StoreError> {
    let mut there = 0;
    for digests in segments.chunks(AT_ONCE) {
        let mut sql = Sql::new("UPDATE segments SET mark = ");
        sql.bind(hold.collection());
        sql.push(", condemned_in = NULL, condemned_at = NULL WHERE NOT is_damaged AND digest IN ");
        sql.tuple(args_of(digests));
        there += conn.apply(sql).await?;
    }
    Ok(there)
}

/// Notes which recipe makes which file. A newer recipe takes the place of an older one: whoever brings it relies on its segments.
pub async fn insert_recipes(conn: &mut Conn, hold: &Hold, recipes: &[RecipeRow]) -> Result<(), StoreError> {
    for rows in recipes.chunks(AT_ONCE) {
        let mut sql = Sql::new("INSERT INTO recipes (file, size, recipe, mark) VALUES ");
        push_rows(&mut sql, rows, |row| args![row.file, row.size, row.recipe, hold.collection()]);
        sql.push(
            " ON CONFLICT (file) DO UPDATE SET recipe = excluded.recipe, mark = excluded.mark, condemned_in = NULL, condemned_at = NULL",
        );
        conn.apply(sql).await?;
    }
    Ok(())
}

pub(crate) fn push_rows<T>(sql: &mut Sql, rows: &[T], values: impl Fn(&T) -> Vec<Arg>) {
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            sql.push(", ");
        }
        sql.tuple(values(row));
    }
}

/// Where those of the segments lie that are stored, in no order.
pub async fn locate(conn: &mut Conn, segments: &[Digest]) -> Result<Vec<SegmentRow>, StoreError> {
    locate_in(conn, Table::Stored, segments).await
}

/// A table of segments.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Table {
    /// What versions are made of.
    Stored,
    /// What was sent for a version that is not there yet.
    Staged,
}

pub(crate) async fn locate_in(
    conn: &mut Conn,
    table: Table,
    segments: &[Digest],
) -> Result<Vec<SegmentRow>, StoreError> {
    let mut found = Vec::with_capacity(segments.len());
    for digests in segments.chunks(AT_ONCE) {
        let mut sql = Sql::new(match table {
            Table::Stored => {
                "SELECT digest, pack_id, frame_offset, frame_len, offset_in_frame, len, is_damaged FROM segments WHERE digest IN "
            }
            Table::Staged => {
                "SELECT digest, pack_id, frame_offset, frame_len, offset_in_frame, len, FALSE AS is_damaged FROM staged_segments WHERE digest IN "
            }
        });
        sql.tuple(args_of(digests));
        for row in conn.fetch(sql).await? {
            found.push(segment(&row)?);
        }
    }
    Ok(found)
}

/// The segments of a pack, in the order of its bytes.
pub async fn of_pack(conn: &mut Conn, pack: &Digest) -> Result<Vec<SegmentRow>, StoreError> {
    let rows = conn
        .query(
            "SELECT digest, pack_id, frame_offset, frame_len, offset_in_frame, len, is_damaged FROM segments
             WHERE pack_id = $1 ORDER BY frame_offset, offset_in_frame",
            args![pack],
        )
        .await?;
    rows.iter().map(segment).collect()
}

/// The segments of one frame of a pack, in the order of its bytes.
pub async fn of_frame(conn: &mut Conn, frame: &crate::damage::Frame) -> Result<Vec<SegmentRow>, StoreError> {
    let rows = conn
        .query(
            "SELECT digest, pack_id, frame_offset, frame_len, offset_in_frame, len, is_damaged FROM segments
             WHERE pack_id = $1 AND frame_offset = $2 ORDER BY offset_in_frame",
            args![frame.pack, frame.offset],
        )
        .await?;
    rows.iter().map(segment).collect()
}

/// Notes that segments lie elsewhere from now on: those that still lie in the pack `from`, and are sound. What a collection of garbage knows of
/// them stays.
pub async fn relocate(conn: &mut Conn, _hold: &Hold, from: &Digest, segments: &[SegmentRow]) -> Result<(), StoreError> {
    for rows in segments.chunks(AT_ONCE) {
        let mut sql =
            Sql::new("INSERT INTO segments (digest, pack_id, frame_offset, frame_len, offset_in_frame, len) VALUES ");
        push_rows(&mut sql, rows, |row| {
            args![row.digest, row.pack, row.frame_offset, row.frame_len, row.offset_in_frame, row.len]
        });
        sql.push(
            " ON CONFLICT (digest) DO UPDATE SET pack_id = excluded.pack_id, frame_offset = excluded.frame_offset,
                frame_len = excluded.frame_len, offset_in_frame = excluded.offset_in_frame
              WHERE NOT segments.is_damaged AND segments.pack_id = ",
        );
        sql.bind(from);
        conn.apply(sql).await?;
    }
    Ok(())
}

pub(crate) fn segment(row: &Row) -> Result<SegmentRow, StoreError> {
    Ok(SegmentRow {
        digest: row.digest("digest")?,
        pack: row.digest("pack_id")?,
        frame_offset: row.small("frame_offset")?,
        frame_len: row.small("frame_len")?,
        offset_in_frame: row.small("offset_in_frame")?,
        len: row.small("len")?,
        is_damaged: row.bool("is_damaged")?,
    })
}

/// Those of the segments that a push need not bring, in no order: they are stored, sound, and not condemned.
pub async fn stored(conn: &mut Conn, segments: &[Digest]) -> Result<Vec<Digest>, StoreError> {
    let mut found = Vec::with_capacity(segments.len());
    for digests in segments.chunks(AT_ONCE) {
        let mut sql =
            Sql::new("SELECT digest FROM segments WHERE condemned_in IS NULL AND NOT is_damaged AND digest IN ");
        sql.tuple(args_of(digests));
        for row in conn.fetch(sql).await? {
            found.push(row.digest("digest")?);
        }
    }
    Ok(found)
}

/// The recipes of those of the files that have one, in no order.
pub async fn recipes(conn: &mut Conn, files: &[Digest]) -> Result<Vec<RecipeRow>, StoreError> {
    let mut found = Vec::new();
    for digests in files.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT file, size, recipe FROM recipes WHERE file IN ");
        sql.tuple(args_of(digests));
        for row in conn.fetch(sql).await? {
            found.push(RecipeRow {
                file: row.digest("file")?,
                size: row.count("size")?,
                recipe: row.digest("recipe")?,
            });
        }
    }
    Ok(found)
}

pub(crate) fn args_of(digests: &[Digest]) -> Vec<Arg> {
    digests.iter().map(crate::sql::Value::to_arg).collect()
}
