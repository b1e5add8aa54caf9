//! What a person's word to a running deployment has in common.

use axum::response::Response;
use http::StatusCode;
use packhorse_model::HostName;
use packhorse_model::deployment::DeploymentState;
use packhorse_model::ids::DeploymentId;
use packhorse_planner::fleet::{ControlError, Decision, FleetState, Transition, step};
use packhorse_store::{StoreError, deployments};
use serde_json::json;

use crate::access::CallerTx;
use crate::engine::fleet::{self, Fleet};
use crate::engine::{detail, write};
use crate::error::ApiError;
use crate::wake::Changes;

/// Hosts that one audit entry names.
const MOST_HOSTS: usize = 100;

/// What a person's word comes to.
pub(crate) enum Word {
    /// These transitions.
    Change(Vec<Transition>),
    /// Nothing: it is so already.
    AlreadySo,
}

/// Lets a person's word change a deployment, in the transaction of the request.
pub(crate) async fn change<B>(
    mut call: CallerTx<B>,
    id: DeploymentId,
    action: &'static str,
    decide: impl FnOnce(&B, &Fleet) -> Result<Word, ApiError>,
) -> Result<Response, ApiError> {
    let fleet = take(&mut call, id).await?;
    let changes = match decide(&call.input, &fleet)? {
        Word::Change(transitions) => Some(write(&mut call, &fleet, action, transitions).await?),
        Word::AlreadySo => None,
    };
    answer(call, id, changes).await
}

/// Takes the deployment's row before anything is decided on it, and reads it. Says 404 in the same words as everywhere.
pub(crate) async fn take<B>(call: &mut CallerTx<B>, id: DeploymentId) -> Result<Fleet, ApiError> {
    let (app, now) = (call.app.clone(), call.now);
    detail::find(call.conn(), id).await?;
    deployments::touch(call.conn(), id, now).await?;
    Ok(fleet::load(&app, call.conn(), id, now).await?.ok_or(StoreError::Conflict)?)
}

/// Writes what a person's word comes to, with its audit entry.
pub(crate) async fn write<B>(
    call: &mut CallerTx<B>,
    fleet: &Fleet,
    action: &'static str,
    transitions: Vec<Transition>,
) -> Result<Changes, ApiError> {
    let (app, now, id) = (call.app.clone(), call.now, fleet.deployment.id);
    let waiting = step(&after(&fleet.state, &transitions, now), now).waiting;
    let decision = Decision { transitions, waiting };
    let actor = call.caller.actor();
    let changes = write::write(&app, call.tx(), fleet, &decision, &actor, now).await?;
    let detail = json!({ "package": fleet.deployment.package_name, "hosts": hosts(fleet, &decision.transitions) });
    call.audit(action, id, detail);
    Ok(changes)
}

/// Commits, answers with the deployment as it is then, and wakes whoever waits for it.
pub(crate) async fn answer<B>(
    mut call: CallerTx<B>,
    id: DeploymentId,
    changes: Option<Changes>,
) -> Result<Response, ApiError> {
    let app = call.app.clone();
    let reply = detail::detail(call.conn(), id).await?;
    let response = call.finish(StatusCode::OK, &reply).await?;
    if let Some(changes) = changes {
        app.wake.tell(&changes);
    }
    Ok(response)
}

/// The word that these transitions are.
pub(crate) fn word(transitions: Vec<Transition>) -> Word {
    if transitions.is_empty() { Word::AlreadySo } else { Word::Change(transitions) }
}

/// Why a deployment cannot be let go on, or changed.
pub(crate) fn refused(error: &ControlError, fleet: &Fleet) -> ApiError {
    let id = fleet.deployment.id;
    match error {
        ControlError::NotRunning | ControlError::HasFailed => wrong_state(fleet),
        ControlError::NoBatchLeft => ApiError::conflict("no_batch_left", error.to_string()),
        ControlError::NoPause { batch } => ApiError::conflict("nothing_to_promote", error.to_string())
            .param("batch", batch + 1)
            .hint(format!("`packhorse deployment skip-ahead {id}` lets it begin before")),
        ControlError::OtherBatch { next } => ApiError::conflict("other_batch", error.to_string())
            .param("batch", next + 1)
            .hint("look at the deployment as it is now"),
        ControlError::Strategy(_) => ApiError::invalid("bad_strategy", error.to_string()),
        ControlError::Retry(error) => super::retry::refused(error, fleet),
    }
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
pub(crate) fn move_to(fleet: &Fleet, from: &[DeploymentState], to: DeploymentState) -> Result<Word, ApiError> {
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
pub(crate) fn wrong_state(fleet: &Fleet) -> ApiError {
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
