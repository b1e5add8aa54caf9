//! `POST /api/v1/deployments`

use std::collections::BTreeSet;

use axum::response::Response;
use http::StatusCode;
use packhorse_model::HostName;
use packhorse_model::api::asked::AskedDeployment;
use packhorse_model::api::deployments::{CreateDeployment, DeploymentDetail, PlannedBinding};
use packhorse_model::api::plans::Caution;
use packhorse_model::deployment::{DeploymentSpec, DeploymentState, Plan};
use packhorse_model::ids::{DeploymentId, HostId, PackageId, PlanId};
use packhorse_model::problem::Problem;
use packhorse_store::deployments::{self, Claim, NewDeployment, Standing};
use packhorse_store::{StoreError, bindings, plans, units};
use serde::Deserialize;
use serde_json::json;

use crate::access::{CallerRequest, CallerTx};
use crate::engine::planning::{self, Made};
use crate::engine::{detail, guard, places, script, strategy};
use crate::error::ApiError;
use crate::extract::Query;
use crate::wake::Changes;

/// What whoever starts a deployment agrees to beside its plan.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Consent {
    /// Whether packages are to be bound to the modules that the plan's `bindings` name; refused otherwise, if there are any.
    #[serde(default)]
    bind: bool,
}

/// Starts a deployment: of a plan that was made before and still holds, or of a spec, which is planned and applied at once.
///
/// A halted deployment of the same package on the same hosts gives way; one that goes on does not. What is left out of the strategy is taken
/// from the one that is named, or from the default of the environment. Where guard rails hold, it waits.
#[utoipa::path(
    post, path = "/api/v1/deployments", operation_id = "create_deployment", tag = "deployments",
    params(Consent), request_body = CreateDeployment,
    responses((status = 201, body = DeploymentDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    Query(consent): Query<Consent>,
    request: CallerRequest<AskedDeployment>,
) -> Result<Response, ApiError> {
    // Looks at content, and is done before anybody who writes has to wait for us. A repeated request has its answer already.
    let dangers = dangers(&request).await;
    let mut call = match request.begin().await? {
        Ok(call) => call,
        Err(answered) => return Ok(answered),
    };
    let (app, now) = (call.app.clone(), call.now);
    let wanted = match call.input.clone() {
        AskedDeployment::Spec(asked) => CreateDeployment::Spec(strategy::settle(call.conn(), asked, now).await?),
        AskedDeployment::Plan(plan) => CreateDeployment::Plan(plan),
    };
    let (id, changes) = start(&mut call, wanted, dangers?, consent).await?;
    let reply = detail::detail(call.conn(), id).await?;
    let response = call.finish(StatusCode::CREATED, &reply).await?;
    app.wake.tell(&changes);
    Ok(response)
}

/// Starts a deployment in the transaction of a request, which may start several; `dangers` are told with its plan. What is to be told
/// once they are committed comes back.
pub(crate) async fn start<B>(
    call: &mut CallerTx<B>,
    wanted: CreateDeployment,
    dangers: Vec<Caution>,
    consent: Consent,
) -> Result<(DeploymentId, Changes), ApiError> {
    let (app, now) = (call.app.clone(), call.now);
    let id: DeploymentId = app.random.id(now);
    let (spec, plan, made) = match wanted {
        CreateDeployment::Spec(spec) => {
            let mut made = planning::make(&app, call.conn(), &spec, now).await?.with_values()?;
            made.findings.cautions.extend(dangers);
            planning::store(call.conn(), &made, &spec, Some(id), now).await?;
            (spec, made.plan.clone(), made)
        }
        CreateDeployment::Plan(plan) => take_plan(call, plan, id).await?,
    };
    let mut changes = give_way(call, id, &claims_on(&plan, &made)).await?;
    if plan.batches.is_empty() && !made.findings.excluded.is_empty() {
        let reasons: Vec<String> =
            made.findings.excluded.iter().take(5).map(|host| format!("{}: {}", host.host, host.reason)).collect();
        return Err(
            ApiError::conflict("no_target_left", "none of the targets can be chosen").detail(reasons.join("; "))
        );
    }

    if let (Some(first), false) = (made.findings.bindings.first(), consent.bind) {
        return Err(not_bound(first, &made.findings.bindings));
    }
    let hosts: Vec<HostId> = plan.batches.iter().flat_map(|batch| &batch.units).map(|unit| unit.host).collect();
    let package = made.package()?;
    let creator = call.caller.name.clone();
    let also: Vec<PackageId> = made.parts.iter().skip(1).map(|part| part.package).collect();
    let new =
        NewDeployment { id, package, also: &also, spec: &spec, plan: plan.id, creator: &creator, created_at: now };
    deployments::insert(call.conn(), &new).await?;
    units::insert_plan(call.conn(), id, &plan, 1, now).await?;
    let mut modules = BTreeSet::new();
    for part in &made.parts {
        let hosts = made.hosts_of(&part.spec.package);
        places::take(call.conn(), part.package, &part.spec.package, &plan).await?;
        deployments::claim(call.conn(), id, part.package, &hosts).await.map_err(|error| match error {
            StoreError::Unique => {
                taken("another deployment of the package has taken one of these hosts in this moment")
            }
            error => error.into(),
        })?;
        modules.extend(part.modules_of(&hosts));
    }
    for (package, modules) in &made.binds {
        bindings::bind(call.conn(), *package, modules, now).await?;
    }
    let deployment = detail::find(call.conn(), id).await?;
    guard::take_in(call.conn(), &deployment, &modules, now).await?;
    let mut detail = json!({
        "package": spec.package, "action": spec.action, "version": spec.version, "plan": plan.id, "units": hosts.len(),
    });
    if let (true, Some(detail)) = (spec.has_several_parts(), detail.as_object_mut()) {
        detail.insert("also".to_owned(), json!(spec.also));
    }
    call.audit("deployment.create", id, detail);
    changes.deployments.push((id, 1));
    Ok((id, changes))
}

/// What is dangerous in the script that is asked for, if one is.
async fn dangers(request: &CallerRequest<AskedDeployment>) -> Result<Vec<Caution>, ApiError> {
    let app = &request.app;
    match &request.input {
        AskedDeployment::Spec(asked) => script::dangers(app, &asked.spec).await,
        AskedDeployment::Plan(plan) => {
            let spec = planning::find(&mut *app.store.read().await?, *plan).await?.spec;
            script::dangers(app, &spec).await
        }
    }
}

/// The claims of others on hosts that are meant, and not on all of their modules.
fn claims_on(plan: &Plan, made: &Made) -> Vec<Claim> {
    let planned = plan.batches.iter().flat_map(|batch| &batch.units).map(|unit| &unit.host_name);
    let beside = made.findings.unchanged.iter().chain(made.findings.excluded.iter().map(|excluded| &excluded.host));
    let meant: BTreeSet<&HostName> = planned.chain(beside).collect();
    let claims = made.parts.iter().flat_map(|part| &part.claims);
    claims.filter(|claim| meant.contains(&claim.host)).cloned().collect()
}

/// Takes a plan that was made before, if it still holds and nobody else has taken it.
async fn take_plan<B>(
    call: &mut CallerTx<B>,
    id: PlanId,
    deployment: DeploymentId,
) -> Result<(DeploymentSpec, Plan, Made), ApiError> {
    let (app, now) = (call.app.clone(), call.now);
    let stored = planning::find(call.conn(), id).await?;
    let is_taken = stored.deployment.is_some() || !plans::apply(call.conn(), id, deployment).await?;
    if is_taken {
        let by = stored.deployment.map_or("another deployment".to_owned(), |by| format!("deployment {by}"));
        return Err(ApiError::conflict("plan_applied", format!("plan {id} was applied before, by {by}"))
            .hint("make a new plan"));
    }
    let made = planning::check(&app, call.conn(), &stored, now).await?;
    Ok((stored.spec, stored.plan, made))
}

/// Ends halted deployments on the same hosts; refuses to disturb others.
async fn give_way<B>(call: &mut CallerTx<B>, successor: DeploymentId, claims: &[Claim]) -> Result<Changes, ApiError> {
    let mut changes = Changes::default();
    if let Some(claim) = claims.iter().find(|claim| claim.state != DeploymentState::Halted) {
        return Err(taken(&format!("deployment {} of the package is open on {}", claim.deployment, claim.host)));
    }
    let halted: BTreeSet<DeploymentId> = claims.iter().map(|claim| claim.deployment).collect();
    for old in halted {
        let deployment = detail::find(call.conn(), old).await?;
        let standing = Standing { state: DeploymentState::Superseded, waiting: Vec::new() };
        let now = call.now;
        if !deployments::set_state(call.conn(), old, deployment.revision, &standing, now).await? {
            return Err(StoreError::Conflict.into());
        }
        deployments::release(call.conn(), old).await?;
        call.audit("deployment.supersede", old, json!({ "by": successor }));
        changes.deployments.push((old, deployment.revision + 1));
    }
    Ok(changes)
}

/// A package may not be deployed to a module yet.
fn not_bound(first: &PlannedBinding, all: &[PlannedBinding]) -> ApiError {
    let PlannedBinding { package, module: path } = first;
    let modules = all.iter().filter(|binding| binding.package == *package).count();
    let more = if modules > 1 { format!(" and {} more", modules - 1) } else { String::new() };
    ApiError::conflict("not_bound", format!("{package} is not bound to {path}{more}"))
        .param("package", package)
        .param("module", path)
        .hint(format!("bind it with `packhorse package bind {package} {path}`, or deploy with --bind (`bind=true`)"))
}

/// A host is another deployment's.
pub(super) fn taken(title: &str) -> ApiError {
    ApiError::conflict("deployment_open", title)
        .hint("wait for its end, or abort it with `packhorse deployment abort`, and try again")
}
