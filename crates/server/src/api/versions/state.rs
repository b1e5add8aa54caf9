//! `POST /api/v1/packages/{package}/versions/{version}/yank`, `…/unyank`, `…/ban` and `…/unban`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::packages::VersionDetail;
use packhorse_model::api::version_states::{StateChange, StateReason};
use packhorse_model::problem::Problem;
use packhorse_model::{PackageName, VersionNumber, VersionState};
use packhorse_store::{packages, version_states, versions};
use serde_json::json;

use super::missing;
use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

/// Characters of a reason at most.
const LONGEST_REASON: usize = 1000;

type Named = (PackageName, VersionNumber);

/// Takes a version out of choice: it is not the latest any more, and no new plan brings it anywhere. What runs it goes on, and hosts can be put back to it.
#[utoipa::path(
    post, path = "/api/v1/packages/{package}/versions/{version}/yank", operation_id = "yank_version", tag = "packages",
    params(("package" = PackageName, Path), ("version" = VersionNumber, Path)), request_body = StateReason,
    responses((status = 200, body = VersionDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn yank(Path(name): Path<Named>, call: CallerTx<StateReason>) -> Result<Response, ApiError> {
    change(call, name, "version.yank", &[VersionState::Published], VersionState::Yanked).await
}

/// Lets a yanked version be chosen again.
#[utoipa::path(
    post, path = "/api/v1/packages/{package}/versions/{version}/unyank", operation_id = "unyank_version", tag = "packages",
    params(("package" = PackageName, Path), ("version" = VersionNumber, Path)), request_body = StateReason,
    responses((status = 200, body = VersionDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn unyank(Path(name): Path<Named>, call: CallerTx<StateReason>) -> Result<Response, ApiError> {
    change(call, name, "version.unyank", &[VersionState::Yanked], VersionState::Published).await
}

/// Forbids a version: no plan brings it anywhere, and open deployments of it are aborted. Needs a reason.
#[utoipa::path(
    post, path = "/api/v1/packages/{package}/versions/{version}/ban", operation_id = "ban_version", tag = "packages",
    params(("package" = PackageName, Path), ("version" = VersionNumber, Path)), request_body = StateReason,
    responses((status = 200, body = VersionDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn ban(Path(name): Path<Named>, call: CallerTx<StateReason>) -> Result<Response, ApiError> {
    change(call, name, "version.ban", &[VersionState::Published, VersionState::Yanked], VersionState::Banned).await
}

/// Lifts a ban.
#[utoipa::path(
    post, path = "/api/v1/packages/{package}/versions/{version}/unban", operation_id = "unban_version", tag = "packages",
    params(("package" = PackageName, Path), ("version" = VersionNumber, Path)), request_body = StateReason,
    responses((status = 200, body = VersionDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn unban(Path(name): Path<Named>, call: CallerTx<StateReason>) -> Result<Response, ApiError> {
    change(call, name, "version.unban", &[VersionState::Banned], VersionState::Published).await
}

async fn change(
    mut call: CallerTx<StateReason>,
    (package, version): Named,
    action: &'static str,
    from: &[VersionState],
    to: VersionState,
) -> Result<Response, ApiError> {
    let reason = call.input.reason.trim().to_owned();
    if reason.chars().count() > LONGEST_REASON || to == VersionState::Banned && reason.is_empty() {
        return Err(ApiError::invalid("bad_reason", format!("say why, in 1 to {LONGEST_REASON} characters"))
            .hint("whoever meets the version later reads it"));
    }
    let stored = packages::lock(call.conn(), &package).await?;
    let stored = stored.ok_or_else(|| crate::api::packages::not_found(&package))?;
    let Some(found) = versions::get(call.conn(), &package, &version).await? else {
        return Err(missing(call.conn(), &package, &version).await?);
    };
    let state = found.detail.summary.state;
    if state != to {
        if !from.contains(&state) {
            let state = packhorse_store::word(&state).map_err(ApiError::internal)?;
            return Err(ApiError::conflict("wrong_state", format!("{package}@{version} is {state}"))
                .hint("a ban is lifted with unban, a yank is taken back with unyank"));
        }
        let change = StateChange { reason: reason.clone(), by: call.caller.name.clone(), at: call.now };
        version_states::set(call.conn(), found.detail.summary.id, to, &change).await?;
        let now = call.now;
        packages::refresh(call.conn(), stored.id, now).await?;
        call.audit(action, format!("{package}@{version}"), json!({ "reason": reason }));
    }
    let reply = versions::get(call.conn(), &package, &version).await?.ok_or(packhorse_store::StoreError::Conflict)?;
    let app = call.app.clone();
    let response = call.finish(StatusCode::OK, &reply.detail).await?;
    app.wake.reconcile();
    Ok(response)
}
