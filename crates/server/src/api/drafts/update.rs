//! `PUT /api/v1/drafts/{id}`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::drafts::{Accepted, ChangeKind, ConflictProblem, UpdateDraft};
use packhorse_model::ids::DraftId;
use packhorse_model::problem::Problem;

use super::check_build;
use crate::access::CallerTx;
use crate::drafts::{self, DraftError, Edit};
use crate::extract::Path;

/// Changes version, build and description of a draft.
#[utoipa::path(
    put, path = "/api/v1/drafts/{id}", operation_id = "update_draft", tag = "drafts",
    params(("id" = DraftId, Path, description = "The draft.")),
    request_body = UpdateDraft,
    responses(
        (status = 200, body = Accepted),
        (status = 409, body = ConflictProblem, description = "Somebody else changed them"),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn handler(Path(id): Path<DraftId>, mut call: CallerTx<UpdateDraft>) -> Result<Response, DraftError> {
    check_build(call.input.build.as_ref())?;
    let (app, input, by, at) = (call.app.clone(), call.input.clone(), call.caller.name.clone(), call.now);
    let draft = drafts::lock(call.conn(), id).await?;
    let title = "version, build or description";
    let edit = Edit { by: &by, at, kind: ChangeKind::Settings, title, seen: None };
    let accepted = drafts::settings(call.conn(), draft, &input, &edit).await?;
    let response = call.finish(StatusCode::OK, &accepted).await?;
    app.drafts.tell();
    Ok(response)
}
