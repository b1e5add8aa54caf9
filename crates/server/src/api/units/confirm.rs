//! `POST /api/v1/units/{id}/confirm`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::control::{Confirm, ConfirmedOutcome};
use packhorse_model::api::deployments::UnitDetail;
use packhorse_model::ids::UnitId;
use packhorse_model::problem::Problem;
use packhorse_planner::fleet::{Found, confirm};
use packhorse_store::units;

use super::get;
use crate::access::CallerTx;
use crate::api::deployments::{control, retry};
use crate::error::ApiError;
use crate::extract::Path;

/// Characters of what a person says about a host.
const LONGEST_REASON: usize = 1000;

/// Settles a unit of which nobody knows, by what a person found on its host after looking at the evidence. An attempt that is still open is
/// superseded: what is reported of it later does not count.
#[utoipa::path(
    post, path = "/api/v1/units/{id}/confirm", operation_id = "confirm_unit", tag = "deployments",
    params(("id" = UnitId, Path, description = "The unit.")), request_body = Confirm,
    responses((status = 200, body = UnitDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(id): Path<UnitId>, mut call: CallerTx<Confirm>) -> Result<Response, ApiError> {
    let found = found(&call.input)?;
    let reason = call.input.reason.clone();
    let deployment = units::deployment(call.conn(), id).await?.ok_or_else(|| ApiError::not_found("unit", id))?;
    let fleet = control::take(&mut call, deployment).await?;
    let transitions = match fleet.units.contains_key(&id) {
        true => confirm(&fleet.state, id, found, &reason).map_err(|error| retry::refused(&error, &fleet))?,
        false => return Err(ApiError::conflict("unit_not_unknown", "what became of the unit is known")),
    };
    let changes = control::write(&mut call, &fleet, "deployment.confirm", transitions).await?;
    call.audit("unit.confirm", id, serde_json::json!({ "found": call.input, "deployment": deployment }));
    let app = call.app.clone();
    let reply: UnitDetail = get::detail(call.conn(), id).await?;
    let response = call.finish(StatusCode::OK, &reply).await?;
    app.wake.tell(&changes);
    Ok(response)
}

fn found(input: &Confirm) -> Result<Found, ApiError> {
    if input.reason.chars().count() > LONGEST_REASON {
        return Err(ApiError::invalid("reason_too_long", format!("a reason has at most {LONGEST_REASON} characters")));
    }
    match (input.outcome, input.aftermath) {
        (ConfirmedOutcome::Succeeded, None) => Ok(Found::Succeeded),
        (ConfirmedOutcome::Failed, Some(aftermath)) => Ok(Found::Failed(aftermath)),
        (ConfirmedOutcome::Succeeded, Some(_)) => {
            Err(ApiError::invalid("bad_confirmation", "what succeeded has no aftermath"))
        }
        (ConfirmedOutcome::Failed, None) => Err(ApiError::invalid("bad_confirmation", "say what stands on the host")
            .hint("aftermath is untouched, restored, broken or removed")),
    }
}
