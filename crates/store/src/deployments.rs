//! Deployments: what was asked for, which plan is current, and where they stand.
//!
//! The revision rises with every change of a deployment or of its units. Whoever changes one takes the row first, with [`set_state`],
//! [`touch`] or [`take_plan`], so that changes form one line and nothing waits for anything in a circle.

use std::collections::BTreeMap;

use jiff::Timestamp;
use packhorse_model::api::deployments::DeploymentSummary;
use packhorse_model::deployment::{DeploymentSpec, DeploymentState, Direction, Waiting};
use packhorse_model::ids::{DeploymentId, HostId, PackageId, PlanId};
use packhorse_model::name::{HostName, PackageName, UserName};
use packhorse_model::strategy::Strategy;

use crate::args;
use crate::conn::Conn;
use crate::deployment_parts;
use crate::error::StoreError;
use crate::guarded_deployments::awaits_approval;
use crate::row::Row;
use crate::sql::{Sql, Value as _, json, word};

/// A deployment to be stored.
pub struct NewDeployment<'a> {
    /// Its identity.
    pub id: DeploymentId,
    /// Of which package.
    pub package: PackageId,
    /// Its further packages, as the spec names them.
    pub also: &'a [PackageId],
    /// What was asked for.
    pub spec: &'a DeploymentSpec,
    /// Its first plan.
    pub plan: PlanId,
    /// Who started it.
    pub creator: &'a UserName,
    /// When.
    pub created_at: Timestamp,
}

/// A deployment as it is stored.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// Its identity.
    pub id: DeploymentId,
    /// Its package.
    pub package: PackageId,
    /// The name of the package.
    pub package_name: PackageName,
    /// What was asked for.
    pub spec: DeploymentSpec,
    /// How it proceeds by now.
    pub strategy: Strategy,
    /// Where it stands.
    pub state: DeploymentState,
    /// Forwards or back.
    pub direction: Direction,
    /// The current plan.
    pub plan: PlanId,
    /// Batches below this number may begin without the strategy's pause.
    pub promoted: u32,
    /// Batches below this number may begin although those before them are not at their end.
    pub ahead: u32,
    /// Rises with every change.
    pub revision: u64,
    /// What it waits for.
    pub waiting: Vec<Waiting>,
    /// Who started it.
    pub creator: UserName,
    /// When.
    pub created_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

const SELECT: &str =
    "SELECT d.id, d.package_id, p.name AS package, d.spec, d.state, d.direction, d.plan_id, d.revision, d.waiting,
  d.creator, d.created_at, d.ended_at, d.promoted, d.ahead, l.strategy
  FROM deployments d JOIN packages p ON p.id = d.package_id JOIN plans l ON l.id = d.plan_id";

/// Stores a new deployment: running, forwards, at revision 1.
pub async fn insert(conn: &mut Conn, new: &NewDeployment<'_>) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO deployments (id, package_id, action, version, spec, state, direction, plan_id, revision, waiting, creator, created_at, updated_at, not_before)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, '[]', $9, $10, $10, $11)",
        args![
            new.id,
            new.package,
            word(&new.spec.action)?,
            new.spec.version,
            json(new.spec)?,
            word(&DeploymentState::Running)?,
            word(&Direction::Forward)?,
            new.plan,
            new.creator,
            new.created_at,
            new.spec.not_before,
        ],
    )
    .await?;
    deployment_parts::insert(conn, new.id, 0, new.package, new.spec.version.as_ref()).await?;
    for (number, (package, part)) in (1..).zip(new.also.iter().zip(&new.spec.also)) {
        deployment_parts::insert(conn, new.id, number, *package, part.version.as_ref()).await?;
    }
    Ok(())
}

fn deployment(row: &Row) -> Result<Deployment, StoreError> {
    let spec: DeploymentSpec = row.json("spec")?;
    Ok(Deployment {
        strategy: row.opt_json("strategy")?.unwrap_or_else(|| spec.strategy.clone()),
        promoted: row.small("promoted")?,
        ahead: row.small("ahead")?,
        id: row.parse("id")?,
        package: row.parse("package_id")?,
        package_name: row.parse("package")?,
        spec,
        state: row.word("state")?,
        direction: row.word("direction")?,
        plan: row.parse("plan_id")?,
        revision: row.count("revision")?,
        waiting: row.json("waiting")?,
        creator: row.parse("creator")?,
        created_at: row.time("created_at")?,
        ended_at: row.opt_time("ended_at")?,
    })
}

