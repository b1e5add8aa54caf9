//! A plan in place of a deployment's current one, in the same direction: the chain goes on by compare-and-set on its parent (I5). Units keep
//! their identities and where they stand.

use packhorse_model::deployment::{Direction, Plan};
use packhorse_model::strategy::Strategy;
use packhorse_store::plans::{self, NewPlan, StoredPlan};
use packhorse_store::{StoreError, deployments, units};
use serde_json::json;

use super::fleet::{self, Fleet};
use crate::access::CallerTx;
use crate::error::ApiError;

/// Makes `plan` the current one of a deployment, whose row the caller has taken, and reads the deployment anew.
pub(crate) async fn follow<B>(
    call: &mut CallerTx<B>,
    fleet: Fleet,
    parent: &StoredPlan,
    plan: &Plan,
    strategy: &Strategy,
) -> Result<Fleet, ApiError> {
    let (app, now) = (call.app.clone(), call.now);
    let deployment = &fleet.deployment;
    let new = NewPlan {
        plan,
        package: deployment.package,
        deployment: Some(deployment.id),
        spec: &deployment.spec,
        strategy: Some(strategy).filter(|strategy| **strategy != deployment.spec.strategy),
        basis: &parent.basis,
        bystanders: &fleet.bystanders,
        findings: &parent.findings,
        created_at: now,
    };
    plans::insert(call.conn(), &new).await?;
    // What is written next about the deployment gets this revision, and whoever follows it sees the units where they are now.
    units::follow_plan(call.conn(), plan, deployment.revision + 1).await?;
    if !deployments::take_plan(call.conn(), deployment.id, parent.plan.id, plan.id, Direction::Forward).await? {
        return Err(StoreError::Conflict.into());
    }
    let detail = json!({
        "plan": plan.id, "parent": parent.plan.id, "batch": strategy.batch, "max_unavailable": strategy.max_unavailable,
    });
    call.audit("deployment.replan", deployment.id, detail);
    let id = deployment.id;
    Ok(fleet::load(&app, call.conn(), id, now).await?.ok_or(StoreError::Conflict)?)
}
