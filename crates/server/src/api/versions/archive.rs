//! `GET /api/v1/packages/{package}/versions/{version}/archive`

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use packhorse_model::api::packages::KeptAs;
use packhorse_model::problem::Problem;
use packhorse_model::{PackageName, VersionNumber};
use serde::Deserialize;

use super::find;
use super::packed::{self, Form};
use crate::access::Caller;
use crate::app::App;
use crate::download::{Caching, Download, Sent};
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::objects::{Library, write_archive};
use crate::streams;

/// What is given out.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// The files of the version, packed anew in this form, instead of the archive as it was uploaded. The same version always gives the same bytes.
    #[serde(rename = "as")]
    #[param(inline)]
    form: Option<Form>,
}

/// The archive of a version, exactly as it was uploaded. Answers ranges. If what is made from a recipe is not the archive, the answer breaks off
/// before its announced end.
///
/// With `as`, the files of the version packed anew; the length is not known beforehand, and ranges are not answered.
#[utoipa::path(
    get, path = "/api/v1/packages/{package}/versions/{version}/archive", operation_id = "download_archive", tag = "packages",
    params(("package" = PackageName, Path), ("version" = VersionNumber, Path), Asked),
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
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let found = find(&app, &package, &version).await?;
    if let Some(form) = asked.form {
        return packed::answer(&app, &found, form).await;
    }
    let archive = &found.detail.archive;
    let size = archive.size;
    let download = Download {
        kind: Sent::Archive,
        size,
        etag: archive.sha256.clone(),
        file_name: Some(archive.file_name.clone()),
        caching: Caching::Never,
    };
    let open = async |range: std::ops::Range<u64>| {
        if found.detail.archive.kept_as != KeptAs::Recipe {
            let original = app.objects.originals.read(&found.content.archive_blake3, range).await;
            return original.map(Body::from_stream).map_err(ApiError::internal);
        }
        let gzip = found.content.gzip_recipe.as_deref().map(serde_json::from_str).transpose();
        let gzip = gzip.map_err(ApiError::internal)?;
        let library = Library::new(app.store.clone(), app.objects.clone());
        Ok(streams::body(range, size, move |out| library.noting(write_archive(&library, &found, gzip, out))))
    };
    download.answer(&headers, open).await
}
