//! What is in drafts, path by path, beside what was there in the versions that they began with.

use packhorse_model::Digest;
use packhorse_model::api::packages::TreeEntryKind;
use packhorse_model::ids::DraftId;
use serde::{Deserialize, Serialize};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{Arg, Sql, Value, word};

/// Rows of one statement: well below what either database can bind.
const AT_ONCE: usize = 400;

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryState {
    /// What it is.
    pub kind: TreeEntryKind,
    /// The nine permission bits.
    pub mode: u16,
    /// Bytes of a file; 0 for others.
    pub size: u64,
    /// Content of a file.
    pub digest: Option<Digest>,
    /// Where a link points.
    pub target: Option<String>,
    /// Where it lay in the version that the draft began with, if it was moved or copied.
    pub origin: Option<String>,
}

/// A path of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// The path.
    pub path: String,
    /// What is there now.
    pub now: Option<EntryState>,
    /// What was there in the version that the draft began with.
    pub base: Option<EntryState>,
    /// Which revision changed it last; 0 if none did.
    pub revision: u64,
    /// Whether something still is where this lay in that version.
    pub is_at_origin: bool,
}

/// A path that is to be written.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// The path.
    pub path: String,
    /// The form under which paths are equal that some file system takes for the same.
    pub folded: String,
    /// What is there from now on.
    pub now: Option<EntryState>,
}

/// Which paths of a draft.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shown {
    /// Those where something is.
    #[default]
    Present,
    /// Those that differ from the version that the draft began with, removed ones included.
    Changed,
    /// All that are, and all that were in that version.
    All,
}

/// Which part of a draft.
#[derive(Debug, Clone, Copy)]
pub enum Part<'a> {
    /// Everything below this directory; empty for the top.
    Below(&'a str),
    /// What lies in this directory itself.
    In(&'a str),
}

const SELECT: &str =
    "SELECT e.path, e.kind, e.mode, e.size, e.digest, e.target, e.origin, e.base_kind, e.base_mode, e.base_size,
  e.base_digest, e.base_target, e.revision, (o.kind IS NOT NULL) AS is_at_origin
  FROM draft_entries e LEFT JOIN draft_entries o ON o.draft_id = e.draft_id AND o.path = e.origin";

fn state(row: &Row, now: &Columns) -> Result<Option<EntryState>, StoreError> {
    let Some(kind) = row.opt_word(now.kind)? else { return Ok(None) };
    let mode = u16::try_from(row.small(now.mode)?)
        .map_err(|error| StoreError::Corrupt { column: now.mode.to_owned(), reason: error.to_string() })?;
    Ok(Some(EntryState {
        kind,
        mode,
        size: row.count(now.size)?,
        digest: row.opt_digest(now.digest)?,
        target: row.opt_text(now.target)?,
        origin: now.origin.map(|origin| row.opt_text(origin)).transpose()?.flatten(),
    }))
}

struct Columns {
    kind: &'static str,
    mode: &'static str,
    size: &'static str,
    digest: &'static str,
    target: &'static str,
    origin: Option<&'static str>,
}

const NOW: Columns =
    Columns { kind: "kind", mode: "mode", size: "size", digest: "digest", target: "target", origin: Some("origin") };
const BASE: Columns = Columns {
    kind: "base_kind",
    mode: "base_mode",
    size: "base_size",
    digest: "base_digest",
    target: "base_target",
    origin: None,
};

fn entry(row: &Row) -> Result<EntryRow, StoreError> {
    Ok(EntryRow {
        path: row.text("path")?,
        now: state(row, &NOW)?,
        base: state(row, &BASE)?,
        revision: row.count("revision")?,
        is_at_origin: row.bool("is_at_origin")?,
    })
}

fn state_args(state: Option<&EntryState>) -> Result<Vec<Arg>, StoreError> {
    Ok(args![
        state.map(|state| word(&state.kind)).transpose()?,
        state.map(|state| state.mode),
        state.map(|state| state.size),
        state.and_then(|state| state.digest),
        state.and_then(|state| state.target.clone())
    ])
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Fills a new draft with the content of the version that it begins with.
pub async fn insert_base(conn: &mut Conn, draft: DraftId, entries: &[NewEntry]) -> Result<(), StoreError> {
    for entries in entries.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "INSERT INTO draft_entries (draft_id, path, parent, folded, kind, mode, size, digest, target, base_kind, base_mode,
               base_size, base_digest, base_target, origin, revision) VALUES ",
        );
        for (index, entry) in entries.iter().enumerate() {
            if index > 0 {
                sql.push(", ");
            }
            let state = state_args(entry.now.as_ref())?;
            let key = args![draft, entry.path, parent(&entry.path), entry.folded];
            sql.tuple(key.into_iter().chain(state.clone()).chain(state).chain(args![None::<String>, 0_u32]));
        }
        conn.apply(sql).await?;
    }
    Ok(())
}

