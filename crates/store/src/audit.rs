//! The audit log: who did what, to what, when. Written in the transaction of what it records, chained by hashes so that an entry
//! that is changed, removed or put in between is found by [`verify`].
//!
//! The hash of an entry is BLAKE3 over the hash before it and the entry's fields, each with its length in front. The head row
//! holds the last number and hash: it is what writers wait for each other at, and what shows that entries at the end are gone.

use jiff::Timestamp;
use packhorse_model::Digest;
use packhorse_model::api::overview::AuditEntry;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::sql::{Sql, json};

/// An entry to be written.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// When.
    pub at: Timestamp,
    /// Who: `user:admin`, `token:ci`, `host:web-1`, `engine`.
    pub actor: String,
    /// What: `version.create`.
    pub action: &'static str,
    /// To what: `shop-web@1.0.0`.
    pub object: String,
    /// Further details; never a secret.
    pub detail: serde_json::Value,
}

struct Fields<'a> {
    sequence: u64,
    at: Timestamp,
    actor: &'a str,
    action: &'a str,
    object: &'a str,
    detail: &'a str,
}

fn chain(previous: &Digest, fields: &Fields<'_>) -> Digest {
    let mut hasher = blake3::Hasher::new();
    hasher.update(previous.as_bytes());
    hasher.update(&fields.sequence.to_be_bytes());
    hasher.update(&fields.at.as_microsecond().to_be_bytes());
    for text in [fields.actor, fields.action, fields.object, fields.detail] {
        hasher.update(&(text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    Digest::from(*hasher.finalize().as_bytes())
}

pub(crate) async fn append(conn: &mut Conn, entry: &NewEntry) -> Result<(), StoreError> {
    let head = conn
        .query_one("UPDATE audit_head SET sequence = sequence + 1 WHERE id = 1 RETURNING sequence, hash", vec![])
        .await?
        .ok_or_else(|| StoreError::Schema("the audit log has lost its head row".to_owned()))?;
    let sequence = head.count("sequence")?;
    let detail = json(&entry.detail)?;
    let fields = Fields {
        sequence,
        at: entry.at,
        actor: &entry.actor,
        action: entry.action,
        object: &entry.object,
        detail: &detail,
    };
    let hash = chain(&head.digest("hash")?, &fields);
    conn.execute(
        "INSERT INTO audit (sequence, at, actor, action, object, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![sequence, entry.at, entry.actor, entry.action, entry.object, detail, hash],
    )
    .await?;
    conn.execute("UPDATE audit_head SET hash = $1 WHERE id = 1", args![hash]).await?;
    Ok(())
}

/// Which entries a list holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this actor.
    pub actor: Option<String>,
    /// Of this action.
    pub action: Option<String>,
    /// About this object.
    pub object: Option<String>,
    /// At this time or later.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
}

impl Filter {
    fn apply(&self, sql: &mut Sql) {
        sql.push(" WHERE 1 = 1");
        for (column, value) in
            [(" AND actor = ", &self.actor), (" AND action = ", &self.action), (" AND object = ", &self.object)]
        {
            if let Some(value) = value {
                sql.push(column).bind(value);
            }
        }
        for (column, value) in [(" AND at >= ", self.since), (" AND at < ", self.until)] {
            if let Some(value) = value {
                sql.push(column).bind(value);
            }
        }
    }
}

/// Entries before `before` (all, if none), newest first.
pub async fn list(
    conn: &mut Conn,
    filter: &Filter,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<AuditEntry>, StoreError> {
    let mut sql = Sql::new("SELECT sequence, at, actor, action, object, detail FROM audit");
    filter.apply(&mut sql);
    if let Some(before) = before {
        sql.push(" AND sequence < ").bind(before);
    }
    sql.push(" ORDER BY sequence DESC LIMIT ").bind(limit);
    conn.fetch(sql)
        .await?
        .iter()
        .map(|row| {
            Ok(AuditEntry {
                sequence: row.count("sequence")?,
                at: row.time("at")?,
                actor: row.text("actor")?,
                action: row.text("action")?,
                object: row.text("object")?,
                detail: row.json("detail")?,
            })
        })
        .collect()
}

/// How many entries there are; all of them without counting.
pub async fn count(conn: &mut Conn, filter: &Filter) -> Result<u64, StoreError> {
    let mut sql = Sql::new("SELECT sequence AS n FROM audit_head WHERE id = 1");
    if *filter != Filter::default() {
        sql = Sql::new("SELECT count(*) AS n FROM audit");
        filter.apply(&mut sql);
    }
    match conn.fetch_one(sql).await? {
        Some(row) => row.count("n"),
        None => Ok(0),
    }
}

/// What [`verify`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry is as it was written.
    Intact {
        /// How many there are.
        entries: u64,
    },
    /// From this entry on the log is not what was written.
    Broken {
        /// The first entry that is missing or does not fit.
        sequence: u64,
    },
}

/// Follows the chain from the first entry to the head, in pages.
pub async fn verify(conn: &mut Conn) -> Result<Verdict, StoreError> {
    let (mut sequence, mut hash) = (0, Digest::new([0; 32]));
    loop {
        let rows = conn
            .query(
                "SELECT sequence, at, actor, action, object, detail, hash FROM audit WHERE sequence > $1 ORDER BY sequence LIMIT 1000",
                args![sequence],
            )
            .await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let (actor, action, object, detail) =
                (row.text("actor")?, row.text("action")?, row.text("object")?, row.text("detail")?);
            let fields = Fields {
                sequence: sequence + 1,
                at: row.time("at")?,
                actor: &actor,
                action: &action,
                object: &object,
                detail: &detail,
            };
            hash = chain(&hash, &fields);
            if row.count("sequence")? != fields.sequence || row.digest("hash")? != hash {
                return Ok(Verdict::Broken { sequence: fields.sequence });
            }
            sequence = fields.sequence;
        }
    }
    let head = conn.query_one("SELECT sequence, hash FROM audit_head WHERE id = 1", vec![]).await?;
    match head {
        Some(row) if row.count("sequence")? == sequence && row.digest("hash")? == hash => {
            Ok(Verdict::Intact { entries: sequence })
        }
        _ => Ok(Verdict::Broken { sequence: sequence + 1 }),
    }
}
