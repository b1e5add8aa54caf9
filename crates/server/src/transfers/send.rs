//! Sending a transfer: a file that never changes, by ranges, counted.

use std::path::Path;

use axum::body::Body;
use axum::response::Response;
use futures::TryStreamExt as _;
use http::{HeaderMap, HeaderValue, Request, header};
use tower::ServiceExt as _;
use tower_http::services::ServeFile;

use crate::error::ApiError;
use crate::metrics::TRANSFER_BYTES;

/// What is sent, for the count.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sent {
    /// A whole tree.
    Full,
    /// What leads from one tree to another.
    Delta,
    /// One file, or the list of a tree.
    File,
}

impl Sent {
    fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Delta => "delta",
            Self::File => "file",
        }
    }

    /// Counts what really goes out.
    pub(crate) fn counted(self, body: Body) -> Body {
        let counter = metrics::counter!(TRANSFER_BYTES, "kind" => self.word());
        Body::from_stream(body.into_data_stream().inspect_ok(move |bytes| counter.increment(bytes.len() as u64)))
    }
}

/// Sends a file that is known by `name`, or the range of it that is asked for.
pub(crate) async fn send(kind: Sent, path: &Path, name: &str, asked: &HeaderMap) -> Result<Response, ApiError> {
    let mut request = Request::new(Body::empty());
    for header in [header::RANGE, header::IF_RANGE] {
        if let Some(value) = asked.get(&header) {
            request.headers_mut().insert(header, value.clone());
        }
    }
    let media_type = HeaderValue::from_static("application/octet-stream");
    let served = ServeFile::new(path).oneshot(request).await.map_err(ApiError::internal)?;
    let (mut parts, body) = served.into_parts();
    parts.headers.insert(header::CONTENT_TYPE, media_type);
    // The bytes are a function of the address.
    parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    parts.headers.insert(header::ETAG, HeaderValue::try_from(format!("\"{name}\"")).map_err(ApiError::internal)?);
    parts.headers.remove(header::LAST_MODIFIED);
    Ok(Response::from_parts(parts, kind.counted(Body::new(body))))
}
