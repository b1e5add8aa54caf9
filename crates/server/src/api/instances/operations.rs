//! `POST /api/v1/instances/operations`, `…/plan` and `…/apply`: one operation over many instances.

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::deployments::CreateDeployment;
use packhorse_model::api::instances::{ApplyOperation, InstanceOperation, OperationPlan, OperationStarted};
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;
use packhorse_store::plans;
use serde::de::DeserializeOwned;

use crate::access::{CallerRequest, CallerTx};
use crate::api::deployments::{Consent, start};
use crate::engine::{detail, operation, planning, preview};
use crate::error::ApiError;
use crate::wake::Changes;

/// Plans an operation over many instances: for each package a plan, made as for a deployment, and to be applied together. Changes nothing.
#[utoipa::path(
    post, path = "/api/v1/instances/operations/plan", operation_id = "plan_instance_operation", tag = "instances",
    request_body = InstanceOperation,
    responses((status = 201, body = OperationPlan), (status = "4XX", body = Problem)),
)]
pub(crate) async fn plan(request: CallerRequest<InstanceOperation>) -> Result<Response, ApiError> {
    let (app, now) = (request.app.clone(), request.now);
    let mut planned = Vec::new();
    let mut previews = Vec::new();
    for spec in operation::specs(&app, &mut *app.store.read().await?, &request.input, now).await? {
        let made = planning::make(&app, &mut *app.store.read().await?, &spec, now).await?;
        previews.push(preview::preview(&app, &made.plan, &spec, made.findings.clone(), now).await?);
        planned.push((spec, made));
    }
    let mut call = match request.begin().await? {
        Ok(call) => call,
        Err(answered) => return Ok(answered),
    };
    for (spec, made) in &planned {
        planning::store(call.conn(), made, spec, None, now).await?;
    }
    plans::forget_unapplied(call.conn(), planning::forgotten_before(now)?).await?;
    call.finish(StatusCode::CREATED, &OperationPlan { plans: previews }).await
}

/// Starts an operation over many instances: for each package at which there is something to do a deployment, all of them or none.
#[utoipa::path(
    post, path = "/api/v1/instances/operations", operation_id = "operate_instances", tag = "instances",
    request_body = InstanceOperation,
    responses((status = 201, body = OperationStarted), (status = "4XX", body = Problem)),
)]
pub(crate) async fn create(request: CallerRequest<InstanceOperation>) -> Result<Response, ApiError> {
    let (app, now) = (request.app.clone(), request.now);
    let mut wanted = Vec::new();
    for spec in operation::specs(&app, &mut *app.store.read().await?, &request.input, now).await? {
        let made = planning::make(&app, &mut *app.store.read().await?, &spec, now).await?;
        let is_as_wanted = made.plan.batches.is_empty() && made.findings.excluded.is_empty();
        if !is_as_wanted {
            wanted.push(CreateDeployment::Spec(spec));
        }
    }
    match request.begin().await? {
        Ok(call) => start_all(call, wanted).await,
        Err(answered) => Ok(answered),
    }
}

/// Applies the plans of an operation, all of them or none. One that rests on something that has moved refuses them all.
#[utoipa::path(
    post, path = "/api/v1/instances/operations/apply", operation_id = "apply_instance_operation", tag = "instances",
    request_body = ApplyOperation,
    responses((status = 201, body = OperationStarted), (status = "4XX", body = Problem)),
)]
pub(crate) async fn apply(call: CallerTx<ApplyOperation>) -> Result<Response, ApiError> {
    let plans = &call.input.plans;
    if plans.is_empty() || plans.len() > operation::MOST_PACKAGES {
        return Err(ApiError::invalid(
            "bad_operation",
            format!("an operation applies from 1 to {} plans", operation::MOST_PACKAGES),
        ));
    }
    let wanted = plans.iter().map(|plan| CreateDeployment::Plan(*plan)).collect();
    start_all(call, wanted).await
}

async fn start_all<B: DeserializeOwned + Send>(
    mut call: CallerTx<B>,
    wanted: Vec<CreateDeployment>,
) -> Result<Response, ApiError> {
    let app = call.app.clone();
    let mut told = Changes::default();
    let mut started: Vec<DeploymentId> = Vec::new();
    for one in wanted {
        let (id, changes) = start(&mut call, one, Vec::new(), Consent::default()).await?;
        started.push(id);
        told.deployments.extend(changes.deployments);
        told.hosts.extend(changes.hosts);
    }
    let mut deployments = Vec::with_capacity(started.len());
    for id in started {
        deployments.push(detail::detail(call.conn(), id).await?);
    }
    let response = call.finish(StatusCode::CREATED, &OperationStarted { deployments }).await?;
    app.wake.tell(&told);
    Ok(response)
}
