//! `GET /api/v1/deployments`

use axum::Json;
use axum::extract::State;
use packhorse_model::PackageName;
use packhorse_model::api::Page;
use packhorse_model::api::deployments::DeploymentSummary;
use packhorse_model::deployment::DeploymentState;
use packhorse_model::problem::Problem;
use packhorse_store::deployments::{self, ApprovalFilter};
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::PageQuery;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only of this package.
    package: Option<PackageName>,
    /// Only in this state.
    state: Option<DeploymentState>,
    /// Only those that wait for approval.
    #[param(inline)]
    approval: Option<Awaiting>,
}

/// What of approvals a list is about.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ApprovalFilter)]
pub(crate) enum Awaiting {
    /// Those that wait for approval.
    Awaited,
}

/// Deployments, newest first.
#[utoipa::path(
    get, path = "/api/v1/deployments", operation_id = "list_deployments", tag = "deployments",
    params(Filter, PageQuery),
    responses((status = 200, body = Page<DeploymentSummary>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<DeploymentSummary>>, ApiError> {
    let approval = filter.approval.map(|Awaiting::Awaited| ApprovalFilter::Awaited);
    let filter = deployments::Filter { package: filter.package, state: filter.state, progress: None, approval };
    let mut reader = app.store.read().await?;
    let rows = deployments::list(&mut reader, &filter, page.after()?, page.limit() + 1).await?;
    let total = deployments::count(&mut reader, &filter).await?;
    Ok(Json(page.page(rows, total, |last| last.id.to_string())))
}
