//! `POST /api/v1/locks`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::guard_rails::{AddLock, Lock};
use packhorse_model::problem::Problem;
use packhorse_store::guard_rails;
use serde_json::json;

use crate::access::CallerTx;
use crate::api::remark;
use crate::engine::guard;
use crate::error::ApiError;

/// Locks at most: all of them are looked at whenever something may start.
const MOST: u64 = 200;

/// Locks deployments: nothing new starts in the scope until the lock is removed. What has begun to switch comes to its end.
#[utoipa::path(
    post, path = "/api/v1/locks", operation_id = "add_lock", tag = "guard rails",
    request_body = AddLock,
    responses((status = 201, body = Lock), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(mut call: CallerTx<AddLock>) -> Result<Response, ApiError> {
    let AddLock { scope, message } = call.input.clone();
    let message = remark::required(&message, "say why, for those whom the lock holds up")?;
    guard::known_scope(call.conn(), &scope).await?;
    guard_rails::lock(call.conn()).await?;
    if guard_rails::count_locks(call.conn()).await? >= MOST {
        return Err(ApiError::conflict("too_many_locks", format!("there are {MOST} locks already"))
            .hint("remove those that nobody needs"));
    }
    let lock = Lock {
        id: call.app.random.id(call.now),
        scope,
        message,
        created_by: call.caller.name.clone(),
        created_at: call.now,
    };
    guard_rails::insert_lock(call.conn(), &lock).await?;
    call.audit("lock.add", &lock.scope, json!({ "lock": lock.id, "message": lock.message, "user": lock.created_by }));
    let app = call.app.clone();
    let response = call.finish(StatusCode::CREATED, &lock).await?;
    app.wake.reconcile();
    Ok(response)
}
