//! Attempts: each is one try at a unit on one host, and the reports of its steps.

use jiff::Timestamp;
use packhorse_model::api::deployments::{Attempt, StepRecord};
use packhorse_model::deployment::UnitState;
use packhorse_model::ids::{AttemptId, DeploymentId, HostId, PackageId, UnitId};
use packhorse_model::order::{AttemptOrder, Grant, Particulars, UnitOrder};
use packhorse_model::step::{StepKind, StepOutcome};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{json, word};

/// An attempt to be made.
#[derive(Debug, Clone)]
pub struct NewAttempt {
    /// Its identity.
    pub id: AttemptId,
    /// Its unit.
    pub unit: UnitId,
    /// Its deployment.
    pub deployment: DeploymentId,
    /// Where.
    pub host: HostId,
    /// The joining of the host that it is for; a later one will not know of it.
    pub incarnation: u32,
    /// Which try at the unit, from 1.
    pub epoch: u32,
    /// How far it may go.
    pub grant: Grant,
    /// Seconds that it may take.
    pub timeout_seconds: u32,
    /// When it is admitted.
    pub created_at: Timestamp,
}

/// What is known of an attempt when a report about it comes in.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Its unit.
    pub unit: UnitId,
    /// Its deployment.
    pub deployment: DeploymentId,
    /// Its host.
    pub host: HostId,
    /// The joining of the host that it is for.
    pub incarnation: u32,
    /// Which try.
    pub epoch: u32,
    /// How far it may go.
    pub granted: Grant,
    /// The last report that was folded.
    pub last_sequence: u32,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// Stores a new attempt.
pub async fn insert(conn: &mut Conn, new: &NewAttempt) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO attempts (id, unit_id, deployment_id, host_id, incarnation, epoch, granted, last_sequence, timeout_seconds, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)",
        args![
            new.id,
            new.unit,
            new.deployment,
            new.host,
            new.incarnation,
            new.epoch,
            word(&new.grant)?,
            new.timeout_seconds,
            new.created_at,
        ],
    )
    .await
    .map(drop)
}

/// Lets an open attempt go on to `grant`.
pub async fn grant(conn: &mut Conn, id: AttemptId, grant: Grant) -> Result<bool, StoreError> {
    let touched = conn
        .execute("UPDATE attempts SET granted = $1 WHERE id = $2 AND ended_at IS NULL", args![word(&grant)?, id])
        .await?;
    Ok(touched == 1)
}

/// Ends an open attempt.
pub async fn end(conn: &mut Conn, id: AttemptId, now: Timestamp) -> Result<bool, StoreError> {
    let touched =
        conn.execute("UPDATE attempts SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL", args![now, id]).await?;
    Ok(touched == 1)
}

/// What is known of an attempt.
pub async fn standing(conn: &mut Conn, id: AttemptId) -> Result<Option<Standing>, StoreError> {
    let row = conn
        .query_one(
            "SELECT unit_id, deployment_id, host_id, incarnation, epoch, granted, last_sequence, ended_at FROM attempts WHERE id = $1",
            args![id],
        )
        .await?;
    row.as_ref().map(as_standing).transpose()
}

/// What the order of an attempt has of its host's own.
pub async fn particulars(conn: &mut Conn, id: AttemptId) -> Result<Option<Particulars>, StoreError> {
    let row = conn
        .query_one("SELECT u.particulars FROM attempts a JOIN units u ON u.id = a.unit_id WHERE a.id = $1", args![id])
        .await?;
    row.map(|row| row.json("particulars")).transpose()
}

fn as_standing(row: &Row) -> Result<Standing, StoreError> {
    Ok(Standing {
        unit: row.parse("unit_id")?,
        deployment: row.parse("deployment_id")?,
        host: row.parse("host_id")?,
        incarnation: row.small("incarnation")?,
        epoch: row.small("epoch")?,
        granted: row.word("granted")?,
        last_sequence: row.small("last_sequence")?,
        ended_at: row.opt_time("ended_at")?,
    })
}

