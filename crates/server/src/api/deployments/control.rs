//! What a person's word to a running deployment has in common.

use axum::response::Response;
use http::StatusCode;
use packhorse_model::HostName;
use packhorse_model::deployment::DeploymentState;
use packhorse_model::ids::DeploymentId;
use packhorse_planner::fleet::{Decision, FleetState, Transition, step};
use packhorse_store::{StoreError, deployments};
use serde_json::json;

use crate::access::CallerTx;
use crate::engine::fleet::{self, Fleet};
use crate::engine::{detail, write};
use crate::error::ApiError;

/// Hosts that one audit entry names.
const MOST_HOSTS: usize = 100;

/// What a person's word comes to.
pub(super) enum Word {
    /// These transitions.
    Change(Vec<Transition>),
    /// Nothing: it is so already.
    AlreadySo,
}

/// Lets a person's word change a deployment, in the transaction of the request.
pub(super) async fn change<B>(
    mut call: CallerTx<B>,
    id: DeploymentId,
    action: &'static str,
    decide: impl FnOnce(&B, &Fleet) -> Result<Word, ApiError>,
) -> Result<Response, ApiError> {
    let (app, now) = (call.app.clone(), call.now);
    // Says 404 in the same words as everywhere, and takes the row before anything is decided on it.
    detail::find(call.conn(), id).await?;
    deployments::touch(call.conn(), id, now).await?;
    let fleet = fleet::load(&app, call.conn(), id, now).await?.ok_or(StoreError::Conflict)?;
    let mut changes = None;
    if let Word::Change(transitions) = decide(&call.input, &fleet)? {
        let waiting = step(&after(&fleet.state, &transitions, now), now).waiting;
        let decision = Decision { transitions, waiting };
        let actor = call.caller.actor();
        changes = Some(write::write(&app, call.tx(), &fleet, &decision, &actor, now).await?);
        let detail = json!({ "package": fleet.deployment.package_name, "hosts": hosts(&fleet, &decision.transitions) });
        call.audit(action, id, detail);
    }
    let reply = detail::detail(call.conn(), id).await?;
    let response = call.finish(StatusCode::OK, &reply).await?;
    if let Some(changes) = changes {
        app.wake.tell(&changes);
    }
    Ok(response)
}

/// The hosts of which the word speaks itself, for the audit log; of a great many the first.
fn hosts<'a>(fleet: &'a Fleet, transitions: &[Transition]) -> Vec<&'a HostName> {
    let unit = |transition: &Transition| match transition {
        Transition::Unit { unit, .. } => fleet.units.get(unit).map(|unit| &unit.host_name),
        _ => None,
    };
    transitions.iter().filter_map(unit).take(MOST_HOSTS).collect()
}

fn after(state: &FleetState, transitions: &[Transition], now: jiff::Timestamp) -> FleetState {
    let mut state = state.clone();
    for transition in transitions {
        state.apply(transition, now);
    }
    state
}

/// The change of a deployment's state from where it may be to `to`.
pub(super) fn move_to(fleet: &Fleet, from: &[DeploymentState], to: DeploymentState) -> Result<Word, ApiError> {
    let state = fleet.deployment.state;
    if state == to {
        return Ok(Word::AlreadySo);
    }
    if from.contains(&state) {
        return Ok(Word::Change(vec![Transition::Deployment { from: state, to }]));
    }
    Err(wrong_state(fleet))
}

/// The deployment is not where this could be done.
pub(super) fn wrong_state(fleet: &Fleet) -> ApiError {
    let deployment = &fleet.deployment;
    let state = packhorse_store::word(&deployment.state).unwrap_or_default();
    let error =
        ApiError::conflict("wrong_state", format!("deployment {} is {}", deployment.id, state.replace('_', " ")))
            .param("state", &state);
    if deployment.state.is_terminal() {
        error.hint("it has ended; start another one")
    } else {
        error.hint(format!("`packhorse deployment show {}` says what it waits for", deployment.id))
    }
}
