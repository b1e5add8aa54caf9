//! `GET /api/v1/retention` and `PUT /api/v1/retention`

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::retention::{SetRetention, SiteRetention, StoredRetention};
use packhorse_model::problem::Problem;
use packhorse_store::{Conn, StoreError, retention};
use serde_json::json;

use super::check;
use crate::access::{Caller, CallerTx};
use crate::app::App;
use crate::error::ApiError;

/// The rule for packages that have none of their own.
#[utoipa::path(
    get, path = "/api/v1/retention", operation_id = "get_site_retention", tag = "packages",
    responses((status = 200, body = SiteRetention), (status = "4XX", body = Problem)),
)]
pub(crate) async fn get(State(app): State<App>, _caller: Caller) -> Result<Json<SiteRetention>, ApiError> {
    Ok(Json(site(&mut *app.store.read().await?).await?))
}

/// Changes the rule for packages that have none of their own. It is applied once a day.
#[utoipa::path(
    put, path = "/api/v1/retention", operation_id = "set_site_retention", tag = "packages",
    request_body = SetRetention,
    responses((status = 200, body = SiteRetention), (status = "4XX", body = Problem)),
)]
pub(crate) async fn set(mut call: CallerTx<SetRetention>) -> Result<Response, ApiError> {
    check(&call.input)?;
    let before = retention::of_site(call.conn()).await?.and_then(|said| said.rule);
    let said =
        StoredRetention { rule: call.input.rule.clone(), updated_by: call.caller.name.clone(), updated_at: call.now };
    retention::set_site(call.conn(), &said).await?;
    call.audit("retention.update", "site", json!({ "before": before, "after": said.rule }));
    let reply = site(call.conn()).await?;
    call.finish(StatusCode::OK, &reply).await
}

async fn site(conn: &mut Conn) -> Result<SiteRetention, StoreError> {
    Ok(SiteRetention { stored: retention::of_site(conn).await?, applied_at: retention::applied_at(conn).await? })
}
