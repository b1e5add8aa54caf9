//! `GET /api/v1/deployments/{id}/outputs/hosts`

use axum::Json;
use axum::extract::State;
use packhorse_model::HostName;
use packhorse_model::api::Page;
use packhorse_model::api::script_outputs::HostOutput;
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;
use packhorse_store::script_results::{self, Filter};
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::engine::detail;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::paging::PageQuery;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only of this group.
    group: Option<String>,
    /// Only this host.
    host: Option<HostName>,
}

/// The hosts at which a script has ended, by name.
#[utoipa::path(
    get, path = "/api/v1/deployments/{id}/outputs/hosts", operation_id = "list_host_outputs", tag = "deployments",
    params(("id" = DeploymentId, Path, description = "The deployment."), Which, PageQuery),
    responses((status = 200, body = Page<HostOutput>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<DeploymentId>,
    Query(which): Query<Which>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<HostOutput>>, ApiError> {
    let mut reader = app.store.read().await?;
    detail::find(&mut reader, id).await?;
    let filter = Filter { group: which.group, host: which.host };
    let after = page.after::<HostName>()?;
    let listed = script_results::hosts(&mut reader, id, &filter, after.as_ref(), page.limit() + 1).await?;
    let rows: Vec<HostOutput> = listed.into_iter().map(|listed| listed.output).collect();
    let total = script_results::count_hosts(&mut reader, id, &filter).await?;
    Ok(Json(page.page(rows, total, |last| last.host_name.to_string())))
}
