//! `GET /agent/v1/files/{file}`

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use packhorse_content::ContentSource as _;
use packhorse_content::segment::FileRef;
use packhorse_model::Digest;
use packhorse_model::problem::Problem;
use packhorse_store::segments;

use crate::access::Agent;
use crate::app::App;
use crate::download::{Caching, Download, Sent};
use crate::error::ApiError;
use crate::extract::Path;
use crate::objects::Library;
use crate::streams;

/// One file, for a host whose old version was altered by hand. Answers ranges.
#[utoipa::path(
    get, path = "/agent/v1/files/{file}", operation_id = "agent_get_file", tag = "agents",
    params(("file" = Digest, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _agent: Agent,
    Path(file): Path<Digest>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut reader = app.store.read().await?;
    let recipe = segments::recipes(&mut reader, &[file]).await?.first().map(|row| row.size);
    let size = match recipe {
        Some(size) => Some(size),
        None => segments::locate(&mut reader, &[file]).await?.first().map(|row| u64::from(row.len)),
    };
    drop(reader);
    let size = size.ok_or_else(|| ApiError::not_found("file", file))?;
    let library = Library::new(app.store.clone(), app.objects.clone());
    let etag = file.to_string();
    let download = Download { kind: Sent::File, size, etag, file_name: None, caching: Caching::Forever };
    let open = async |range| {
        Ok(streams::body(range, size, move |out| {
            let sent = library
                .open([FileRef { digest: file, size }])
                .and_then(|source| std::io::copy(&mut source.read(&file, size)?, out));
            library.noting(sent).map(drop)
        }))
    };
    download.answer(&headers, open).await
}
