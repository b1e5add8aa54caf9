//! `GET /api/v1/packages/{package}/versions/{version}/archive`

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use packhorse_model::api::packages::KeptAs;
use packhorse_model::problem::Problem;
use packhorse_model::{PackageName, VersionNumber};

use super::find;
use crate::access::Caller;
use crate::app::App;
use crate::download::{Caching, Download, Sent};
use crate::error::ApiError;
use crate::extract::Path;
use crate::objects::{Library, write_archive};
use crate::streams;

/// The archive of a version, exactly as it was uploaded. Answers ranges. If what is made from a recipe is not the archive, the answer breaks off
/// before its announced end.
#[utoipa::path(
    get, path = "/api/v1/packages/{package}/versions/{version}/archive", operation_id = "download_archive", tag = "packages",
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
    let (size, file_name, sha256) =
        (found.detail.archive.size, found.detail.archive.file_name.clone(), found.detail.archive.sha256.clone());
    let range = asked_range(&headers, size)?;
    let (start, end) = range.unwrap_or((0, size));
    let body = open(&app, found, start, end).await?;

    let mut response = Response::new(body);
    let text = |text: String| HeaderValue::try_from(text).map_err(ApiError::internal);
    if range.is_some() {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let content_range = text(format!("bytes {start}-{}/{size}", end.saturating_sub(1)))?;
        response.headers_mut().insert(header::CONTENT_RANGE, content_range);
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(end - start));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, text(format!("\"{sha256}\""))?);
    headers.insert(header::CONTENT_DISPOSITION, text(disposition(&file_name))?);
    Ok(response)
}

/// A file name of any script, for browsers (RFC 6266).
fn disposition(file_name: &str) -> String {
    let plain: String =
        file_name.chars().map(|c| if c.is_ascii_alphanumeric() || "-._+".contains(c) { c } else { '_' }).collect();
    let encoded: String = file_name
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-._".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// From where to before where, if a single range is asked for.
pub(super) fn asked_range(headers: &HeaderMap, size: u64) -> Result<Option<(u64, u64)>, ApiError> {
pub(crate) fn asked_range(headers: &HeaderMap, size: u64) -> Result<Option<(u64, u64)>, ApiError> {
    let Some(value) = headers.get(header::RANGE).and_then(|value| value.to_str().ok()) else { return Ok(None) };
    let Some((first, last)) = value.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Ok(None);
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
        Ok(streams::body(range, size, move |out| write_archive(&library, &found, gzip, out)))
    };
    if range.0 >= range.1 {
        return Err(ApiError::new(StatusCode::RANGE_NOT_SATISFIABLE, "range", format!("there are {size} bytes")));
    }
    Ok(Some(range))
}

async fn open(app: &App, version: StoredVersion, start: u64, end: u64) -> Result<Body, ApiError> {
    if version.detail.archive.kept_as != KeptAs::Recipe {
        let original = app.objects.originals.read(&version.content.archive_blake3, start..end).await;
        return original.map(Body::from_stream).map_err(ApiError::internal);
    }
    let recipe: Option<GzipRecipe> =
        version.content.gzip_recipe.as_deref().map(serde_json::from_str).transpose().map_err(ApiError::internal)?;
    let library = Library::new(app.store.clone(), app.objects.clone());
    Ok(streams::body(start, end, move |out| match recipe {
        Some(recipe) => regenerate(&library, &version, &recipe, out),
        None => uncompressed(&library, &version, |mut archive| std::io::copy(&mut archive, out).map(drop)),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn understands_single_ranges() {
        let asked = |range: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_static(range));
            asked_range(&headers, 100).map_err(|error| error.problem().status)
        };
        assert_eq!(asked("bytes=0-"), Ok(Some((0, 100))));
        assert_eq!(asked("bytes=10-19"), Ok(Some((10, 20))));
        assert_eq!(asked("bytes=90-1000"), Ok(Some((90, 100))));
        assert_eq!(asked("bytes=-5"), Ok(Some((95, 100))));
        assert_eq!(asked("bytes=100-"), Err(416));
        assert_eq!(asked("lines=1-2"), Ok(None));
    }

    #[test]
    fn file_names_cannot_leave_their_header() {
        assert_eq!(
            disposition("a\"\r\n配.tgz"),
            "attachment; filename=\"a____.tgz\"; filename*=UTF-8''a%22%0D%0A%E9%85%8D.tgz"
        );
    }
    download.answer(&headers, open).await
}