/// The attempts on a host that are not at their end and belong to joinings before `incarnation`.
pub async fn of_former_joinings(
    conn: &mut Conn,
    host: HostId,
    incarnation: u32,
) -> Result<Vec<(AttemptId, Standing)>, StoreError> {
    let rows = conn
        .query(
            "SELECT id, unit_id, deployment_id, host_id, incarnation, epoch, granted, last_sequence, ended_at FROM attempts
             WHERE host_id = $1 AND ended_at IS NULL AND incarnation < $2 ORDER BY id",
            args![host, incarnation],
        )
        .await?;
    rows.iter().map(|row| Ok((row.parse("id")?, as_standing(row)?))).collect()
}

/// An open attempt for a package of a deployment, somewhere.
#[derive(Debug, Clone)]
pub struct OpenAttempt {
    /// Which.
    pub id: AttemptId,
    /// Its deployment.
    pub deployment: DeploymentId,
    /// Its package.
    pub package: PackageId,
    /// Its host.
    pub host: HostId,
    /// Where its unit stands.
    pub state: UnitState,
}

/// The attempts for the packages of a deployment that are not at their end, in all deployments.
pub async fn open_beside(conn: &mut Conn, deployment: DeploymentId) -> Result<Vec<OpenAttempt>, StoreError> {
    let rows = conn
        .query(
            // From the open attempts, which are few, and not from the packages' deployments, which are ever more.
            "SELECT a.id, a.deployment_id, u.package_id, a.host_id, u.state FROM attempts a CROSS JOIN units u
             WHERE a.ended_at IS NULL AND u.id = a.unit_id
               AND u.package_id IN (SELECT x.package_id FROM deployment_parts x WHERE x.deployment_id = $1) ORDER BY a.id",
            args![deployment],
        )
        .await?;
    let open = |row: &Row| {
        Ok(OpenAttempt {
            id: row.parse("id")?,
            deployment: row.parse("deployment_id")?,
            package: row.parse("package_id")?,
            host: row.parse("host_id")?,
            state: row.word("state")?,
        })
    };
    rows.iter().map(open).collect()
}

/// Notes when everything was on the host.
pub async fn set_prepared(conn: &mut Conn, id: AttemptId, at: Timestamp) -> Result<(), StoreError> {
    conn.execute("UPDATE attempts SET prepared_at = $1 WHERE id = $2", args![at, id]).await.map(drop)
}

/// Notes when the instance was as ordered.
pub async fn set_validated(conn: &mut Conn, id: AttemptId, at: Timestamp) -> Result<(), StoreError> {
    conn.execute("UPDATE attempts SET validated_at = $1 WHERE id = $2", args![at, id]).await.map(drop)
}

/// Notes the last report that was folded.
pub async fn set_sequence(conn: &mut Conn, id: AttemptId, sequence: u32) -> Result<(), StoreError> {
    conn.execute("UPDATE attempts SET last_sequence = $1 WHERE id = $2", args![sequence, id]).await.map(drop)
}

/// The open attempts of a host, as it is told of them.
pub async fn orders(conn: &mut Conn, host: HostId) -> Result<Vec<AttemptOrder>, StoreError> {
    let rows = conn
        .query(
            "SELECT a.id, a.epoch, a.deployment_id, a.unit_id, a.granted, a.timeout_seconds, u.particulars, o.body
             FROM attempts a JOIN units u ON u.id = a.unit_id
             JOIN plan_orders o ON o.plan_id = u.plan_id AND o.number = u.order_number
             WHERE a.host_id = $1 AND a.ended_at IS NULL ORDER BY a.id",
            args![host],
        )
        .await?;
    rows.iter().map(order).collect()
}

