//! `POST /api/v1/drafts/{id}/publish`

use axum::response::Response;
use packhorse_model::api::drafts::{PublishDraft, Published, RefusedProblem};
use packhorse_model::ids::DraftId;
use packhorse_model::problem::Problem;

use super::check_build;
use crate::access::CallerRequest;
use crate::drafts::{self, DraftError};
use crate::extract::Path;

/// Freezes a draft: it becomes a version, as if it had been pushed.
#[utoipa::path(
    post, path = "/api/v1/drafts/{id}/publish", operation_id = "publish_draft", tag = "drafts",
    params(("id" = DraftId, Path, description = "The draft.")),
    request_body = PublishDraft,
    responses(
        (status = 201, body = Published),
        (status = 422, body = RefusedProblem, description = "Lint refuses it"),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn handler(
    Path(id): Path<DraftId>,
    request: CallerRequest<PublishDraft>,
) -> Result<Response, DraftError> {
    check_build(request.input.build.as_ref())?;
    Box::pin(drafts::publish(id, request)).await
}
