//! `GET /api/v1/plans/{id}/diff`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::plans::PlanFileDiff;
use packhorse_model::deployment::PlannedUnit;
use packhorse_model::ids::PlanId;
use packhorse_model::problem::Problem;
use packhorse_model::{HostName, PackageName};
use packhorse_store::plans::StoredPlan;
use serde::Deserialize;

use super::hosts::class;
use super::package_of;
use crate::access::Caller;
use crate::app::App;
use crate::engine::file_diff;
use crate::engine::planning::{self, Findings};
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::paging::PageQuery;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// On this host.
    host: Option<HostName>,
    /// On the first host of this change, counted from 0.
    change: Option<usize>,
    /// Of this package; of one that changes there, if not said.
    package: Option<PackageName>,
    /// Only this file, relative to the top of the package.
    path: Option<String>,
}

/// How the files on a host differ before and after a plan, by path and line by line. Rendered files are compared as rendered there, with
/// secrets masked. A page may end early, so that it stays small; `next` leads on.
#[utoipa::path(
    get, path = "/api/v1/plans/{id}/diff", operation_id = "diff_plan_files", tag = "plans",
    params(("id" = PlanId, Path, description = "The plan."), Which, PageQuery),
    responses((status = 200, body = Page<PlanFileDiff>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<PlanId>,
    Query(which): Query<Which>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<PlanFileDiff>>, ApiError> {
    let stored = planning::find(&mut *app.store.read().await?, id).await?;
    let unit = unit(&stored, &which)?;
    let package = package_of(&mut *app.store.read().await?, &stored, unit).await?;
    Ok(Json(file_diff::page(&app, package, unit, which.path.as_deref(), &page).await?))
}

fn unit<'a>(stored: &'a StoredPlan, which: &Which) -> Result<&'a PlannedUnit, ApiError> {
    let (host, package) = match (&which.host, which.change) {
        (Some(host), _) => (host.clone(), which.package.clone()),
        (None, Some(number)) => {
            let findings: Findings = serde_json::from_str(&stored.findings).map_err(ApiError::internal)?;
            let class = class(&findings, number)?;
            let first = class.hosts.first().ok_or_else(|| ApiError::internal("a class without hosts"))?;
            (first.clone(), class.package.clone())
        }
        (None, None) => {
            return Err(ApiError::invalid("host_or_change_missing", "neither a host nor a change is named")
                .hint("add ?host=NAME, or ?change=NUMBER for the first host of a change"));
        }
    };
    let mut units = stored.plan.batches.iter().flat_map(|batch| &batch.units);
    units
        .find(|unit| unit.host_name == host && package.as_ref().is_none_or(|package| unit.order.package == *package))
        .ok_or_else(|| ApiError::not_found("host in the plan", &host).hint("a plan's `changes` names its hosts"))
}
