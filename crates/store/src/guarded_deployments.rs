//! Deployments as guard rails look at them: where they act, whether they have begun, and what was said about their beginning.

use std::collections::BTreeMap;

use jiff::Timestamp;
use packhorse_model::TopologyName;
use packhorse_model::api::guard_rails::FreezeOverride;
use packhorse_model::deployment::{DeploymentState, Waiting};
use packhorse_model::guard::GuardedModule;
use packhorse_model::ids::{DeploymentId, ModuleId, PlanId};
use packhorse_model::topology::ModulePath;

use crate::args;
use crate::conn::Conn;
use crate::dialect::{Standstill, stand_still};
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{Sql, Value as _, json};

/// A deployment as guard rails look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardedRow {
    /// Its identity.
    pub id: DeploymentId,
    /// Where it stands.
    pub state: DeploymentState,
    /// When it began.
    pub begun_at: Option<Timestamp>,
    /// Nothing begins before this time.
    pub not_before: Option<Timestamp>,
    /// Who said that freezes do not hold it.
    pub freeze_override: Option<FreezeOverride>,
    /// Why it was ended before it began.
    pub ended_because: Option<String>,
    /// Persons who have approved its current plan.
    pub approvals: u32,
    /// The modules that it acts in.
    pub modules: Vec<GuardedModule>,
}

const SELECT: &str = "SELECT d.id, d.state, d.begun_at, d.not_before, d.freeze_override, d.ended_because,
  (SELECT count(*) FROM approvals a WHERE a.deployment_id = d.id AND a.plan_id = d.plan_id) AS approvals
  FROM deployments d";

/// Notes that a deployment acts in the modules of the hosts of its plan.
pub async fn note_modules_of_hosts(conn: &mut Conn, id: DeploymentId, plan: PlanId) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO deployment_modules (deployment_id, module_id)
         SELECT DISTINCT u.deployment_id, hm.module_id FROM units u JOIN host_modules hm ON hm.host_id = u.host_id
         WHERE u.plan_id = $1 AND u.deployment_id = $2",
        args![plan, id],
    )
    .await
    .map(drop)
}

/// Notes that a deployment acts in a module, if that was not noted before.
pub async fn note_module(conn: &mut Conn, id: DeploymentId, module: ModuleId) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO deployment_modules (deployment_id, module_id) VALUES ($1, $2)
         ON CONFLICT (deployment_id, module_id) DO NOTHING",
        args![id, module],
    )
    .await
    .map(drop)
}

/// Lets no other transaction begin a deployment until this one ends, so that turns are counted one after the other.
pub async fn take_turns(conn: &mut Conn) -> Result<(), StoreError> {
    stand_still(conn, Standstill::Beginnings).await
}

/// A deployment.
pub async fn find(conn: &mut Conn, id: DeploymentId) -> Result<Option<GuardedRow>, StoreError> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE d.id = ").bind(id);
    Ok(read(conn, sql).await?.pop())
}

/// The open deployments that act in one of these businesses, but not `id` itself.
pub async fn open_in(
    conn: &mut Conn,
    businesses: impl IntoIterator<Item = &TopologyName>,
    id: DeploymentId,
) -> Result<Vec<GuardedRow>, StoreError> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE d.ended_at IS NULL AND d.id <> ")
        .bind(id)
        .push(
            " AND EXISTS (SELECT 1 FROM deployment_modules dm JOIN modules m ON m.id = dm.module_id
              JOIN systems s ON s.id = m.system_id JOIN businesses b ON b.id = s.business_id
              WHERE dm.deployment_id = d.id AND b.name IN ",
        )
        .tuple(businesses.into_iter().map(TopologyName::to_arg))
        .push(") ORDER BY d.id");
    read(conn, sql).await
}

