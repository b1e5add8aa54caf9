//! `GET /api/v1/deployments/{id}/units`

use std::num::ParseIntError;
use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::deployments::Unit;
use packhorse_model::deployment::UnitState;
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;
use packhorse_store::units;
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::engine::detail;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::paging::PageQuery;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only of this batch, from 0.
    batch: Option<u32>,
    /// Only in this state.
    state: Option<UnitState>,
}

/// The place of a unit in its plan, as a cursor: `3.17`.
struct Cursor(units::Place);

impl FromStr for Cursor {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        let (batch, position) = text.split_once('.').unwrap_or((text, ""));
        Ok(Self(units::Place { batch: batch.parse()?, position: position.parse()? }))
    }
}

/// The units of a deployment's current plan, in its order.
#[utoipa::path(
    get, path = "/api/v1/deployments/{id}/units", operation_id = "list_units", tag = "deployments",
    params(("id" = DeploymentId, Path, description = "The deployment."), Filter, PageQuery),
    responses((status = 200, body = Page<Unit>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<DeploymentId>,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Unit>>, ApiError> {
    let filter = units::Filter { batch: filter.batch, state: filter.state, changed_after: None };
    let mut reader = app.store.read().await?;
    let plan = detail::find(&mut reader, id).await?.plan;
    let after = page.after::<Cursor>()?.map(|cursor| cursor.0);
    let rows = units::list(&mut reader, plan, &filter, after, page.limit() + 1).await?;
    let total = units::count(&mut reader, plan, &filter).await?;
    let page = page.page(rows, total, |last| format!("{}.{}", last.place.batch, last.place.position));
    Ok(Json(Page {
        items: page.items.into_iter().map(|placed| placed.unit).collect(),
        next: page.next,
        total,
        counted: page.counted,
    }))
}
