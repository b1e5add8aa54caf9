//! `GET /api/v1/packages/{package}/versions/{version}/full`

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use packhorse_model::problem::Problem;
use packhorse_model::{PackageName, VersionNumber};

use super::find;
use crate::access::Caller;
use crate::app::App;
use crate::download::Sent;
use crate::error::ApiError;
use crate::extract::Path;
use crate::objects::Library;
use crate::transfers::{TreeRef, send};

/// The files of a version as a tar under zstd: `curl … | tar --zstd -x`. Answers ranges.
#[utoipa::path(
    get, path = "/api/v1/packages/{package}/versions/{version}/full", operation_id = "download_full", tag = "packages",
    params(("package" = PackageName, Path), ("version" = VersionNumber, Path)),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path((package, version)): Path<(PackageName, VersionNumber)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let found = find(&app, &package, &version).await?;
    let tree = TreeRef { digest: found.detail.summary.tree, size: found.content.tree_size };
    let library = Library::new(app.store.clone(), app.objects.clone());
    let path = app.transfers.full(library, tree).await.map_err(ApiError::content)?;
    send(Sent::Full, &path, &tree.digest.to_string(), &headers).await
}