/// A deployment.
pub async fn find(conn: &mut Conn, id: DeploymentId) -> Result<Option<Deployment>, StoreError> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE d.id = ").bind(id);
    conn.fetch_one(sql).await?.as_ref().map(deployment).transpose()
}

/// The deployments that somebody has to look after: those that are not at their end, and those that are but have open attempts.
pub async fn unsettled(conn: &mut Conn) -> Result<Vec<DeploymentId>, StoreError> {
    let rows = conn
        .query(
            "SELECT id FROM deployments WHERE ended_at IS NULL
             UNION SELECT deployment_id FROM attempts WHERE ended_at IS NULL ORDER BY 1",
            vec![],
        )
        .await?;
    rows.iter().map(|row| row.parse("id")).collect()
}

/// The revision of a deployment.
pub async fn revision(conn: &mut Conn, id: DeploymentId) -> Result<Option<u64>, StoreError> {
    let row = conn.query_one("SELECT revision FROM deployments WHERE id = $1", args![id]).await?;
    row.map(|row| row.count("revision")).transpose()
}

/// Raises the revision of a deployment, open or not, if it is still at `revision`.
pub async fn touch_at(conn: &mut Conn, id: DeploymentId, revision: u64, now: Timestamp) -> Result<bool, StoreError> {
    let touched = conn
        .execute(
            "UPDATE deployments SET revision = revision + 1, updated_at = $1 WHERE id = $2 AND revision = $3",
            args![now, id, revision],
        )
        .await?;
    Ok(touched == 1)
}

/// Raises the revision of a deployment because its units change, and gives the new one.
pub async fn touch(conn: &mut Conn, id: DeploymentId, now: Timestamp) -> Result<Option<u64>, StoreError> {
    let row = conn
        .query_one(
            "UPDATE deployments SET revision = revision + 1, updated_at = $1 WHERE id = $2 RETURNING revision",
            args![now, id],
        )
        .await?;
    row.map(|row| row.count("revision")).transpose()
}

/// Where a deployment goes.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Its state.
    pub state: DeploymentState,
    /// What it waits for.
    pub waiting: Vec<Waiting>,
}

