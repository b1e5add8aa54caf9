//! Units: one instance each in a plan, and where it stands.

use std::collections::BTreeMap;

use jiff::Timestamp;
use packhorse_model::api::deployments::Unit;
use packhorse_model::deployment::{Plan, UnitFailure, UnitState};
use packhorse_model::ids::{AttemptId, DeploymentId, HostId, PackageId, PlanId, UnitId};
use packhorse_model::name::HostName;
use packhorse_model::order::{Grant, Health, Particulars, UnitAction};
use packhorse_model::step::StepKind;
use packhorse_model::version::VersionNumber;

use crate::args;
use crate::conn::Conn;
use crate::deployment_parts;
use crate::error::StoreError;
use crate::plans::Numbered;
use crate::row::Row;
use crate::sql::{Sql, json, word};

/// Stores the units of a plan, all pending, as of `revision` of their deployment.
pub async fn insert_plan(
    conn: &mut Conn,
    deployment: DeploymentId,
    plan: &Plan,
    revision: u64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let numbered = Numbered::of(plan)?;
    let packages = deployment_parts::by_name(conn, deployment).await?;
    let pending = word(&UnitState::Pending)?;
    let mut rows = Vec::new();
    for (batch, planned) in plan.batches.iter().enumerate() {
        for (position, unit) in planned.units.iter().enumerate() {
            rows.push(args![
                unit.unit,
                deployment,
                packages.get(&unit.order.package),
                plan.id,
                batch,
                position,
                unit.host,
                unit.host_name,
                unit.order.from.as_ref().map(|release| release.version.clone()),
                unit.order.to.as_ref().map(|release| release.version.clone()),
                word(&unit.order.action)?,
                numbered.number(unit.unit),
                json(&unit.order.particulars())?,
                pending,
                0_u32,
                revision,
                now,
            ]);
        }
    }
    for chunk in rows.chunks(100) {
        let mut sql = Sql::new(
            "INSERT INTO units (id, deployment_id, package_id, plan_id, batch, position, host_id, host_name, from_version, to_version,
               action, order_number, particulars, state, epoch, revision, updated_at) VALUES ",
        );
        for (index, row) in chunk.iter().enumerate() {
            sql.push(if index == 0 { "" } else { ", " }).tuple(row.iter().cloned());
        }
        conn.apply(sql).await?;
    }
    Ok(())
}

/// Makes the units of a plan those of the plan that follows it: in its batches, and with its orders. Units keep where they stand.
pub async fn follow_plan(conn: &mut Conn, plan: &Plan, revision: u64) -> Result<(), StoreError> {
    let numbered = Numbered::of(plan)?;
    let mut rows = Vec::new();
    for (batch, planned) in plan.batches.iter().enumerate() {
        for (position, unit) in planned.units.iter().enumerate() {
            rows.push(args![
                unit.unit,
                batch,
                position,
                unit.order.from.as_ref().map(|release| release.version.clone()),
                unit.order.to.as_ref().map(|release| release.version.clone()),
                numbered.number(unit.unit),
                json(&unit.order.particulars())?,
            ]);
        }
    }
    for chunk in rows.chunks(100) {
        let mut sql = Sql::new("UPDATE units SET plan_id = ");
        sql.bind(plan.id).push(", revision = ").bind(revision);
        sql.push(
            ", batch = next.column2, position = next.column3, from_version = next.column4, to_version = next.column5,
             order_number = next.column6, particulars = next.column7 FROM (VALUES ",
        );
        for (index, row) in chunk.iter().enumerate() {
            sql.push(if index == 0 { "" } else { ", " }).tuple(row.iter().cloned());
        }
        sql.push(") AS next WHERE units.id = next.column1");
        conn.apply(sql).await?;
    }
    Ok(())
}

/// What a host was last brought of a version, as far as a deployment of it succeeded.
pub async fn last_particulars(
    conn: &mut Conn,
    package: PackageId,
    host: HostId,
    version: &VersionNumber,
) -> Result<Option<Particulars>, StoreError> {
    let row = conn
        .query_one(
            "SELECT particulars FROM units
             WHERE host_id = $1 AND package_id = $2 AND to_version = $3 AND action = $4 AND state = $5
             ORDER BY id DESC LIMIT 1",
            args![host, package, version, word(&UnitAction::Install)?, word(&UnitState::Succeeded)?],
        )
        .await?;
    row.map(|row| row.json("particulars")).transpose()
}

/// Where a unit stands with its current attempt, its host and the instance there: what the next step is decided from.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The unit.
    pub id: UnitId,
    /// Its plan.
    pub plan: PlanId,
    /// The batch, from 0.
    pub batch: u32,
    /// Its package.
    pub package: PackageId,
    /// Its host.
    pub host: HostId,
    /// The host's name.
    pub host_name: HostName,
    /// What is done.
    pub action: UnitAction,
    /// Its state.
    pub state: UnitState,
    /// The number of its attempts.
    pub epoch: u32,
    /// The step that runs, or ran last.
    pub step: Option<StepKind>,
    /// Why it failed or is unknown.
    pub failure: Option<UnitFailure>,
    /// The current attempt.
    pub attempt: Option<StandingAttempt>,
    /// The host as it is; none if it was removed.
    pub on: Option<StandingHost>,
    /// The health of the instance, as last reported.
    pub health: Option<Health>,
    /// Whether an attempt was superseded of which the host has not come to the end yet.
    pub in_doubt: bool,
    /// Whether the slot of its instance is taken, by whatever attempt.
    pub unproven: bool,
    /// When its state changed last, or a step of it began.
    pub changed_at: Timestamp,
}

