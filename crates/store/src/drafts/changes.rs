//! Who changed what in a draft, and what is needed to undo it.

use jiff::Timestamp;
use packhorse_model::UserName;
use packhorse_model::api::drafts::{Became, Change, ChangeKind, ChangedPath};
use packhorse_model::ids::DraftId;

use super::entries::EntryState;
use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{Sql, Value, json, word};

/// Rows of one statement: well below what either database can bind.
const AT_ONCE: usize = 400;
/// Paths of a change that a list of changes shows.
const SHOWN: u32 = 20;

/// What became of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathChange {
    /// The path.
    pub path: String,
    /// What was there.
    pub before: Option<EntryState>,
    /// What is there.
    pub after: Option<EntryState>,
}

impl PathChange {
    /// As clients see it.
    #[must_use]
    pub fn shown(&self) -> ChangedPath {
        let became = match (&self.before, &self.after) {
            (None, _) => Became::Added,
            (Some(_), Some(_)) => Became::Changed,
            (Some(_), None) => Became::Removed,
        };
        ChangedPath { path: self.path.clone(), digest: self.after.as_ref().and_then(|state| state.digest), became }
    }
}

/// A change that is to be written.
#[derive(Debug, Clone)]
pub struct NewChange<'a> {
    /// The revision that it makes.
    pub revision: u64,
    /// What kind of change.
    pub kind: ChangeKind,
    /// What was done, in a few words.
    pub title: &'a str,
    /// Who did it.
    pub by: &'a UserName,
    /// When.
    pub at: Timestamp,
}

/// Writes a change.
pub async fn insert(
    conn: &mut Conn,
    draft: DraftId,
    change: &NewChange<'_>,
    paths: &[PathChange],
) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO draft_changes (draft_id, revision, kind, title, author, at, paths, undone_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)",
        args![draft, change.revision, word(&change.kind)?, change.title, change.by, change.at, paths.len()],
    )
    .await?;
    for paths in paths.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "INSERT INTO draft_change_paths (draft_id, revision, path, before, after, before_digest, before_size) VALUES ",
        );
        for (index, path) in paths.iter().enumerate() {
            if index > 0 {
                sql.push(", ");
            }
            let text = |state: &Option<EntryState>| state.as_ref().map(json).transpose();
            let (before, after) = (text(&path.before)?, text(&path.after)?);
            let digest = path.before.as_ref().and_then(|state| state.digest);
            let size = path.before.as_ref().map(|state| state.size);
            sql.tuple(args![draft, change.revision, path.path, before, after, digest, size]);
        }
        conn.apply(sql).await?;
    }
    Ok(())
}

/// Forgets changes up to a revision: they cannot be undone any more.
pub async fn forget(conn: &mut Conn, draft: DraftId, revision: u64) -> Result<(), StoreError> {
    conn.execute("DELETE FROM draft_changes WHERE draft_id = $1 AND revision <= $2", args![draft, revision])
        .await
        .map(drop)
}

const COLUMNS: &str = "SELECT revision, kind, title, author, at, paths, undone_by FROM draft_changes WHERE draft_id = ";

fn change(row: &Row) -> Result<Change, StoreError> {
    Ok(Change {
        revision: row.count("revision")?,
        kind: row.word("kind")?,
        title: row.text("title")?,
        by: row.parse("author")?,
        at: row.time("at")?,
        undone_by: row.opt_int("undone_by")?.and_then(|revision| u64::try_from(revision).ok()),
        count: row.count("paths")?,
        changed: Vec::new(),
    })
}

/// Which changes, and in which order.
#[derive(Debug, Clone, Copy)]
pub enum Order {
    /// Those after this revision, the oldest first.
    After(u64),
    /// Those before this revision, or all, the newest first.
    Newest(Option<u64>),
}

/// A part of the changes of a draft, with the first paths of each.
pub async fn list(conn: &mut Conn, draft: DraftId, order: Order, limit: u32) -> Result<Vec<Change>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(draft);
    match order {
        Order::After(revision) => sql.push(" AND revision > ").bind(revision).push(" ORDER BY revision"),
        Order::Newest(Some(revision)) => sql.push(" AND revision < ").bind(revision).push(" ORDER BY revision DESC"),
        Order::Newest(None) => sql.push(" ORDER BY revision DESC"),
    };
    sql.push(" LIMIT ").bind(limit);
    let mut found = Vec::new();
    for row in conn.fetch(sql).await? {
        let mut change = change(&row)?;
        change.changed =
            paths(conn, draft, change.revision, Some(SHOWN)).await?.iter().map(PathChange::shown).collect();
        found.push(change);
    }
    Ok(found)
}