/// Changes where a deployment stands, if it is still at `revision` and has not ended; its revision rises by one.
pub async fn set_state(
    conn: &mut Conn,
    id: DeploymentId,
    revision: u64,
    standing: &Standing,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let ended_at = standing.state.is_terminal().then_some(now);
    let touched = conn
        .execute(
            "UPDATE deployments SET state = $1, waiting = $2, ended_at = $3, updated_at = $4, revision = revision + 1,
               awaits_approval = $7
             WHERE id = $5 AND revision = $6 AND ended_at IS NULL",
            args![
                word(&standing.state)?,
                json(&standing.waiting)?,
                ended_at,
                now,
                id,
                revision,
                awaits_approval(&standing.waiting)
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// Makes `next` the current plan, if `parent` still is.
pub async fn take_plan(
    conn: &mut Conn,
    id: DeploymentId,
    parent: PlanId,
    next: PlanId,
    direction: Direction,
) -> Result<bool, StoreError> {
    let touched = conn
        .execute(
            "UPDATE deployments SET plan_id = $1, direction = $2 WHERE id = $3 AND plan_id = $4 AND ended_at IS NULL",
            args![next, word(&direction)?, id, parent],
        )
        .await?;
    Ok(touched == 1)
}

/// Lets the batches of a deployment below this number begin without the strategy's pause.
pub async fn promote(conn: &mut Conn, id: DeploymentId, below: u32) -> Result<(), StoreError> {
    conn.execute("UPDATE deployments SET promoted = $1 WHERE id = $2 AND promoted < $1", args![below, id])
        .await
        .map(drop)
}

/// Lets the batches of a deployment below this number begin although those before them are not at their end.
pub async fn skip_ahead(conn: &mut Conn, id: DeploymentId, below: u32) -> Result<(), StoreError> {
    conn.execute("UPDATE deployments SET ahead = $1 WHERE id = $2 AND ahead < $1", args![below, id]).await.map(drop)
}

/// An instance that an open deployment has claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The host.
    pub host: HostName,
    /// The deployment.
    pub deployment: DeploymentId,
    /// Where it stands.
    pub state: DeploymentState,
}

/// The instances of a package on these hosts that open deployments have claimed, by host.
pub async fn claims(conn: &mut Conn, package: PackageId, hosts: &[HostId]) -> Result<Vec<Claim>, StoreError> {
    let mut claims = Vec::new();
    for chunk in hosts.chunks(500) {
        let mut sql = Sql::new(
            "SELECT h.name, c.deployment_id, d.state FROM claims c JOIN deployments d ON d.id = c.deployment_id
             JOIN hosts h ON h.id = c.host_id WHERE c.package_id = ",
        );
        sql.bind(package).push(" AND c.host_id IN ").tuple(chunk.iter().map(HostId::to_arg));
        for row in conn.fetch(sql).await? {
            claims.push(Claim {
                host: row.parse("name")?,
                deployment: row.parse("deployment_id")?,
                state: row.word("state")?,
            });
        }
    }
    claims.sort_unstable_by(|a, b| a.host.cmp(&b.host));
    Ok(claims)
}

/// Claims instances for a deployment. An instance that another one has claimed is [`StoreError::Unique`].
pub async fn claim(conn: &mut Conn, id: DeploymentId, package: PackageId, hosts: &[HostId]) -> Result<(), StoreError> {
    for chunk in hosts.chunks(200) {
        let mut sql = Sql::new("INSERT INTO claims (host_id, package_id, deployment_id) VALUES ");
        for (index, host) in chunk.iter().enumerate() {
            sql.push(if index == 0 { "" } else { ", " }).tuple(args![host, package, id]);
        }
        conn.apply(sql).await?;
    }
    Ok(())
}

/// The open deployment that has claimed an instance on a host, if any has.
pub async fn claimed(conn: &mut Conn, host: HostId) -> Result<Option<DeploymentId>, StoreError> {
    let row = conn.query_one("SELECT deployment_id FROM claims WHERE host_id = $1 LIMIT 1", args![host]).await?;
    row.map(|row| row.parse("deployment_id")).transpose()
}

/// Gives up what deployments have claimed on a host that is removed.
pub async fn release_host(conn: &mut Conn, host: HostId) -> Result<(), StoreError> {
    conn.execute("DELETE FROM claims WHERE host_id = $1", args![host]).await.map(drop)
}

/// Gives up what a deployment has claimed on these hosts.
pub async fn release_some(conn: &mut Conn, id: DeploymentId, hosts: &[HostId]) -> Result<(), StoreError> {
    for chunk in hosts.chunks(500) {
        let mut sql = Sql::new("DELETE FROM claims WHERE deployment_id = ");
        sql.bind(id).push(" AND host_id IN ").tuple(chunk.iter().map(HostId::to_arg));
        conn.apply(sql).await?;
    }
    Ok(())
}

/// Gives up what a deployment has claimed.
pub async fn release(conn: &mut Conn, id: DeploymentId) -> Result<(), StoreError> {
    conn.execute("DELETE FROM claims WHERE deployment_id = $1", args![id]).await.map(drop)
}

/// Which deployments a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this package.
    pub package: Option<PackageName>,
    /// Only in this state.
    pub state: Option<DeploymentState>,
    /// Only those that are at their end, or only those that are not.
    pub progress: Option<Progress>,
    /// Only those that wait for approval.
    pub approval: Option<ApprovalFilter>,
}

/// Which deployments a list shows by what they wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalFilter {
    /// Those that wait for approval.
    Awaited,
}

/// Whether a deployment is at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It is not.
    Open,
    /// It is.
    Ended,
}

