//! `POST /api/v1/plans`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::deployments::PlanPreview;
use packhorse_model::deployment::DeploymentSpec;
use packhorse_model::problem::Problem;
use packhorse_store::plans;

use crate::access::CallerRequest;
use crate::engine::{planning, preview, script};
use crate::error::ApiError;

/// Plans a deployment: what it would do on every host, before it does it. Changes nothing.
#[utoipa::path(
    post, path = "/api/v1/plans", operation_id = "create_plan", tag = "plans",
    request_body = DeploymentSpec,
    responses((status = 201, body = PlanPreview), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(request: CallerRequest<DeploymentSpec>) -> Result<Response, ApiError> {
    // Planning and comparing trees takes its time, and is done before anybody who writes has to wait for us.
    let (app, now) = (request.app.clone(), request.now);
    let dangers = script::dangers(&app, &request.input).await?;
    let mut made = planning::make(&app, &mut *app.store.read().await?, &request.input, now).await?;
    made.findings.cautions.extend(dangers);
    let reply = preview::preview(&app, &made.plan, &request.input, made.findings.clone(), now).await?;

    let mut call = match request.begin().await? {
        Ok(call) => call,
        Err(answered) => return Ok(answered),
    };
    let spec = call.input.clone();
    planning::store(call.conn(), &made, &spec, None, now).await?;
    plans::forget_unapplied(call.conn(), planning::forgotten_before(now)?).await?;
    call.finish(StatusCode::CREATED, &reply).await
}
