//! Where segments lie in packs, and which recipe makes which file. Rows are only ever added: content does not change.

use jiff::Timestamp;
use packhorse_model::Digest;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::sql::{Arg, Sql};

/// Rows of one statement: well below what either database can bind.
const AT_ONCE: usize = 400;

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

/// Notes a pack that is on disk.
pub async fn insert_pack(conn: &mut Conn, pack: &Digest, size: u64, now: Timestamp) -> Result<(), StoreError> {
    let added = conn
        .execute(
            "INSERT INTO packs (id, size, created_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
            args![pack, size, now],
        )
        .await?;
    if added > 0 {
        conn.execute("UPDATE registry_totals SET stored_bytes = stored_bytes + $1 WHERE id = 1", args![size]).await?;
    }
    Ok(())
}

/// Notes where segments lie. Two pushes may have stored one segment at the same time; the first one is kept.
pub async fn insert(conn: &mut Conn, segments: &[SegmentRow]) -> Result<(), StoreError> {
    for rows in segments.chunks(AT_ONCE) {
        let mut sql =
            Sql::new("INSERT INTO segments (digest, pack_id, frame_offset, frame_len, offset_in_frame, len) VALUES ");
        push_rows(&mut sql, rows, |row| {
            args![row.digest, row.pack, row.frame_offset, row.frame_len, row.offset_in_frame, row.len]
        });
        sql.push(" ON CONFLICT (digest) DO NOTHING");
        conn.apply(sql).await?;
    }
    Ok(())
}

/// Notes which recipe makes which file.
pub async fn insert_recipes(conn: &mut Conn, recipes: &[RecipeRow]) -> Result<(), StoreError> {
    for rows in recipes.chunks(AT_ONCE) {
        let mut sql = Sql::new("INSERT INTO recipes (file, size, recipe) VALUES ");
        push_rows(&mut sql, rows, |row| args![row.file, row.size, row.recipe]);
        sql.push(" ON CONFLICT (file) DO NOTHING");
        conn.apply(sql).await?;
    }
    Ok(())
}

fn push_rows<T>(sql: &mut Sql, rows: &[T], values: impl Fn(&T) -> Vec<Arg>) {
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            sql.push(", ");
        }
        sql.tuple(values(row));
    }
}

/// Where those of the segments lie that are stored, in no order.
pub async fn locate(conn: &mut Conn, segments: &[Digest]) -> Result<Vec<SegmentRow>, StoreError> {
    let mut found = Vec::with_capacity(segments.len());
    for digests in segments.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT digest, pack_id, frame_offset, frame_len, offset_in_frame, len FROM segments WHERE digest IN ",
        );
        sql.tuple(args_of(digests));
        for row in conn.fetch(sql).await? {
            found.push(SegmentRow {
                digest: row.digest("digest")?,
                pack: row.digest("pack_id")?,
                frame_offset: row.small("frame_offset")?,
                frame_len: row.small("frame_len")?,
                offset_in_frame: row.small("offset_in_frame")?,
                len: row.small("len")?,
            });
        }
    }
    Ok(found)
}

/// Those of the segments that are stored, in no order.
pub async fn stored(conn: &mut Conn, segments: &[Digest]) -> Result<Vec<Digest>, StoreError> {
    let mut found = Vec::with_capacity(segments.len());
    for digests in segments.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT digest FROM segments WHERE digest IN ");
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

fn args_of(digests: &[Digest]) -> Vec<Arg> {
    digests.iter().map(crate::sql::Value::to_arg).collect()
}
