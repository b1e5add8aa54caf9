//! Work on the storage: one job at a time, whichever server runs it.

use jiff::Timestamp;
use packhorse_model::api::storage::{JobKind, JobProgress, JobReport, JobRequest, JobState, StorageJob};
use packhorse_model::ids::StorageJobId;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{Sql, json, word};

/// What the slot of a running job holds.
const SLOT: &str = "running";

const SELECT: &str =
    "SELECT id, kind, request, state, progress, report, failure, creator, created_at, ended_at FROM storage_jobs";

fn job(row: &Row) -> Result<StorageJob, StoreError> {
    Ok(StorageJob {
        id: row.parse("id")?,
        request: row.json("request")?,
        state: row.word("state")?,
        progress: row.json("progress")?,
        report: row.opt_json("report")?,
        failure: row.opt_text("failure")?,
        creator: row.text("creator")?,
        created_at: row.time("created_at")?,
        ended_at: row.opt_time("ended_at")?,
    })
}

/// Begins a job, if none is running. A job whose server has not been heard of since `lost` is ended first, as interrupted.
pub async fn begin(
    conn: &mut Conn,
    id: StorageJobId,
    request: &JobRequest,
    creator: &str,
    lost: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    interrupt(conn, lost, now).await?;
    let sql = "INSERT INTO storage_jobs (id, slot, kind, request, state, progress, creator, created_at, heard_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT (slot) DO NOTHING";
    let values = args![
        id,
        SLOT,
        word(&request.kind)?,
        json(request)?,
        word(&JobState::Running)?,
        json(&JobProgress::default())?,
        creator,
        now
    ];
    Ok(conn.execute(sql, values).await? == 1)
}

/// Ends, as interrupted, a job whose server has not been heard of since `lost`.
pub async fn interrupt(conn: &mut Conn, lost: Timestamp, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "UPDATE storage_jobs SET slot = NULL, state = $2, ended_at = $3 WHERE slot = $1 AND heard_at <= $4";
    conn.execute(sql, args![SLOT, word(&JobState::Interrupted)?, now, lost]).await
}

/// Writes down how far a job is. False if it is not running any more: then nothing more may be done for it.
pub async fn progress(
    conn: &mut Conn,
    id: StorageJobId,
    progress: &JobProgress,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE storage_jobs SET progress = $2, heard_at = $3 WHERE id = $1 AND slot IS NOT NULL";
    Ok(conn.execute(sql, args![id, json(progress)?, now]).await? == 1)
}

/// How a job ended.
#[derive(Debug, Clone)]
pub struct End<'a> {
    /// Done or failed.
    pub state: JobState,
    /// What it came to.
    pub report: Option<&'a JobReport>,
    /// Why it failed.
    pub failure: Option<&'a str>,
}

/// Ends a job.
pub async fn end(conn: &mut Conn, id: StorageJobId, end: &End<'_>, now: Timestamp) -> Result<(), StoreError> {
    let report = end.report.map(json).transpose()?;
    let sql = "UPDATE storage_jobs SET slot = NULL, state = $2, report = $3, failure = $4, ended_at = $5
               WHERE id = $1 AND slot IS NOT NULL";
    conn.execute(sql, args![id, word(&end.state)?, report, end.failure, now]).await.map(drop)
}

/// One job.
pub async fn find(conn: &mut Conn, id: StorageJobId) -> Result<Option<StorageJob>, StoreError> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE id = ").bind(id);
    conn.fetch_one(sql).await?.as_ref().map(job).transpose()
}

/// The job that runs.
pub async fn running(conn: &mut Conn) -> Result<Option<StorageJob>, StoreError> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE slot = ").bind(SLOT);
    conn.fetch_one(sql).await?.as_ref().map(job).transpose()
}

/// The last job of a kind that was begun.
pub async fn last(conn: &mut Conn, kind: JobKind) -> Result<Option<StorageJob>, StoreError> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE kind = ").bind(word(&kind)?).push(" ORDER BY id DESC LIMIT 1");
    conn.fetch_one(sql).await?.as_ref().map(job).transpose()
}

/// Jobs, the newest first, before `before`.
pub async fn list(conn: &mut Conn, before: Option<StorageJobId>, limit: u32) -> Result<Vec<StorageJob>, StoreError> {
    let mut sql = Sql::new(SELECT);
    if let Some(before) = before {
        sql.push(" WHERE id < ").bind(before);
    }
    sql.push(" ORDER BY id DESC LIMIT ").bind(limit);
    conn.fetch(sql).await?.iter().map(job).collect()
}

/// How many jobs there are.
pub async fn count(conn: &mut Conn) -> Result<u64, StoreError> {
    conn.query_one("SELECT count(*) AS total FROM storage_jobs", vec![]).await?.map_or(Ok(0), |row| row.count("total"))
}
