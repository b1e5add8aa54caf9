//! Plans, which never change. Their orders are stored once for all units of equal change: a plan over ten thousand hosts holds a
//! handful of manifests, not twenty thousand.

use std::collections::BTreeMap;

use jiff::Timestamp;
use packhorse_model::deployment::{BatchKind, DeploymentSpec, Direction, Plan, PlannedBatch, PlannedUnit};
use packhorse_model::ids::{DeploymentId, HostId, PackageId, PlanId, UnitId, VersionId};
use packhorse_model::name::HostName;
use packhorse_model::order::{Particulars, UnitOrder};
use packhorse_model::strategy::Strategy;
use serde::{Deserialize, Serialize};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::sql::json;

/// A plan to be stored.
pub struct NewPlan<'a> {
    /// What happens.
    pub plan: &'a Plan,
    /// To which package.
    pub package: PackageId,
    /// The deployment that it belongs to; none as long as it is only a preview.
    pub deployment: Option<DeploymentId>,
    /// What was asked for.
    pub spec: &'a DeploymentSpec,
    /// How it proceeds, if not as was asked for.
    pub strategy: Option<&'a Strategy>,
    /// What the plan rests on, as JSON.
    pub basis: &'a str,
    /// Hosts of the target group that have no unit in it.
    pub bystanders: &'a [HostId],
    /// What a person is told about it beside the units, as JSON.
    pub findings: &'a str,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A stored plan.
#[derive(Debug, Clone)]
pub struct StoredPlan {
    /// What happens.
    pub plan: Plan,
    /// To which package.
    pub package: PackageId,
    /// The deployment that it belongs to.
    pub deployment: Option<DeploymentId>,
    /// What was asked for.
    pub spec: DeploymentSpec,
    /// What the plan rests on, as JSON.
    pub basis: String,
    /// What a person is told about it beside the units, as JSON.
    pub findings: String,
    /// When it was made.
    pub created_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Body {
    direction: Direction,
    batches: Vec<BodyBatch>,
}

#[derive(Serialize, Deserialize)]
struct BodyBatch {
    kind: BatchKind,
    units: Vec<BodyUnit>,
}

#[derive(Serialize, Deserialize)]
struct BodyUnit {
    unit: UnitId,
    host: HostId,
    host_name: HostName,
    from: Option<VersionId>,
    to: Option<VersionId>,
    order: usize,
    #[serde(flatten)]
    own: Particulars,
}

/// The orders of a plan without what differs between hosts, and for each unit the number of its own.
pub(crate) struct Numbered {
    bodies: Vec<String>,
    numbers: BTreeMap<UnitId, usize>,
}

impl Numbered {
    /// Always the same for the same plan.
    pub(crate) fn of(plan: &Plan) -> Result<Self, StoreError> {
        let mut numbered = Self { bodies: Vec::new(), numbers: BTreeMap::new() };
        let mut known = BTreeMap::new();
        for unit in plan.batches.iter().flat_map(|batch| &batch.units) {
            let common = unit.order.with(Particulars::default());
            let body = json(&common)?;
            let next = numbered.bodies.len();
            let number = *known.entry(body.clone()).or_insert(next);
            if number == next {
                numbered.bodies.push(body);
            }
            numbered.numbers.insert(unit.unit, number);
        }
        Ok(numbered)
    }

    pub(crate) fn number(&self, unit: UnitId) -> usize {
        self.numbers.get(&unit).copied().unwrap_or_default()
    }
}

/// Stores a plan with its orders.
pub async fn insert(conn: &mut Conn, new: &NewPlan<'_>) -> Result<(), StoreError> {
    let numbered = Numbered::of(new.plan)?;
    let body = Body {
        direction: new.plan.direction,
        batches: new.plan.batches.iter().map(|batch| body_batch(batch, &numbered)).collect(),
    };
    let kinds: Vec<BatchKind> = new.plan.batches.iter().map(|batch| batch.kind).collect();
    conn.execute(
        "INSERT INTO plans (id, parent_id, package_id, deployment_id, spec, body, batch_kinds, basis, bystanders, findings, created_at, strategy)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            new.plan.id,
            new.plan.parent,
            new.package,
            new.deployment,
            json(new.spec)?,
            json(&body)?,
            json(&kinds)?,
            new.basis,
            json(&new.bystanders)?,
            new.findings,
            new.created_at,
            new.strategy.map(json).transpose()?,
        ],
    )
    .await?;
    for (number, body) in numbered.bodies.iter().enumerate() {
        conn.execute(
            "INSERT INTO plan_orders (plan_id, number, body) VALUES ($1, $2, $3)",
            args![new.plan.id, number, body],
        )
        .await?;
    }
    Ok(())
}

