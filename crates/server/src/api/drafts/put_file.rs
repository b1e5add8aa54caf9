//! `PUT /api/v1/drafts/{id}/files/{path}`

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use packhorse_model::api::drafts::{Accepted, ChangeKind, ConflictProblem, Expectation};
use packhorse_model::ids::DraftId;
use packhorse_model::problem::Problem;
use packhorse_store::collection;
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::drafts::{self, DraftError, Edit, Refusal, Step};
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::intake::write_content;

/// How the file is written.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct How {
    /// The mode, in octal; kept if not said, 644 for a new file.
    mode: Option<String>,
}

/// Writes a file of a draft, of any size. `If-Match` with the digest that was read, or `If-None-Match: *` for a file that must be new, is required;
/// `If-Match: *` takes whatever is there.
#[utoipa::path(
    put, path = "/api/v1/drafts/{id}/files/{*path}", operation_id = "put_draft_file", tag = "drafts",
    params(("id" = DraftId, Path, description = "The draft."), ("path" = String, Path, description = "The file."), How),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, body = Accepted),
        (status = 409, body = ConflictProblem, description = "Something else is there than was expected"),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    caller: Caller,
    Path((id, path)): Path<(DraftId, String)>,
    Query(how): Query<How>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, DraftError> {
    let expect = expectation(&headers)?;
    let mode = how.mode.as_deref().map(drafts::mode).transpose().map_err(Refusal::into_api)?;
    let path = drafts::place(&path).map_err(Refusal::into_api)?.ok_or_else(|| Refusal::Top.into_api())?;
    // Whoever writes into a draft that is not there, or is closed, should hear so before gigabytes have gone.
    drafts::find_open(&mut *app.store.read().await?, id).await?;
    let (file, stored) = drafts::store_body(&app, body).await?;

    let now = app.clock.now();
    let title = format!("write {path}");
    let edit = Edit { by: &caller.name, at: now, kind: ChangeKind::Edit, title: &title, seen: None };
    let mut tx = app.store.write().await?;
    let hold = collection::hold(&mut tx).await?;
    let draft = drafts::lock(&mut tx, id).await?;
    write_content(&mut tx, &hold, (&stored).into(), now).await?;
    let accepted = drafts::edit(&mut tx, draft, &[Step::Write { path, file, mode, expect }], &edit).await?;
    tx.commit().await?;
    app.drafts.tell();
    let tag = HeaderValue::try_from(format!("\"{}\"", file.digest)).map_err(ApiError::internal)?;
    Ok((StatusCode::OK, [(header::ETAG, tag)], Json(accepted)).into_response())
}

fn expectation(headers: &HeaderMap) -> Result<Expectation, ApiError> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::trim);
    match (text(header::IF_MATCH), text(header::IF_NONE_MATCH)) {
        (Some("*"), None) => Ok(Expectation::Present),
        (None, Some("*")) => Ok(Expectation::Absent),
        (Some(tag), None) => {
            let digest = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
            digest.and_then(|digest| digest.parse().ok()).map(Expectation::Content).ok_or_else(|| {
                ApiError::bad_request("bad_if_match", "If-Match is the digest of a file in quotation marks, or *")
                    .hint("send the ETag that came with the file")
            })
        }
        _ => Err(ApiError::new(
            StatusCode::PRECONDITION_REQUIRED,
            "expectation_missing",
            "say what must be there: If-Match with the digest that was read, or If-None-Match: * for a new file",
        )
        .hint("read the file first; its ETag is its digest")),
    }
}