/// The current attempt of a unit.
#[derive(Debug, Clone, Copy)]
pub struct StandingAttempt {
    /// Its identity.
    pub id: AttemptId,
    /// How far it may go.
    pub granted: Grant,
    /// The joining of the host that it is for.
    pub incarnation: u32,
    /// When it was admitted.
    pub created_at: Timestamp,
    /// When everything was on the host.
    pub prepared_at: Option<Timestamp>,
    /// When the instance was as ordered.
    pub validated_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// The host of a unit.
#[derive(Debug, Clone, Copy)]
pub struct StandingHost {
    /// How many times it has joined.
    pub incarnation: u32,
    /// When it was last heard of, as far as it was written down.
    pub last_seen_at: Option<Timestamp>,
}

const STANDING: &str = "SELECT u.id, u.plan_id, u.batch, u.package_id, u.host_id, u.host_name, u.action, u.state, u.epoch, u.step, u.failure,
  u.attempt_id, a.granted, a.incarnation AS attempt_incarnation, a.created_at AS attempt_created_at, a.prepared_at, a.validated_at,
  a.ended_at AS attempt_ended_at, h.incarnation AS host_incarnation, h.last_seen_at, i.health, u.in_doubt, s.attempt_id AS slot, u.updated_at
  FROM units u LEFT JOIN attempts a ON a.id = u.attempt_id LEFT JOIN hosts h ON h.id = u.host_id
  LEFT JOIN instances i ON i.host_id = u.host_id AND i.package_id = u.package_id
  LEFT JOIN slots s ON s.host_id = u.host_id AND s.package_id = u.package_id";

fn standing(row: &Row) -> Result<Standing, StoreError> {
    let attempt = match row.opt_parse("attempt_id")? {
        None => None,
        Some(id) => Some(StandingAttempt {
            id,
            granted: row.word("granted")?,
            incarnation: row.small("attempt_incarnation")?,
            created_at: row.time("attempt_created_at")?,
            prepared_at: row.opt_time("prepared_at")?,
            validated_at: row.opt_time("validated_at")?,
            ended_at: row.opt_time("attempt_ended_at")?,
        }),
    };
    let on = match row.opt_int("host_incarnation")? {
        None => None,
        Some(_) => Some(StandingHost {
            incarnation: row.small("host_incarnation")?,
            last_seen_at: row.opt_time("last_seen_at")?,
        }),
    };
    Ok(Standing {
        id: row.parse("id")?,
        plan: row.parse("plan_id")?,
        batch: row.small("batch")?,
        package: row.parse("package_id")?,
        host: row.parse("host_id")?,
        host_name: row.parse("host_name")?,
        action: row.word("action")?,
        state: row.word("state")?,
        epoch: row.small("epoch")?,
        step: row.opt_word("step")?,
        failure: row.opt_json("failure")?,
        attempt,
        on,
        health: row.opt_word("health")?,
        in_doubt: row.bool("in_doubt")?,
        unproven: row.opt_text("slot")?.is_some(),
        changed_at: row.time("updated_at")?,
    })
}

/// Where every unit of a plan stands, in the plan's order.
pub async fn of_plan(conn: &mut Conn, plan: PlanId) -> Result<Vec<Standing>, StoreError> {
    let mut sql = Sql::new(STANDING);
    sql.push(" WHERE u.plan_id = ").bind(plan).push(" ORDER BY u.batch, u.position");
    conn.fetch(sql).await?.iter().map(standing).collect()
}

/// Where the units of a deployment's earlier plans stand, of those that are not at their end.
pub async fn of_former_plans(
    conn: &mut Conn,
    deployment: DeploymentId,
    current: PlanId,
) -> Result<Vec<Standing>, StoreError> {
    let mut sql = Sql::new(STANDING);
    sql.push(" WHERE u.deployment_id = ").bind(deployment);
    sql.push(" AND u.state NOT IN ('succeeded', 'failed', 'cancelled', 'skipped') AND u.plan_id <> ").bind(current);
    sql.push(" ORDER BY u.id");
    conn.fetch(sql).await?.iter().map(standing).collect()
}

/// What a report about a unit has to be held against.
#[derive(Debug, Clone)]
pub struct Position {
    /// The package.
    pub package: PackageId,
    /// What is done.
    pub action: UnitAction,
    /// Its state.
    pub state: UnitState,
    /// The number of its attempts.
    pub epoch: u32,
    /// Why it failed or is unknown.
    pub failure: Option<UnitFailure>,
}

/// What a report about a unit has to be held against.
pub async fn position(conn: &mut Conn, id: UnitId) -> Result<Option<Position>, StoreError> {
    let row =
        conn.query_one("SELECT package_id, action, state, epoch, failure FROM units WHERE id = $1", args![id]).await?;
    row.map(|row| {
        Ok(Position {
            package: row.parse("package_id")?,
            action: row.word("action")?,
            state: row.word("state")?,
            epoch: row.small("epoch")?,
            failure: row.opt_json("failure")?,
        })
    })
    .transpose()
}

/// What a unit becomes.
#[derive(Debug, Clone)]
pub struct Move<'a> {
    /// The state.
    pub state: UnitState,
    /// Why it failed or is unknown.
    pub failure: Option<&'a UnitFailure>,
    /// The revision of the deployment with which it happens.
    pub revision: u64,
    /// When.
    pub at: Timestamp,
}

