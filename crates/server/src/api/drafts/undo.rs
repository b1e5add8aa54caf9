//! `POST /api/v1/drafts/{id}/undo` and `/redo`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::drafts::{Accepted, ChangeKind, ConflictProblem, Undo};
use packhorse_model::ids::DraftId;
use packhorse_model::problem::Problem;

use crate::access::CallerTx;
use crate::drafts::{self, DraftError, Edit};
use crate::extract::Path;

/// Undoes an edit; the caller's last one, if none is named.
#[utoipa::path(
    post, path = "/api/v1/drafts/{id}/undo", operation_id = "undo_draft_edit", tag = "drafts",
    params(("id" = DraftId, Path, description = "The draft.")),
    request_body = Undo,
    responses(
        (status = 200, body = Accepted),
        (status = 409, body = ConflictProblem, description = "Something was changed since at the same paths"),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn undo(Path(id): Path<DraftId>, mut call: CallerTx<Option<Undo>>) -> Result<Response, DraftError> {
    let (by, at) = (call.caller.name.clone(), call.now);
    let revision = call.input.take().and_then(|undo| undo.revision);
    let draft = drafts::lock(call.conn(), id).await?;
    let edit = Edit { by: &by, at, kind: ChangeKind::Undo, title: "", seen: None };
    let accepted = drafts::undo(call.conn(), draft, revision, &edit).await?;
    answer(call, &accepted).await
}

/// Does an edit again that was undone; the one that the caller undid last, if none is named.
#[utoipa::path(
    post, path = "/api/v1/drafts/{id}/redo", operation_id = "redo_draft_edit", tag = "drafts",
    params(("id" = DraftId, Path, description = "The draft.")),
    request_body = Undo,
    responses(
        (status = 200, body = Accepted),
        (status = 409, body = ConflictProblem, description = "Something was changed since at the same paths"),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn redo(Path(id): Path<DraftId>, mut call: CallerTx<Option<Undo>>) -> Result<Response, DraftError> {
    let (by, at) = (call.caller.name.clone(), call.now);
    let revision = call.input.take().and_then(|undo| undo.revision);
    let draft = drafts::lock(call.conn(), id).await?;
    let edit = Edit { by: &by, at, kind: ChangeKind::Redo, title: "", seen: None };
    let accepted = drafts::redo(call.conn(), draft, revision, &edit).await?;
    answer(call, &accepted).await
}

async fn answer(call: CallerTx<Option<Undo>>, accepted: &Accepted) -> Result<Response, DraftError> {
    let app = call.app.clone();
    let response = call.finish(StatusCode::OK, accepted).await?;
    app.drafts.tell();
    Ok(response)
}
