//! `PUT /api/v1/environments/{environment}`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::guard_rails::{EnvironmentRules, SetEnvironmentRules};
use packhorse_model::guard::{MOST_APPROVALS, MOST_CONCURRENT};
use packhorse_model::problem::Problem;
use packhorse_model::topology::Environment;
use packhorse_store::guard_rails;
use serde_json::json;

use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

/// Changes what deployments in an environment have to observe. Those that have begun are not held by it.
#[utoipa::path(
    put, path = "/api/v1/environments/{environment}", operation_id = "set_environment", tag = "guard rails",
    params(("environment" = Environment, Path, description = "The environment.")), request_body = SetEnvironmentRules,
    responses((status = 200, body = EnvironmentRules), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    Path(environment): Path<Environment>,
    mut call: CallerTx<SetEnvironmentRules>,
) -> Result<Response, ApiError> {
    let SetEnvironmentRules { approvals, max_concurrent } = call.input.clone();
    if approvals > MOST_APPROVALS {
        return Err(ApiError::invalid("bad_environment", format!("approvals may be 0 to {MOST_APPROVALS}")));
    }
    if max_concurrent.is_some_and(|limit| !(1..=MOST_CONCURRENT).contains(&limit)) {
        return Err(ApiError::invalid("bad_environment", format!("max_concurrent may be 1 to {MOST_CONCURRENT}"))
            .hint("leave it out for any number; a lock holds all deployments"));
    }
    guard_rails::lock(call.conn()).await?;
    let before = guard_rails::environments(call.conn()).await?;
    let before = before.into_iter().find(|rules| rules.environment == environment);
    let rules = EnvironmentRules {
        environment,
        approvals,
        max_concurrent,
        updated_by: Some(call.caller.name.clone()),
        updated_at: Some(call.now),
    };
    guard_rails::set_environment(call.conn(), &rules).await?;
    let shown =
        |rules: &EnvironmentRules| json!({ "approvals": rules.approvals, "max_concurrent": rules.max_concurrent });
    let detail = json!({ "before": before.as_ref().map(shown), "after": shown(&rules), "user": call.caller.name });
    call.audit("environment.set", environment.as_str(), detail);
    let app = call.app.clone();
    let response = call.finish(StatusCode::OK, &rules).await?;
    app.wake.reconcile();
    Ok(response)
}