/// How many changes are known.
pub async fn count(conn: &mut Conn, draft: DraftId) -> Result<u64, StoreError> {
    let row = conn.query_one("SELECT count(*) AS total FROM draft_changes WHERE draft_id = $1", args![draft]).await?;
    row.map_or(Ok(0), |row| row.count("total"))
}

/// One change, without its paths.
pub async fn get(conn: &mut Conn, draft: DraftId, revision: u64) -> Result<Option<Change>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(draft).push(" AND revision = ").bind(revision);
    conn.fetch_one(sql).await?.map(|row| change(&row)).transpose()
}

/// The last change of this kind.
pub async fn last(conn: &mut Conn, draft: DraftId, kind: ChangeKind) -> Result<Option<Change>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(draft).push(" AND kind = ").bind(word(&kind)?).push(" ORDER BY revision DESC LIMIT 1");
    conn.fetch_one(sql).await?.map(|row| change(&row)).transpose()
}

/// The last edit of a user that is not undone.
pub async fn last_edit(conn: &mut Conn, draft: DraftId, by: &UserName) -> Result<Option<Change>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(draft).push(" AND author = ").bind(by).push(" AND kind = ").bind(word(&ChangeKind::Edit)?);
    sql.push(" AND undone_by IS NULL ORDER BY revision DESC LIMIT 1");
    conn.fetch_one(sql).await?.map(|row| change(&row)).transpose()
}

/// The edit of a user that was undone last.
pub async fn last_undone(conn: &mut Conn, draft: DraftId, by: &UserName) -> Result<Option<Change>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(draft).push(" AND author = ").bind(by).push(" AND kind = ").bind(word(&ChangeKind::Edit)?);
    sql.push(" AND undone_by IS NOT NULL ORDER BY undone_by DESC LIMIT 1");
    conn.fetch_one(sql).await?.map(|row| change(&row)).transpose()
}

/// Notes that an edit is undone, or not any more.
pub async fn set_undone(
    conn: &mut Conn,
    draft: DraftId,
    revision: u64,
    undone_by: Option<u64>,
) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE draft_changes SET undone_by = $3 WHERE draft_id = $1 AND revision = $2",
        args![draft, revision, undone_by],
    )
    .await
    .map(drop)
}

/// What a change did, path by path; the first `most` of them, or all.
pub async fn paths(
    conn: &mut Conn,
    draft: DraftId,
    revision: u64,
    most: Option<u32>,
) -> Result<Vec<PathChange>, StoreError> {
    let mut sql = Sql::new("SELECT path, before, after FROM draft_change_paths WHERE draft_id = ");
    sql.bind(draft).push(" AND revision = ").bind(revision).push(" ORDER BY path");
    if let Some(most) = most {
        sql.push(" LIMIT ").bind(most);
    }
    let rows = conn.fetch(sql).await?;
    let read = |row: &Row| {
        Ok(PathChange { path: row.text("path")?, before: row.opt_json("before")?, after: row.opt_json("after")? })
    };
    rows.iter().map(read).collect()
}

/// Who touched a path last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastTouch {
    /// The path.
    pub path: String,
    /// In which revision.
    pub revision: u64,
    /// Who.
    pub by: UserName,
    /// When.
    pub at: Timestamp,
}

/// Who touched each of these paths last, after the revision `seen`; paths that nobody touched are left out.
pub async fn touched(
    conn: &mut Conn,
    draft: DraftId,
    paths: &[String],
    seen: u64,
) -> Result<Vec<LastTouch>, StoreError> {
    let mut found = Vec::new();
    for paths in paths.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT p.path, c.revision, c.author, c.at FROM
               (SELECT path, max(revision) AS revision FROM draft_change_paths WHERE draft_id = ",
        );
        sql.bind(draft).push(" AND path IN ").tuple(paths.iter().map(Value::to_arg));
        sql.push(" GROUP BY path) p JOIN draft_changes c ON c.revision = p.revision AND c.draft_id = ").bind(draft);
        sql.push(" WHERE c.revision > ").bind(seen);
        for row in conn.fetch(sql).await? {
            found.push(LastTouch {
                path: row.text("path")?,
                revision: row.count("revision")?,
                by: row.parse("author")?,
                at: row.time("at")?,
            });
        }
    }
    Ok(found)
}

/// Where a change keeps content.
pub type Place = (DraftId, u64, String);
