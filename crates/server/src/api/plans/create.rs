//! `POST /api/v1/plans`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::asked::AskedSpec;
use packhorse_model::api::deployments::PlanPreview;
use packhorse_model::deployment::DeploymentSpec;
use packhorse_model::problem::Problem;
use packhorse_store::plans;

use crate::access::CallerRequest;
use crate::engine::{planning, preview, script, strategy};
use crate::error::ApiError;

/// Plans a deployment: what it would do on every host, before it does it. Changes nothing. What is left out of the strategy is taken from the
/// one that is named, or from the default of the environment.
#[utoipa::path(
    post, path = "/api/v1/plans", operation_id = "create_plan", tag = "plans",
    request_body = DeploymentSpec,
    responses((status = 201, body = PlanPreview), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(request: CallerRequest<AskedSpec>) -> Result<Response, ApiError> {
    // Planning and comparing trees takes its time, and is done before anybody who writes has to wait for us.
    let (app, now) = (request.app.clone(), request.now);
    let spec = strategy::settle(&mut *app.store.read().await?, request.input.clone(), now).await?;
    let dangers = script::dangers(&app, &spec).await?;
    let mut made = planning::make(&app, &mut *app.store.read().await?, &spec, now).await?;
    made.findings.cautions.extend(dangers);
    let reply = preview::preview(&app, &made.plan, &spec, made.findings.clone(), now).await?;

    let mut call = match request.begin().await? {
        Ok(call) => call,
        Err(answered) => return Ok(answered),
    };
    planning::store(call.conn(), &made, &spec, None, now).await?;
    plans::forget_unapplied(call.conn(), planning::forgotten_before(now)?).await?;
    call.finish(StatusCode::CREATED, &reply).await
}
