//! `GET /api/v1/hosts/{name}`

use axum::Json;
use axum::extract::State;
use packhorse_model::HostName;
use packhorse_model::api::hosts::Host;
use packhorse_model::problem::Problem;
use packhorse_store::hosts;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Path;

/// One host.
#[utoipa::path(
    get, path = "/api/v1/hosts/{name}", operation_id = "get_host", tag = "hosts",
    params(("name" = HostName, Path, description = "The host.")),
    responses((status = 200, body = Host), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(name): Path<HostName>,
) -> Result<Json<Host>, ApiError> {
    let found = hosts::by_name(&mut *app.store.read().await?, &name).await?;
    let stored = found.ok_or_else(|| ApiError::not_found("host", &name))?;
    Ok(Json(super::host(&app, stored)))
}
