//! `DELETE /api/v1/drafts/{id}`

use axum::response::Response;
use packhorse_model::ids::DraftId;
use packhorse_model::problem::Problem;
use packhorse_store::drafts;
use serde_json::json;

use crate::access::CallerTx;
use crate::drafts::find;
use crate::error::ApiError;
use crate::extract::Path;

/// Throws a draft away, with everything in it that no version has.
#[utoipa::path(
    delete, path = "/api/v1/drafts/{id}", operation_id = "delete_draft", tag = "drafts",
    params(("id" = DraftId, Path, description = "The draft.")),
    responses((status = 204, description = "It is gone."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(id): Path<DraftId>, mut call: CallerTx) -> Result<Response, ApiError> {
    let draft = find(call.conn(), id).await?;
    drafts::delete(call.conn(), id).await?;
    call.audit("draft.delete", id, json!({ "package": draft.package, "revision": draft.revision }));
    let app = call.app.clone();
    let response = call.finish_empty().await?;
    app.drafts.tell();
    Ok(response)
}
