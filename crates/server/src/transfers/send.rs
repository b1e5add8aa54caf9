//! Sending a transfer: a file that never changes.

use std::io::SeekFrom;
use std::path::Path;

use axum::body::Body;
use axum::response::Response;
use http::HeaderMap;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use crate::download::{Caching, Download, Sent};
use crate::error::ApiError;

/// Bytes that are read at a time.
const BLOCK: usize = 256 << 10;

/// Sends a file that is known by `name`, or the range of it that is asked for.
pub(crate) async fn send(kind: Sent, path: &Path, name: &str, asked: &HeaderMap) -> Result<Response, ApiError> {
    let mut file = File::open(path).await.map_err(ApiError::internal)?;
    let size = file.metadata().await.map_err(ApiError::internal)?.len();
    let download = Download { kind, size, etag: name.to_owned(), file_name: None, caching: Caching::Forever };
    let open = async |range: std::ops::Range<u64>| {
        file.seek(SeekFrom::Start(range.start)).await.map_err(ApiError::internal)?;
        Ok(Body::from_stream(ReaderStream::with_capacity(file.take(range.end - range.start), BLOCK)))
    };
    download.answer(asked, open).await
}