async fn read(conn: &mut Conn, sql: Sql) -> Result<Vec<GuardedRow>, StoreError> {
    let mut found = conn.fetch(sql).await?.iter().map(guarded).collect::<Result<Vec<_>, _>>()?;
    let ids: Vec<DeploymentId> = found.iter().map(|row| row.id).collect();
    let mut modules = modules(conn, &ids).await?;
    for row in &mut found {
        row.modules = modules.remove(&row.id).unwrap_or_default();
    }
    Ok(found)
}

fn guarded(row: &Row) -> Result<GuardedRow, StoreError> {
    Ok(GuardedRow {
        id: row.parse("id")?,
        state: row.word("state")?,
        begun_at: row.opt_time("begun_at")?,
        not_before: row.opt_time("not_before")?,
        freeze_override: row.opt_json("freeze_override")?,
        ended_because: row.opt_text("ended_because")?,
        approvals: row.small("approvals")?,
        modules: Vec::new(),
    })
}

async fn modules(
    conn: &mut Conn,
    deployments: &[DeploymentId],
) -> Result<BTreeMap<DeploymentId, Vec<GuardedModule>>, StoreError> {
    let mut found = BTreeMap::<DeploymentId, Vec<GuardedModule>>::new();
    for chunk in deployments.chunks(200) {
        let mut sql = Sql::new(
            "SELECT dm.deployment_id, b.name AS business, s.name AS system, m.name AS module, s.environment
             FROM deployment_modules dm JOIN modules m ON m.id = dm.module_id JOIN systems s ON s.id = m.system_id
             JOIN businesses b ON b.id = s.business_id WHERE dm.deployment_id IN ",
        );
        sql.tuple(chunk.iter().map(DeploymentId::to_arg)).push(" ORDER BY b.name, s.name, m.name");
        for row in conn.fetch(sql).await? {
            let path = ModulePath {
                business: row.parse("business")?,
                system: row.parse("system")?,
                module: row.parse("module")?,
            };
            let module = GuardedModule { path, environment: row.word("environment")? };
            found.entry(row.parse("deployment_id")?).or_default().push(module);
        }
    }
    Ok(found)
}

/// Notes that a deployment has begun to change hosts, if that was not noted before.
pub async fn begin(conn: &mut Conn, id: DeploymentId, now: Timestamp) -> Result<(), StoreError> {
    conn.execute("UPDATE deployments SET begun_at = $1 WHERE id = $2 AND begun_at IS NULL", args![now, id])
        .await
        .map(drop)
}

/// Says before which time nothing begins; without one it begins as soon as it may.
pub async fn set_not_before(conn: &mut Conn, id: DeploymentId, at: Option<Timestamp>) -> Result<(), StoreError> {
    conn.execute("UPDATE deployments SET not_before = $1 WHERE id = $2", args![at, id]).await.map(drop)
}

/// Says that freezes do not hold a deployment.
pub async fn override_freeze(conn: &mut Conn, id: DeploymentId, said: &FreezeOverride) -> Result<(), StoreError> {
    conn.execute("UPDATE deployments SET freeze_override = $1 WHERE id = $2", args![json(said)?, id]).await.map(drop)
}

/// Says why a deployment is ended before it began.
pub async fn set_ended_because(conn: &mut Conn, id: DeploymentId, why: &str) -> Result<(), StoreError> {
    conn.execute("UPDATE deployments SET ended_because = $1 WHERE id = $2", args![why, id]).await.map(drop)
}

/// Says what a new deployment waits for, before anybody has looked at it.
pub async fn set_first_waiting(conn: &mut Conn, id: DeploymentId, waiting: &[Waiting]) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE deployments SET waiting = $1, awaits_approval = $2 WHERE id = $3",
        args![json(&waiting)?, awaits_approval(waiting), id],
    )
    .await
    .map(drop)
}

/// Whether a deployment waits for approval.
pub(crate) fn awaits_approval(waiting: &[Waiting]) -> bool {
    waiting.iter().any(|waiting| matches!(waiting, Waiting::Approval { .. }))
}
