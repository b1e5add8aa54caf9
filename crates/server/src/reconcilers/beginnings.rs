//! The beginning of a deployment that has waited: what its plan rests on may have moved meanwhile, and then it is refused.
//!
//! Planning again takes its time, so it is done before the transaction that lets the deployment begin.

use jiff::Timestamp;
use packhorse_model::ids::DeploymentId;
use packhorse_planner::fleet::{Beginning, Decision, Transition};
use packhorse_store::audit::NewEntry;
use packhorse_store::{StoreError, Tx, deployments, guarded_deployments};
use serde_json::json;

use crate::app::App;
use crate::engine::fleet::Fleet;
use crate::engine::{guard, planning};

/// What is known of a plan that was made some time ago.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PlanCheck {
    /// Nobody has looked.
    None,
    /// Planning again leads to the same.
    Holds,
    /// It does not, for these reasons.
    Moved(String),
}

/// Whether a decision lets a deployment begin whose plan has to be looked at before.
pub(super) fn is_late(fleet: &Fleet, decision: &Decision, now: Timestamp) -> bool {
    let begins = decision.transitions.iter().any(|transition| matches!(transition, Transition::Admit { .. }));
    begins && fleet.beginning == Beginning::Ahead && guard::has_waited(&fleet.deployment, now)
}

/// Plans again what a deployment was made for.
pub(super) async fn check(app: &App, id: DeploymentId) -> Result<PlanCheck, StoreError> {
    let now = app.clock.now();
    let mut reader = app.store.read().await?;
    let Some(deployment) = deployments::find(&mut reader, id).await? else { return Ok(PlanCheck::None) };
    let moved = match planning::find(&mut reader, deployment.plan).await {
        Ok(stored) => planning::moved(app, &mut reader, id, &stored, now).await,
        Err(error) => Err(error),
    };
    match moved {
        Ok(None) => Ok(PlanCheck::Holds),
        Ok(Some(moved)) => Ok(PlanCheck::Moved(moved)),
        Err(error) => {
            tracing::warn!(deployment = %id, ?error, "the plan of a deployment could not be looked at; it will be in a moment");
            Ok(PlanCheck::None)
        }
    }
}

/// Notes that a deployment is ended before it begins, because its plan no longer holds.
pub(super) async fn refuse(tx: &mut Tx, fleet: &Fleet, moved: &str, now: Timestamp) -> Result<(), StoreError> {
    let id = fleet.deployment.id;
    let why = format!("plan_outdated: what the plan rests on has changed since it was made: {moved}");
    guarded_deployments::set_ended_because(tx, id, &why).await?;
    tx.audit(NewEntry {
        at: now,
        actor: "engine".to_owned(),
        action: "deployment.plan_outdated",
        object: id.to_string(),
        detail: json!({ "plan": fleet.deployment.plan, "moved": moved }),
    });
    Ok(())
}
