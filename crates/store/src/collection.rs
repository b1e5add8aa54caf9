//! Collecting garbage: which segments and recipes nothing needs any more.
//!
//! What must hold: **a segment or recipe is removed only if two complete markings in a row, the second begun after it was condemned,
//! did not find it needed, and nothing has relied on it since.** It is kept so:
//! - Every transaction that relies on content, or removes some, first takes one row with [`hold`]; so these transactions form one line.
//! - One that relies on content (a push that is published) marks all of it, what it brings and what it found there, as needed by the
//!   collection under way. If any of it has gone by then, the transaction fails and nothing is stored.
//! - [`begin`] gives a collection its number in that line, before the roots are read: what was relied on before is found through the roots,
//!   what is relied on later is marked with the number.
//! - Condemned content counts as missing for a push, which then brings it again; it is removed by a later collection, after a time of grace,
//!   in a transaction that sees it condemned and unmarked still.
//!
//! So a collection may be killed anywhere: marks of a collection that was not completed only keep content.

use jiff::Timestamp;
use packhorse_model::Digest;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::segments::args_of;
use crate::sql::Sql;

/// Digests of one statement.
const AT_ONCE: usize = 400;
/// Sorts after every digest.
const ABOVE_ALL: [u8; 33] = [0xff; 33];

/// Proof that the transaction has its place in the line of those that rely on content or remove it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    collection: u64,
}

impl Hold {
    /// The number of the collection that is under way, or was the last one.
    #[must_use]
    pub fn collection(&self) -> u64 {
        self.collection
    }
}

/// Takes the transaction's place in the line. The first thing that it does, so that no two wait for each other.
pub async fn hold(conn: &mut Conn) -> Result<Hold, StoreError> {
    take(conn, "UPDATE registry_totals SET collection = collection WHERE id = 1 RETURNING collection").await
}

/// Begins a collection.
pub async fn begin(conn: &mut Conn) -> Result<Hold, StoreError> {
    take(conn, "UPDATE registry_totals SET collection = collection + 1 WHERE id = 1 RETURNING collection").await
}

async fn take(conn: &mut Conn, sql: &'static str) -> Result<Hold, StoreError> {
    let row = conn.query_one(sql, vec![]).await?.ok_or(StoreError::Conflict)?;
    Ok(Hold { collection: row.count("collection")? })
}

/// Marks segments as needed. Those that are not stored are passed over.
pub async fn mark_segments(conn: &mut Conn, hold: &Hold, segments: &[Digest]) -> Result<(), StoreError> {
    for digests in segments.chunks(AT_ONCE) {
        let mut sql = Sql::new("UPDATE segments SET condemned_in = NULL, condemned_at = NULL, mark = ");
        sql.bind(hold.collection).push(" WHERE mark < ").bind(hold.collection);
        sql.push(" AND digest IN ").tuple(args_of(digests));
        conn.apply(sql).await?;
    }
    Ok(())
}

/// Marks the recipes of files as needed, and gives those that were not marked before, with what they are.
pub async fn mark_recipes(
    conn: &mut Conn,
    hold: &Hold,
    files: &[Digest],
) -> Result<Vec<crate::segments::RecipeRow>, StoreError> {
    let mut marked = Vec::new();
    for digests in files.chunks(AT_ONCE) {
        let mut sql = Sql::new("UPDATE recipes SET condemned_in = NULL, condemned_at = NULL, mark = ");
        sql.bind(hold.collection).push(" WHERE mark < ").bind(hold.collection);
        sql.push(" AND file IN ").tuple(args_of(digests)).push(" RETURNING file, size, recipe");
        for row in conn.fetch(sql).await? {
            marked.push(crate::segments::RecipeRow {
                file: row.digest("file")?,
                size: row.count("size")?,
                recipe: row.digest("recipe")?,
            });
        }
    }
    Ok(marked)
}

/// What is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Segments.
    Segments,
    /// Which recipe makes which file.
    Recipes,
}

/// What became of a part of all content.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Where the part ended; none if that was the end of all.
    pub next: Option<Digest>,
    /// How many were removed.
    pub removed: u64,
    /// How many were condemned now.
    pub condemned: u64,
}

/// The statements for one table.
struct Statements {
    bound: &'static str,
    counts: &'static str,
    remove: &'static str,
    condemn: &'static str,
}

macro_rules! statements {
    ($table:literal, $key:literal) => {
        Statements {
            bound: concat!(
                "SELECT ",
                $key,
                " AS last FROM ",
                $table,
                " WHERE ",
                $key,
                " > $1 ORDER BY ",
                $key,
                " LIMIT 1 OFFSET $2"
            ),
            counts: concat!(
                "SELECT count(CASE WHEN condemned_in < $3 AND condemned_at <= $4 THEN 1 END) AS going,
                count(CASE WHEN condemned_in IS NULL THEN 1 END) AS fresh FROM ",
                $table,
                " WHERE ",
                $key,
                " > $1 AND ",
                $key,
                " <= $2 AND mark < $3"
            ),
            remove: concat!(
                "DELETE FROM ",
                $table,
                " WHERE ",
                $key,
                " > $1 AND ",
                $key,
                " <= $2 AND mark < $3 AND condemned_in < $3 AND condemned_at <= $4"
            ),
            condemn: concat!(
                "UPDATE ",
                $table,
                " SET condemned_in = $3, condemned_at = $4 WHERE ",
                $key,
                " > $1 AND ",
                $key,
                " <= $2 AND mark < $3 AND condemned_in IS NULL"
            ),
        }
    };
}

impl Kind {
    fn statements(self) -> Statements {
        match self {
            Self::Segments => statements!("segments", "digest"),
            Self::Recipes => statements!("recipes", "file"),
        }
    }
}

/// What a sweep does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    /// Removes only what was condemned up to this time.
    pub cutoff: Timestamp,
    /// Now.
    pub now: Timestamp,
    /// Whether anything is done, or only counted.
    pub is_dry: bool,
}

/// Sweeps a part of all content, after `after`, once the marking is complete: removes what an earlier collection has condemned, and
/// condemns what this one did not find.
pub async fn sweep(
    conn: &mut Conn,
    hold: &Hold,
    kind: Kind,
    after: Option<&Digest>,
    sweep: &Sweep,
    limit: u32,
) -> Result<Swept, StoreError> {
    let sql = kind.statements();
    let from = after.map_or_else(Vec::new, |after| after.as_bytes().to_vec());
    let bound = conn.query_one(sql.bound, args![from, limit.saturating_sub(1)]).await?;
    let next = bound.map(|row| row.digest("last")).transpose()?;
    let last = next.map_or_else(|| ABOVE_ALL.to_vec(), |last| last.as_bytes().to_vec());
    let number = hold.collection;
    if sweep.is_dry {
        let counts = conn.query_one(sql.counts, args![from, last, number, sweep.cutoff]).await?;
        let counts = counts.ok_or(StoreError::Conflict)?;
        return Ok(Swept { next, removed: counts.count("going")?, condemned: counts.count("fresh")? });
    }
    let removed = conn.execute(sql.remove, args![from, last, number, sweep.cutoff]).await?;
    let condemned = conn.execute(sql.condemn, args![from, last, number, sweep.now]).await?;
    Ok(Swept { next, removed, condemned })
}
