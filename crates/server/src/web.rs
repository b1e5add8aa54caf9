//! The console, built into the binary from `web/dist`.
//!
//! Files under `assets/` carry a hash in their name and never change; `index.html` names them and is looked at anew each time. Any other path is a
//! page of the console, which its own router finds. An asset that is not there is not there.

use axum::response::{Html, IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::error::ApiError;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Console;

const NOT_BUILT: &str = "<!doctype html><meta charset=\"utf-8\"><title>Packhorse</title>
<p>This server was built without its console. To have it, run <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code> and build the server again.
<p>The API is at <a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a>.";

/// What scripts, styles and connections the console may use: its own.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Answers whatever is no route.
pub(crate) async fn fallback(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let machine = ["api/", "agent/"].iter().any(|prefix| path.starts_with(prefix));
    if machine || !matches!(method, Method::GET | Method::HEAD) {
        return crate::router::nothing_here(uri).await.into_response();
    }
    if let Some(file) = Console::get(path).filter(|_| !path.is_empty()) {
        return respond(path, &file, &headers);
    }
    // What looks like a file at the top is one, not a page. Deeper down a dot may be of a host or a package: `hosts/web-1.example.com`.
    let at_the_top = !path.contains('/');
    if path.starts_with("assets/") || (at_the_top && path.contains('.')) {
        return ApiError::new(StatusCode::NOT_FOUND, "asset_not_found", format!("there is no file {}", uri.path()))
            .hint("load the page anew: the server was updated")
            .into_response();
    }
    match Console::get("index.html") {
        Some(index) => respond("index.html", &index, &headers),
        None => Html(NOT_BUILT).into_response(),
    }
}

fn respond(path: &str, file: &EmbeddedFile, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", hex::encode(file.metadata.sha256_hash()));
    let lasting = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = if headers.get(IF_NONE_MATCH).is_some_and(|known| known == tag.as_str()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let media_type = mime_guess::from_path(path).first_or_octet_stream();
        let mut response = file.data.clone().into_owned().into_response();
        if let Ok(value) = HeaderValue::from_str(media_type.as_ref()) {
            response.headers_mut().insert(CONTENT_TYPE, value);
        }
        response
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(lasting));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(ETAG, value);
    }
    response
}