/// Moves a unit.
pub async fn set_state(conn: &mut Conn, id: UnitId, next: &Move<'_>) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE units SET state = $1, failure = $2, revision = $3, updated_at = $4 WHERE id = $5",
        args![word(&next.state)?, next.failure.map(json).transpose()?, next.revision, next.at, id],
    )
    .await
    .map(drop)
}

/// Gives a unit its next attempt.
pub async fn set_attempt(conn: &mut Conn, id: UnitId, attempt: AttemptId, epoch: u32) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE units SET attempt_id = $1, epoch = $2, step = NULL, fetched_bytes = NULL WHERE id = $3",
        args![attempt, epoch, id],
    )
    .await
    .map(drop)
}

/// Notes that an attempt of a unit was superseded, or that its host has come to the end of what was.
pub async fn set_in_doubt(conn: &mut Conn, id: UnitId, is_in_doubt: bool) -> Result<(), StoreError> {
    conn.execute("UPDATE units SET in_doubt = $1 WHERE id = $2 AND in_doubt <> $1", args![is_in_doubt, id])
        .await
        .map(drop)
}

/// Notes the step that a unit is in.
pub async fn set_step(
    conn: &mut Conn,
    id: UnitId,
    step: StepKind,
    revision: u64,
    at: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE units SET step = $1, revision = $2, updated_at = $3 WHERE id = $4",
        args![word(&step)?, revision, at, id],
    )
    .await
    .map(drop)
}

/// Notes what came over the network for a unit.
pub async fn set_fetched(conn: &mut Conn, id: UnitId, bytes: u64) -> Result<(), StoreError> {
    conn.execute("UPDATE units SET fetched_bytes = $1 WHERE id = $2", args![bytes, id]).await.map(drop)
}

/// How many units of each batch of a plan are in each state.
pub async fn tally(conn: &mut Conn, plan: PlanId) -> Result<BTreeMap<u32, BTreeMap<String, u64>>, StoreError> {
    let rows = conn
        .query(
            "SELECT batch, state, CAST(count(*) AS BIGINT) AS total FROM units WHERE plan_id = $1 GROUP BY batch, state",
            args![plan],
        )
        .await?;
    let mut tally = BTreeMap::<u32, BTreeMap<String, u64>>::new();
    for row in &rows {
        tally.entry(row.small("batch")?).or_default().insert(row.text("state")?, row.count("total")?);
    }
    Ok(tally)
}

