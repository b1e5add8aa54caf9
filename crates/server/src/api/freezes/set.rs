//! `PUT /api/v1/freezes/{name}`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::guard_rails::{Freeze, SetFreeze};
use packhorse_model::name::FreezeName;
use packhorse_model::problem::Problem;
use packhorse_store::guard_rails;
use serde_json::json;

use crate::access::CallerTx;
use crate::api::remark;
use crate::engine::guard;
use crate::error::ApiError;
use crate::extract::Path;

/// Freezes at most: all of them are looked at whenever something may start.
const MOST: u64 = 200;

/// Makes a freeze, or changes it. While it holds, nothing new starts in its scope; what has begun to switch comes to its end.
#[utoipa::path(
    put, path = "/api/v1/freezes/{name}", operation_id = "set_freeze", tag = "guard rails",
    params(("name" = FreezeName, Path, description = "Its name.")), request_body = SetFreeze,
    responses((status = 200, body = Freeze), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(name): Path<FreezeName>, mut call: CallerTx<SetFreeze>) -> Result<Response, ApiError> {
    let SetFreeze { scope, schedule, message } = call.input.clone();
    schedule.check().map_err(|error| ApiError::invalid("bad_freeze", error.to_string()))?;
    let message = remark::optional(&message)?;
    guard::known_scope(call.conn(), &scope).await?;
    guard_rails::lock(call.conn()).await?;
    let before = guard_rails::find_freeze(call.conn(), &name).await?;
    if before.is_none() && guard_rails::count_freezes(call.conn()).await? >= MOST {
        return Err(ApiError::conflict("too_many_freezes", format!("there are {MOST} freezes already"))
            .hint("delete those that are over"));
    }
    let now = call.now;
    let holds_until = schedule.holds_until(now);
    let updated_by = call.caller.name.clone();
    let freeze = Freeze { name, scope, schedule, message, updated_by, updated_at: now, holds_until };
    guard_rails::put_freeze(call.conn(), &freeze).await?;
    let detail = json!({ "before": before, "after": freeze });
    call.audit("freeze.set", &freeze.name, detail);
    let app = call.app.clone();
    let response = call.finish(StatusCode::OK, &freeze).await?;
    app.wake.reconcile();
    Ok(response)
}
