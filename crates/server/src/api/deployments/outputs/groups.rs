//! `GET /api/v1/deployments/{id}/outputs`

use std::num::ParseIntError;
use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::script_outputs::OutputGroup;
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;
use packhorse_store::script_results::{self, GroupPlace};

use crate::access::Caller;
use crate::app::App;
use crate::engine::detail;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::paging::PageQuery;

/// The place of a group, as a cursor: `12 code-0-…`.
struct Cursor(GroupPlace);

impl FromStr for Cursor {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        let (hosts, id) = text.split_once(' ').unwrap_or((text, ""));
        Ok(Self(GroupPlace { hosts: hosts.parse()?, id: id.to_owned() }))
    }
}

/// The hosts at which a script has ended, in groups of those at which it ended in the same way and wrote the same; the largest group first. Of
/// hosts that are retried the last attempt counts.
#[utoipa::path(
    get, path = "/api/v1/deployments/{id}/outputs", operation_id = "list_output_groups", tag = "deployments",
    params(("id" = DeploymentId, Path, description = "The deployment."), PageQuery),
    responses((status = 200, body = Page<OutputGroup>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<DeploymentId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<OutputGroup>>, ApiError> {
    let mut reader = app.store.read().await?;
    detail::find(&mut reader, id).await?;
    let after = page.after::<Cursor>()?.map(|cursor| cursor.0);
    let rows = script_results::groups(&mut reader, id, after.as_ref(), page.limit() + 1).await?;
    let total = script_results::count_groups(&mut reader, id).await?;
    Ok(Json(page.page(rows, total, |last| format!("{} {}", last.hosts, last.id))))
}