/// Which units a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Only of this batch.
    pub batch: Option<u32>,
    /// Only in this state.
    pub state: Option<UnitState>,
    /// Only those that changed after this revision.
    pub changed_after: Option<u64>,
}

/// The place of a unit in its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The batch, from 0.
    pub batch: u32,
    /// Where in the batch, from 0.
    pub position: u32,
}

/// A unit with its place.
#[derive(Debug, Clone)]
pub struct Placed {
    /// Where it is in its plan.
    pub place: Place,
    /// The unit.
    pub unit: Unit,
}

const SELECT: &str =
    "SELECT u.id, u.batch, u.position, u.host_id, u.host_name, p.name AS package, u.from_version, u.to_version, u.state, u.step, u.failure,
  u.attempt_id, u.epoch, u.fetched_bytes, u.updated_at FROM units u LEFT JOIN packages p ON p.id = u.package_id";

fn placed(row: &Row) -> Result<Placed, StoreError> {
    let place = Place { batch: row.small("batch")?, position: row.small("position")? };
    let unit = Unit {
        id: row.parse("id")?,
        host: row.parse("host_id")?,
        host_name: row.parse("host_name")?,
        package: row.opt_parse("package")?,
        batch: place.batch,
        state: row.word("state")?,
        from: row.opt_parse("from_version")?,
        to: row.opt_parse("to_version")?,
        step: row.opt_word("step")?,
        failure: row.opt_json("failure")?,
        attempt: row.opt_parse("attempt_id")?,
        attempts: row.small("epoch")?,
        fetched_bytes: row.opt_int("fetched_bytes")?.map(i64::unsigned_abs),
        updated_at: row.time("updated_at")?,
    };
    Ok(Placed { place, unit })
}

fn push_filter(sql: &mut Sql, plan: PlanId, filter: &Filter) -> Result<(), StoreError> {
    sql.push(" WHERE u.plan_id = ").bind(plan);
    if let Some(batch) = filter.batch {
        sql.push(" AND u.batch = ").bind(batch);
    }
    if let Some(state) = filter.state {
        sql.push(" AND u.state = ").bind(word(&state)?);
    }
    if let Some(revision) = filter.changed_after {
        sql.push(" AND u.revision > ").bind(revision);
    }
    Ok(())
}

/// Units of a plan in its order, after `after`.
pub async fn list(
    conn: &mut Conn,
    plan: PlanId,
    filter: &Filter,
    after: Option<Place>,
    limit: u32,
) -> Result<Vec<Placed>, StoreError> {
    let mut sql = Sql::new(SELECT);
    push_filter(&mut sql, plan, filter)?;
    if let Some(after) = after {
        sql.push(" AND (u.batch, u.position) > ").tuple(args![after.batch, after.position]);
    }
    sql.push(" ORDER BY u.batch, u.position LIMIT ").bind(limit);
    conn.fetch(sql).await?.iter().map(placed).collect()
}

/// Units of a deployment's earlier plans that failed or are unknown.
pub async fn failed_before(
    conn: &mut Conn,
    deployment: DeploymentId,
    current: PlanId,
    limit: u32,
) -> Result<Vec<Unit>, StoreError> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE u.deployment_id = ")
        .bind(deployment)
        .push(" AND u.state IN ('failed', 'unknown') AND u.plan_id <> ");
    sql.bind(current).push(" ORDER BY u.batch, u.position LIMIT ").bind(limit);
    conn.fetch(sql).await?.iter().map(|row| placed(row).map(|placed| placed.unit)).collect()
}

/// How many units of a plan there are under a filter.
pub async fn count(conn: &mut Conn, plan: PlanId, filter: &Filter) -> Result<u64, StoreError> {
    let mut sql = Sql::new("SELECT CAST(count(*) AS BIGINT) AS total FROM units u");
    push_filter(&mut sql, plan, filter)?;
    conn.fetch_one(sql).await?.map_or(Ok(0), |row| row.count("total"))
}

/// The deployment of a unit.
pub async fn deployment(conn: &mut Conn, id: UnitId) -> Result<Option<DeploymentId>, StoreError> {
    let row = conn.query_one("SELECT deployment_id FROM units WHERE id = $1", args![id]).await?;
    row.map(|row| row.parse("deployment_id")).transpose()
}

/// A unit.
pub async fn find(conn: &mut Conn, id: UnitId) -> Result<Option<Unit>, StoreError> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE u.id = ").bind(id);
    Ok(conn.fetch_one(sql).await?.as_ref().map(placed).transpose()?.map(|placed| placed.unit))
}