fn push_filter(sql: &mut Sql, filter: &Filter) -> Result<(), StoreError> {
    if filter.package.is_some() {
        sql.push(" JOIN deployment_parts x ON x.deployment_id = d.id");
    }
    sql.push(" WHERE TRUE");
    if let Some(package) = &filter.package {
        sql.push(" AND x.package_id = (SELECT q.id FROM packages q WHERE q.name = ").bind(package).push(")");
    }
    if let Some(state) = &filter.state {
        sql.push(" AND d.state = ").bind(word(state)?);
    }
    match filter.progress {
        Some(Progress::Open) => sql.push(" AND d.ended_at IS NULL"),
        Some(Progress::Ended) => sql.push(" AND d.ended_at IS NOT NULL"),
        None => sql,
    };
    if filter.approval == Some(ApprovalFilter::Awaited) {
        sql.push(" AND d.awaits_approval");
    }
    Ok(())
}

/// Deployments, newest first, before `before`.
pub async fn list(
    conn: &mut Conn,
    filter: &Filter,
    before: Option<DeploymentId>,
    limit: u32,
) -> Result<Vec<DeploymentSummary>, StoreError> {
    let sql = statement(filter, before, limit)?;
    let deployments = conn.fetch(sql).await?.iter().map(deployment).collect::<Result<Vec<_>, _>>()?;
    let plans: Vec<PlanId> = deployments.iter().map(|deployment| deployment.plan).collect();
    let mut tallies = tallies(conn, &plans).await?;
    Ok(deployments
        .into_iter()
        .map(|deployment| {
            let units = tallies.remove(&deployment.plan).unwrap_or_default();
            summary(deployment, units)
        })
        .collect())
}

pub(crate) fn statement(filter: &Filter, before: Option<DeploymentId>, limit: u32) -> Result<Sql, StoreError> {
    let mut sql = Sql::new(SELECT);
    push_filter(&mut sql, filter)?;
    // Those of a package are found by its parts, in whose index they stand in this order.
    let (behind, order) = match filter.package {
        None => (" AND d.id < ", " ORDER BY d.id DESC LIMIT "),
        Some(_) => (" AND x.deployment_id < ", " ORDER BY x.deployment_id DESC LIMIT "),
    };
    if let Some(before) = before {
        sql.push(behind).bind(before);
    }
    sql.push(order).bind(limit);
    Ok(sql)
}

/// How many deployments there are under a filter.
pub async fn count(conn: &mut Conn, filter: &Filter) -> Result<u64, StoreError> {
    let mut sql = Sql::new("SELECT CAST(count(*) AS BIGINT) AS total FROM deployments d");
    push_filter(&mut sql, filter)?;
    conn.fetch_one(sql).await?.map_or(Ok(0), |row| row.count("total"))
}

/// A deployment in a list, with the units of its plan by state.
#[must_use]
pub fn summary(deployment: Deployment, units: BTreeMap<String, u64>) -> DeploymentSummary {
    DeploymentSummary {
        id: deployment.id,
        action: deployment.spec.action,
        package: deployment.package_name,
        version: deployment.spec.version,
        also: deployment.spec.also,
        state: deployment.state,
        direction: deployment.direction,
        total: units.values().sum(),
        units,
        creator: deployment.creator,
        created_at: deployment.created_at,
        ended_at: deployment.ended_at,
    }
}

async fn tallies(conn: &mut Conn, plans: &[PlanId]) -> Result<BTreeMap<PlanId, BTreeMap<String, u64>>, StoreError> {
    let mut tallies = BTreeMap::<PlanId, BTreeMap<String, u64>>::new();
    if plans.is_empty() {
        return Ok(tallies);
    }
    let mut sql = Sql::new("SELECT plan_id, state, CAST(count(*) AS BIGINT) AS total FROM units WHERE plan_id IN ");
    sql.tuple(plans.iter().map(PlanId::to_arg)).push(" GROUP BY plan_id, state");
    for row in conn.fetch(sql).await? {
        tallies.entry(row.parse("plan_id")?).or_default().insert(row.text("state")?, row.count("total")?);
    }
    Ok(tallies)
}
