//! `GET /api/v1/database-targets`

use axum::Json;
use axum::extract::State;
use packhorse_model::HostName;
use packhorse_model::api::Page;
use packhorse_model::api::database_targets::DatabaseTarget;
use packhorse_model::name::DatabaseTargetName;
use packhorse_model::problem::Problem;
use packhorse_model::topology::ModulePath;
use packhorse_store::database_targets::{self, Filter};
use packhorse_store::{hosts, topology};
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::PageQuery;

/// Which database targets.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DatabaseTargetQuery {
    /// Of this module: BUSINESS/SYSTEM/MODULE.
    #[param(value_type = Option<String>)]
    module: Option<ModulePath>,
    /// Whose packages this host runs.
    #[param(value_type = Option<String>)]
    host: Option<HostName>,
}

/// The database targets, by name.
#[utoipa::path(
    get, path = "/api/v1/database-targets", operation_id = "list_database_targets", tag = "databases",
    params(DatabaseTargetQuery, PageQuery),
    responses((status = 200, body = Page<DatabaseTarget>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(query): Query<DatabaseTargetQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<DatabaseTarget>>, ApiError> {
    let after: Option<DatabaseTargetName> = page.after()?;
    let mut reader = app.store.read().await?;
    let mut filter = Filter::default();
    if let Some(path) = &query.module {
        let module = topology::module(&mut reader, path).await?;
        filter.module = Some(module.ok_or_else(|| ApiError::not_found("module", path))?);
    }
    if let Some(name) = &query.host {
        let host = hosts::by_name(&mut reader, name).await?;
        filter.host = Some(host.ok_or_else(|| ApiError::not_found("host", name))?.id);
    }
    let rows = database_targets::page(&mut reader, &filter, after.as_ref(), page.limit() + 1).await?;
    let total = database_targets::count(&mut reader, &filter).await?;
    let rows = rows.into_iter().map(|stored| stored.target).collect();
    Ok(Json(page.page(rows, total, |last: &DatabaseTarget| last.name.to_string())))
}
