//! `PUT /api/v1/hosts/{name}/labels`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::HostName;
use packhorse_model::api::hosts::{Host, SetLabels};
use packhorse_model::label::MOST_LABELS;
use packhorse_model::problem::Problem;
use packhorse_store::{host_labels, hosts};
use serde_json::json;

use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

/// Gives a host exactly these labels.
#[utoipa::path(
    put, path = "/api/v1/hosts/{name}/labels", operation_id = "set_host_labels", tag = "hosts",
    params(("name" = HostName, Path, description = "The host.")), request_body = SetLabels,
    responses((status = 200, body = Host), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(name): Path<HostName>, mut call: CallerTx<SetLabels>) -> Result<Response, ApiError> {
    let labels = call.input.labels.clone();
    if labels.len() > MOST_LABELS {
        return Err(ApiError::invalid("too_many_labels", format!("a host has at most {MOST_LABELS} labels")));
    }
    let found = hosts::by_name(call.conn(), &name).await?;
    let mut host = found.ok_or_else(|| ApiError::not_found("host", &name))?;
    if host.labels != labels {
        host_labels::set(call.conn(), host.id, &labels).await?;
        call.audit("host.label", &name, json!({ "from": host.labels, "to": labels }));
        host.labels = labels;
    }
    let reply = super::host(&call.app, host);
    call.finish(StatusCode::OK, &reply).await
}
