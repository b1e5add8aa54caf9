//! `GET /api/v1/hosts`

use axum::Json;
use axum::extract::State;
use packhorse_model::HostName;
use packhorse_model::api::Page;
use packhorse_model::api::hosts::{Host, HostState};
use packhorse_model::problem::Problem;
use packhorse_model::selector::LabelSelector;
use packhorse_model::topology::ModulePath;
use packhorse_store::hosts::{self, Filter, Seen};
use packhorse_store::topology;
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::PageQuery;
use crate::presence;

/// Which hosts.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HostQuery {
    /// Of this module: BUSINESS/SYSTEM/MODULE.
    #[param(value_type = Option<String>)]
    module: Option<ModulePath>,
    /// In this state.
    state: Option<HostState>,
    /// With this in the name or address.
    search: Option<String>,
    /// With such labels: `env=prod,zone in (a,b),!legacy`.
    #[param(value_type = Option<String>)]
    labels: Option<LabelSelector>,
}

/// The hosts, by name.
#[utoipa::path(
    get, path = "/api/v1/hosts", operation_id = "list_hosts", tag = "hosts",
    params(HostQuery, PageQuery),
    responses((status = 200, body = Page<Host>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(query): Query<HostQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Host>>, ApiError> {
    let after: Option<HostName> = page.after()?;
    let mut reader = app.store.read().await?;
    let module = match &query.module {
        None => None,
        Some(path) => {
            let found = topology::module(&mut reader, path).await?;
            Some(found.ok_or_else(|| ApiError::not_found("module", path))?)
        }
    };
    let cutoff = presence::cutoff(app.clock.now(), app.config.host_offline_after);
    let seen = query.state.map(|state| match state {
        HostState::Online => Seen::Since(cutoff),
        HostState::Offline => Seen::Before(cutoff),
    });
    let filter =
        Filter { module, seen, search: query.search.filter(|search| !search.is_empty()), labels: query.labels };
    let rows = hosts::list(&mut reader, &filter, after.as_ref(), page.limit() + 1).await?;
    let total = hosts::count(&mut reader, &filter).await?;
    let rows = rows.into_iter().map(|row| super::host(&app, row)).collect();
    Ok(Json(page.page(rows, total, |last: &Host| last.name.to_string())))
}
