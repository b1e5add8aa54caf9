//! `GET /api/v1/plans/{id}/files`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::deployments::RenderedFile;
use packhorse_model::deployment::PlannedUnit;
use packhorse_model::ids::PlanId;
use packhorse_model::problem::Problem;
use packhorse_model::{HostName, PackageName};
use serde::Deserialize;

use super::package_of;
use crate::access::Caller;
use crate::app::App;
use crate::engine::{planning, rendered};
use crate::error::ApiError;
use crate::extract::{Path, Query};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// The host.
    host: HostName,
    /// The file, relative to the top of the package.
    path: String,
    /// The package; one that changes there, if not said.
    package: Option<PackageName>,
}

/// A rendered file on a host, before and after a plan. Secrets are masked.
#[utoipa::path(
    get, path = "/api/v1/plans/{id}/files", operation_id = "get_plan_file", tag = "plans",
    params(("id" = PlanId, Path, description = "The plan."), Which),
    responses((status = 200, body = RenderedFile), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<PlanId>,
    Query(which): Query<Which>,
) -> Result<Json<RenderedFile>, ApiError> {
    let stored = planning::find(&mut *app.store.read().await?, id).await?;
    let mut units = stored.plan.batches.iter().flat_map(|batch| &batch.units);
    let is_meant = |package: &PackageName| which.package.as_ref().is_none_or(|meant| meant == package);
    let is_unit = |unit: &&PlannedUnit| unit.host_name == which.host && is_meant(&unit.order.package);
    let unit = units.find(is_unit).ok_or_else(|| {
        ApiError::not_found("host in the plan", &which.host).hint("a plan's `changes` names its hosts")
    })?;
    let package = package_of(&mut *app.store.read().await?, &stored, unit).await?;
    Ok(Json(rendered::file(&app, package, unit, &which.path).await?))
}
