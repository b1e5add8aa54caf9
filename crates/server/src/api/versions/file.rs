//! `GET /api/v1/packages/{package}/versions/{version}/files/{*path}`

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use packhorse_content::ContentSource as _;
use packhorse_model::problem::Problem;
use packhorse_model::{PackageName, VersionNumber};

use super::find;
use crate::access::Caller;
use crate::app::App;
use crate::download::{Caching, Download, Sent};
use crate::error::ApiError;
use crate::extract::Path;
use crate::objects::{Library, content_of};
use crate::streams;

/// One file of a version. Answers ranges.
#[utoipa::path(
    get, path = "/api/v1/packages/{package}/versions/{version}/files/{*path}", operation_id = "download_file", tag = "packages",
    params(("package" = PackageName, Path), ("version" = VersionNumber, Path), ("path" = String, Path)),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path((package, version, path)): Path<(PackageName, VersionNumber, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let found = find(&app, &package, &version).await?;
    let library = Library::new(app.store.clone(), app.objects.clone());
    let named = format!("{path} in {package}@{version}");
    let opened = tokio::task::spawn_blocking(move || {
        let tree = library.tree(&found.detail.summary.tree, found.content.tree_size).map_err(ApiError::content)?;
        let entry = tree.get(&path).filter(|entry| matches!(entry.kind, packhorse_content::EntryKind::File { .. }));
        let entry = entry.ok_or_else(|| {
            ApiError::not_found("file", &named)
                .hint("`packhorse package show` and the tree of the version list its files")
        })?;
        let file = content_of(entry);
        let source = library.open(file).map_err(ApiError::content)?;
        Ok::<_, ApiError>((file, source, library))
    });
    let (file, source, library) = opened.await.map_err(ApiError::internal)??;
    let size = file.map_or(0, |file| file.size);
    let download = Download {
        kind: Sent::File,
        size,
        etag: file.map_or_else(|| "empty".to_owned(), |file| file.digest.to_string()),
        file_name: None,
        caching: Caching::Never,
    };
    let open = async |range: std::ops::Range<u64>| {
        Ok(file.map_or_else(Body::empty, |file| {
            streams::body(range, size, move |out| {
                let sent = source.read(&file.digest, file.size).and_then(|mut bytes| std::io::copy(&mut bytes, out));
                library.noting(sent).map(drop)
            })
        }))
    };
    download.answer(&headers, open).await
}
