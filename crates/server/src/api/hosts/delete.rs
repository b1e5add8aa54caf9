//! `DELETE /api/v1/hosts/{name}`

use axum::response::Response;
use packhorse_model::HostName;
use packhorse_model::api::hosts::HostState;
use packhorse_model::problem::Problem;
use packhorse_store::hosts::StoredHost;
use packhorse_store::{deployments, hosts};
use serde_json::json;

use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;
use crate::presence;

/// Removes a host. Its certificates are refused from then on. A host that is online is not removed while instances are on it, or a
/// deployment goes on there; one that is gone for good is, and deployments that waited for it go on without it.
#[utoipa::path(
    delete, path = "/api/v1/hosts/{name}", operation_id = "delete_host", tag = "hosts",
    params(("name" = HostName, Path, description = "The host.")),
    responses((status = 204, description = "It is removed."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(name): Path<HostName>, mut call: CallerTx) -> Result<Response, ApiError> {
    let found = hosts::by_name(call.conn(), &name).await?;
    let host = found.ok_or_else(|| ApiError::not_found("host", &name))?;
    let last_seen = call.app.presence.last_seen(host.id, host.last_seen_at);
    if presence::state(last_seen, call.now, call.app.config.host_offline_after) == HostState::Online {
        refuse_while_in_use(&mut call, &host).await?;
    }
    // What was going on at a machine that is gone will never be told; whoever waits for it is set free.
    deployments::release_host(call.conn(), host.id).await?;
    hosts::delete(call.conn(), host.id).await?;
    call.audit("host.delete", &name, json!({ "host": host.id }));
    let app = call.app.clone();
    let response = call.finish_empty().await?;
    app.presence.forget(host.id);
    app.wake.reconcile();
    Ok(response)
}

async fn refuse_while_in_use(call: &mut CallerTx, host: &StoredHost) -> Result<(), ApiError> {
    let name = &host.name;
    if host.instances > 0 {
        return Err(ApiError::conflict(
            "host_has_instances",
            format!("{} instances are on host {name}", host.instances),
        )
        .hint("uninstall them first: `packhorse instance list --host` names them; or stop its agent, if the host is to go"));
    }
    if let Some(deployment) = deployments::claimed(call.conn(), host.id).await? {
        return Err(ApiError::conflict(
            "host_in_deployment",
            format!("deployment {deployment} is not at its end on host {name}"),
        )
        .hint("wait for its end, or abort it"));
    }
    Ok(())
}