fn order(row: &Row) -> Result<AttemptOrder, StoreError> {
    let common: UnitOrder = row.json("body")?;
    Ok(AttemptOrder {
        attempt: row.parse("id")?,
        epoch: row.small("epoch")?,
        deployment: row.parse("deployment_id")?,
        unit: row.parse("unit_id")?,
        grant: row.word("granted")?,
        order: common.with(row.json("particulars")?),
        timeout_seconds: row.small("timeout_seconds")?,
    })
}

/// Whether a host has attempts that are not at their end.
pub async fn any_open(conn: &mut Conn, host: HostId) -> Result<bool, StoreError> {
    let row =
        conn.query_one("SELECT id FROM attempts WHERE host_id = $1 AND ended_at IS NULL LIMIT 1", args![host]).await?;
    Ok(row.is_some())
}

/// Notes that a step began.
pub async fn start_step(
    conn: &mut Conn,
    attempt: AttemptId,
    number: u32,
    kind: StepKind,
    at: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO steps (attempt_id, number, kind, started_at) VALUES ($1, $2, $3, $4) ON CONFLICT (attempt_id, number) DO NOTHING",
        args![attempt, number, word(&kind)?, at],
    )
    .await
    .map(drop)
}

/// Notes how a step ended.
pub async fn finish_step(
    conn: &mut Conn,
    attempt: AttemptId,
    number: u32,
    outcome: &StepOutcome,
    millis: u64,
) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE steps SET outcome = $1, millis = $2 WHERE attempt_id = $3 AND number = $4 AND outcome IS NULL",
        args![json(outcome)?, millis, attempt, number],
    )
    .await
    .map(drop)
}

/// The attempts of a unit with their steps, newest first.
pub async fn of_unit(conn: &mut Conn, unit: UnitId) -> Result<Vec<Attempt>, StoreError> {
    let rows = conn
        .query(
            "SELECT id, epoch, created_at, ended_at FROM attempts WHERE unit_id = $1 ORDER BY epoch DESC LIMIT 100",
            args![unit],
        )
        .await?;
    let mut attempts = Vec::with_capacity(rows.len());
    for row in &rows {
        let id = row.parse("id")?;
        attempts.push(Attempt {
            id,
            epoch: row.small("epoch")?,
            steps: steps(conn, id).await?,
            created_at: row.time("created_at")?,
            ended_at: row.opt_time("ended_at")?,
        });
    }
    Ok(attempts)
}

async fn steps(conn: &mut Conn, attempt: AttemptId) -> Result<Vec<StepRecord>, StoreError> {
    let rows = conn
        .query(
            "SELECT s.number, s.kind, s.started_at, s.outcome, s.millis, COALESCE(o.kept, 0) AS kept
             FROM steps s LEFT JOIN step_outputs o ON o.attempt_id = s.attempt_id AND o.step = s.number
             WHERE s.attempt_id = $1 ORDER BY s.number LIMIT 1000",
            args![attempt],
        )
        .await?;
    let step = |row: &Row| {
        Ok(StepRecord {
            index: row.small("number")?,
            kind: row.word("kind")?,
            started_at: row.time("started_at")?,
            outcome: row.opt_json("outcome")?,
            millis: row.opt_int("millis")?.map(i64::unsigned_abs),
            output_bytes: row.count("kept")?,
        })
    };
    rows.iter().map(step).collect()
}

/// Whether a step of an attempt has begun, and whether it has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepProgress {
    /// It runs.
    Running,
    /// It has ended.
    Ended,
}

/// How far a step of an attempt is.
pub async fn step_progress(
    conn: &mut Conn,
    attempt: AttemptId,
    number: u32,
) -> Result<Option<StepProgress>, StoreError> {
    let row = conn
        .query_one(
            "SELECT CAST(CASE WHEN outcome IS NULL THEN 0 ELSE 1 END AS BIGINT) AS ended FROM steps WHERE attempt_id = $1 AND number = $2",
            args![attempt, number],
        )
        .await?;
    row.map(|row| Ok(if row.int("ended")? == 1 { StepProgress::Ended } else { StepProgress::Running })).transpose()
}
