//! `DELETE /api/v1/hosts/{name}`

use axum::response::Response;
use packhorse_model::HostName;
use packhorse_model::problem::Problem;
use packhorse_store::{deployments, hosts};
use serde_json::json;

use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

/// Removes a host. Its certificates are refused from then on. Refused while instances are on it.
#[utoipa::path(
    delete, path = "/api/v1/hosts/{name}", operation_id = "delete_host", tag = "hosts",
    params(("name" = HostName, Path, description = "The host.")),
    responses((status = 204, description = "It is removed."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(name): Path<HostName>, mut call: CallerTx) -> Result<Response, ApiError> {
    let found = hosts::by_name(call.conn(), &name).await?;
    let host = found.ok_or_else(|| ApiError::not_found("host", &name))?;
    if host.instances > 0 {
        return Err(ApiError::conflict(
            "host_has_instances",
            format!("{} instances are on host {name}", host.instances),
        )
        .hint("uninstall them first: `packhorse instance list --host` names them"));
    }
    if let Some(deployment) = deployments::claimed(call.conn(), host.id).await? {
        return Err(ApiError::conflict(
            "host_in_deployment",
            format!("deployment {deployment} is not at its end on host {name}"),
        )
        .hint("wait for its end, or abort it"));
    }
    hosts::delete(call.conn(), host.id).await?;
    call.audit("host.delete", &name, json!({ "host": host.id }));
    let app = call.app.clone();
    let response = call.finish_empty().await?;
    app.presence.forget(host.id);
    Ok(response)
}