fn body_batch(batch: &PlannedBatch, numbered: &Numbered) -> BodyBatch {
    let unit = |unit: &PlannedUnit| BodyUnit {
        unit: unit.unit,
        host: unit.host,
        host_name: unit.host_name.clone(),
        from: unit.from,
        to: unit.to,
        order: numbered.number(unit.unit),
        own: unit.order.particulars(),
    };
    BodyBatch { kind: batch.kind, units: batch.units.iter().map(unit).collect() }
}

/// A plan, whole.
pub async fn find(conn: &mut Conn, id: PlanId) -> Result<Option<StoredPlan>, StoreError> {
    let row = conn
        .query_one(
            "SELECT parent_id, package_id, deployment_id, spec, body, basis, findings, created_at FROM plans WHERE id = $1",
            args![id],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let orders = orders(conn, id).await?;
    let body: Body = row.json("body")?;
    let batches = body.batches.into_iter().map(|batch| planned_batch(batch, &orders)).collect::<Result<_, _>>()?;
    let plan = Plan { id, parent: row.opt_parse("parent_id")?, direction: body.direction, batches };
    Ok(Some(StoredPlan {
        plan,
        package: row.parse("package_id")?,
        deployment: row.opt_parse("deployment_id")?,
        spec: row.json("spec")?,
        basis: row.text("basis")?,
        findings: row.text("findings")?,
        created_at: row.time("created_at")?,
    }))
}

async fn orders(conn: &mut Conn, plan: PlanId) -> Result<Vec<UnitOrder>, StoreError> {
    let rows = conn.query("SELECT body FROM plan_orders WHERE plan_id = $1 ORDER BY number", args![plan]).await?;
    rows.iter().map(|row| row.json("body")).collect()
}

fn planned_batch(batch: BodyBatch, orders: &[UnitOrder]) -> Result<PlannedBatch, StoreError> {
    let unit = |unit: BodyUnit| {
        let common = orders.get(unit.order).ok_or_else(|| StoreError::Corrupt {
            column: "body".to_owned(),
            reason: format!("unit {} has order {}, which the plan lacks", unit.unit, unit.order),
        })?;
        Ok(PlannedUnit {
            unit: unit.unit,
            host: unit.host,
            host_name: unit.host_name,
            from: unit.from,
            to: unit.to,
            order: common.with(unit.own),
        })
    };
    Ok(PlannedBatch { kind: batch.kind, units: batch.units.into_iter().map(unit).collect::<Result<_, StoreError>>()? })
}

/// What a plan says beside its units: little, and read often.
#[derive(Debug, Clone)]
pub struct Outline {
    /// What its batches are for.
    pub kinds: Vec<BatchKind>,
    /// Hosts of the target group that have no unit in it.
    pub bystanders: Vec<HostId>,
}

/// What a plan says beside its units.
pub async fn outline(conn: &mut Conn, id: PlanId) -> Result<Option<Outline>, StoreError> {
    let row = conn.query_one("SELECT batch_kinds, bystanders FROM plans WHERE id = $1", args![id]).await?;
    row.map(|row| Ok(Outline { kinds: row.json("batch_kinds")?, bystanders: row.json("bystanders")? })).transpose()
}

/// What a plan tells a person beside its units.
#[derive(Debug, Clone)]
pub struct StoredFindings {
    /// The package.
    pub package: PackageId,
    /// As JSON.
    pub findings: String,
}

/// What a plan tells a person beside its units, without these.
pub async fn findings(conn: &mut Conn, id: PlanId) -> Result<Option<StoredFindings>, StoreError> {
    let row = conn.query_one("SELECT package_id, findings FROM plans WHERE id = $1", args![id]).await?;
    row.map(|row| Ok(StoredFindings { package: row.parse("package_id")?, findings: row.text("findings")? })).transpose()
}

/// Gives a plan to the deployment that applies it, unless another one has it already.
pub async fn apply(conn: &mut Conn, id: PlanId, deployment: DeploymentId) -> Result<bool, StoreError> {
    let touched = conn
        .execute("UPDATE plans SET deployment_id = $1 WHERE id = $2 AND deployment_id IS NULL", args![deployment, id])
        .await?;
    Ok(touched == 1)
}

/// Forgets some previews that were made before `before` and never applied.
pub async fn forget_unapplied(conn: &mut Conn, before: Timestamp) -> Result<u64, StoreError> {
    conn.execute(
        "DELETE FROM plans WHERE id IN
           (SELECT id FROM plans WHERE deployment_id IS NULL AND created_at < $1 ORDER BY created_at LIMIT 20)",
        args![before],
    )
    .await
}
