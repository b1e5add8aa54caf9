//! `GET /api/v1/drafts/{id}/files/{path}`

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use packhorse_content::ContentSource as _;
use packhorse_content::segment::FileRef;
use packhorse_model::api::packages::TreeEntryKind;
use packhorse_model::ids::DraftId;
use packhorse_model::problem::Problem;
use packhorse_store::drafts::entries;

use crate::access::Caller;
use crate::app::App;
use crate::download::{Caching, Download, Sent};
use crate::drafts::find;
use crate::error::ApiError;
use crate::extract::Path;
use crate::objects::Library;
use crate::streams;

/// The content of a file of a draft. Its ETag is its digest. Answers ranges.
#[utoipa::path(
    get, path = "/api/v1/drafts/{id}/files/{*path}", operation_id = "get_draft_file", tag = "drafts",
    params(("id" = DraftId, Path, description = "The draft."), ("path" = String, Path, description = "The file.")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 304, description = "It has the digest of If-None-Match."),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path((id, path)): Path<(DraftId, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let file = file(&app, id, &path).await?;
    let tag = HeaderValue::try_from(format!("\"{}\"", file.digest)).map_err(ApiError::internal)?;
    if headers.get_all(header::IF_NONE_MATCH).iter().any(|value| value == tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
    // Named, so that a browser keeps it and never shows it: a page of somebody's draft must not run in the console's origin.
    let download = Download {
        kind: Sent::File,
        size: file.size,
        etag: file.digest.to_string(),
        file_name: Some(name),
        caching: Caching::Never,
    };
    let library = Library::new(app.store.clone(), app.objects.clone());
    let open = async |range: std::ops::Range<u64>| {
        Ok(streams::body(range, file.size, move |out| {
            let sent = library
                .open([file].into_iter().filter(|file| file.size > 0))
                .and_then(|source| std::io::copy(&mut source.read(&file.digest, file.size)?, out));
            library.noting(sent).map(drop)
        }))
    };
    download.answer(&headers, open).await
}

/// The file at a path of a draft.
async fn file(app: &App, id: DraftId, path: &str) -> Result<FileRef, ApiError> {
    let mut reader = app.store.read().await?;
    find(&mut reader, id).await?;
    let rows = entries::at(&mut reader, id, &[path.to_owned()]).await?;
    let state = rows.into_iter().find_map(|row| row.now);
    match state {
        Some(state) if state.kind == TreeEntryKind::File => {
            let digest = state.digest.ok_or_else(|| ApiError::internal("a file of a draft has no digest"))?;
            Ok(FileRef { digest, size: state.size })
        }
        Some(_) => Err(ApiError::invalid("draft_not_a_file", format!("{path:?} is not a file"))
            .hint("only files have content; the draft's entries say what it is")),
        None => Err(ApiError::not_found("entry", format!("{path:?} in draft {id}"))
            .hint(format!("`packhorse draft files {id}` shows what there is"))),
    }
}
