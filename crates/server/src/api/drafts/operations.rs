//! `POST /api/v1/drafts/{id}/operations`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::drafts::{Accepted, Batch, ChangeKind, ConflictProblem};
use packhorse_model::ids::DraftId;
use packhorse_model::problem::Problem;
use packhorse_store::collection;

use crate::access::CallerRequest;
use crate::drafts::{self, DraftError, Edit};
use crate::extract::Path;
use crate::intake::write_content;

/// Changes a draft: all of the operations, or none.
#[utoipa::path(
    post, path = "/api/v1/drafts/{id}/operations", operation_id = "change_draft", tag = "drafts",
    params(("id" = DraftId, Path, description = "The draft.")),
    request_body = Batch,
    responses(
        (status = 200, body = Accepted),
        (status = 409, body = ConflictProblem, description = "Something else is there than was expected"),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn handler(Path(id): Path<DraftId>, request: CallerRequest<Batch>) -> Result<Response, DraftError> {
    let app = request.app.clone();
    let batch = request.input.clone();
    let (files, stored) = drafts::store_texts(&app, drafts::texts(&batch.operations)).await?;
    let steps = drafts::checked(&batch.operations, &files).map_err(drafts::Refusal::into_api)?;
    let mut call = match request.begin().await? {
        Ok(call) => call,
        Err(answer) => return Ok(answer),
    };
    let (by, at) = (call.caller.name.clone(), call.now);
    let hold = collection::hold(call.conn()).await?;
    let draft = drafts::lock(call.conn(), id).await?;
    write_content(call.conn(), &hold, (&stored).into(), at).await?;
    let title = drafts::title(&batch.operations);
    let edit = Edit { by: &by, at, kind: ChangeKind::Edit, title: &title, seen: batch.seen };
    let accepted = drafts::edit(call.conn(), draft, &steps, &edit).await?;
    let response = call.finish(StatusCode::OK, &accepted).await?;
    app.drafts.tell();
    Ok(response)
}
