//! `GET /api/v1/hosts/{host}/instances/{package}/history`

use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::instances::InstanceChange;
use packhorse_model::ids::IdError;
use packhorse_model::problem::Problem;
use packhorse_model::{HostName, PackageName};
use packhorse_store::instance_history::{self, HistoryPlace};
use packhorse_store::{hosts, packages};

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::paging::PageQuery;

/// Where a page ends, as a cursor: the deployment and the unit.
struct Cursor(HistoryPlace);

impl FromStr for Cursor {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let (deployment, unit) = text.split_once(' ').unwrap_or((text, ""));
        Ok(Self(HistoryPlace { deployment: deployment.parse()?, unit: unit.parse()? }))
    }
}

/// What deployments did to one instance, newest first: also after it was removed.
#[utoipa::path(
    get, path = "/api/v1/hosts/{host}/instances/{package}/history", operation_id = "list_instance_history", tag = "instances",
    params(("host" = HostName, Path), ("package" = PackageName, Path), PageQuery),
    responses((status = 200, body = Page<InstanceChange>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path((host, package)): Path<(HostName, PackageName)>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<InstanceChange>>, ApiError> {
    let after = page.after::<Cursor>()?.map(|cursor| cursor.0);
    let mut reader = app.store.read().await?;
    let host = hosts::by_name(&mut reader, &host)
        .await?
        .ok_or_else(|| ApiError::not_found("host", &host).hint("`packhorse host list` shows those that there are"))?;
    let package = packages::by_name(&mut reader, &package).await?.ok_or_else(|| {
        ApiError::not_found("package", &package).hint("`packhorse package list` shows those that there are")
    })?;
    let rows = instance_history::page(&mut reader, host.id, package.id, after, page.limit() + 1).await?;
    let total = instance_history::count(&mut reader, host.id, package.id).await?;
    Ok(Json(page.page(rows, total, |last| format!("{} {}", last.deployment, last.unit))))
}