/// Writes what is at these paths from `revision` on. Paths where nothing is and nothing was are forgotten.
pub async fn write(conn: &mut Conn, draft: DraftId, revision: u64, entries: &[NewEntry]) -> Result<(), StoreError> {
    for entries in entries.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "INSERT INTO draft_entries (draft_id, path, parent, folded, kind, mode, size, digest, target, origin, revision) VALUES ",
        );
        for (index, entry) in entries.iter().enumerate() {
            if index > 0 {
                sql.push(", ");
            }
            let key = args![draft, entry.path, parent(&entry.path), entry.folded];
            let origin = entry.now.as_ref().and_then(|state| state.origin.clone());
            sql.tuple(key.into_iter().chain(state_args(entry.now.as_ref())?).chain(args![origin, revision]));
        }
        sql.push(
            " ON CONFLICT (draft_id, path) DO UPDATE SET kind = excluded.kind, mode = excluded.mode, size = excluded.size,
              digest = excluded.digest, target = excluded.target, origin = excluded.origin, revision = excluded.revision",
        );
        conn.apply(sql).await?;
        let mut sql = Sql::new("DELETE FROM draft_entries WHERE draft_id = ");
        sql.bind(draft).push(" AND kind IS NULL AND base_kind IS NULL AND path IN ");
        sql.tuple(entries.iter().map(|entry| entry.path.to_arg()));
        conn.apply(sql).await?;
    }
    Ok(())
}

/// Those of the paths that are known, in no order.
pub async fn at(conn: &mut Conn, draft: DraftId, paths: &[String]) -> Result<Vec<EntryRow>, StoreError> {
    one_of(conn, draft, " AND e.path IN ", paths).await
}

/// What is under one of these folded forms, in no order.
pub async fn folded(conn: &mut Conn, draft: DraftId, folded: &[String]) -> Result<Vec<EntryRow>, StoreError> {
    one_of(conn, draft, " AND e.kind IS NOT NULL AND e.folded IN ", folded).await
}

async fn one_of(
    conn: &mut Conn,
    draft: DraftId,
    condition: &'static str,
    texts: &[String],
) -> Result<Vec<EntryRow>, StoreError> {
    let mut found = Vec::new();
    for texts in texts.chunks(AT_ONCE) {
        let mut sql = Sql::new(SELECT);
        sql.push(" WHERE e.draft_id = ").bind(draft).push(condition).tuple(texts.iter().map(Value::to_arg));
        for row in conn.fetch(sql).await? {
            found.push(entry(&row)?);
        }
    }
    Ok(found)
}

/// A page of the paths in a part of a draft, in the order of their bytes, after `after`.
pub async fn page(
    conn: &mut Conn,
    draft: DraftId,
    part: Part<'_>,
    shown: Shown,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<EntryRow>, StoreError> {
    let mut sql = Sql::new(SELECT);
    narrow(&mut sql, draft, part, shown);
    if let Some(after) = after {
        sql.push(" AND e.path > ").bind(after);
    }
    sql.push(" ORDER BY e.path LIMIT ").bind(limit);
    conn.fetch(sql).await?.iter().map(entry).collect()
}

/// How many paths there are in a part of a draft.
pub async fn count(conn: &mut Conn, draft: DraftId, part: Part<'_>, shown: Shown) -> Result<u64, StoreError> {
    let mut sql = Sql::new("SELECT count(*) AS total FROM draft_entries e");
    narrow(&mut sql, draft, part, shown);
    conn.fetch_one(sql).await?.map_or(Ok(0), |row| row.count("total"))
}

fn narrow(sql: &mut Sql, draft: DraftId, part: Part<'_>, shown: Shown) {
    sql.push(" WHERE e.draft_id = ").bind(draft);
    match part {
        Part::Below("") => {}
        // `0` follows `/`: this is the range of all paths that begin with the directory and a slash.
        Part::Below(directory) => {
            sql.push(" AND e.path > ").bind(format!("{directory}/"));
            sql.push(" AND e.path < ").bind(format!("{directory}0"));
        }
        Part::In(directory) => {
            sql.push(" AND e.parent = ").bind(directory);
        }
    }
    match shown {
        Shown::All => {}
        Shown::Present => {
            sql.push(" AND e.kind IS NOT NULL");
        }
        Shown::Changed => {
            sql.push(
                " AND e.revision > 0 AND (e.kind IS NULL OR e.base_kind IS NULL OR e.kind <> e.base_kind OR e.mode <> e.base_mode
                  OR e.digest <> e.base_digest OR e.target <> e.base_target)",
            );
        }
    }
}
