//! How bytes are given out: whole or by one range, with the headers of a download, counted.

use std::ops::Range;

use axum::body::Body;
use axum::response::Response;
use futures::TryStreamExt as _;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::error::ApiError;
use crate::metrics::TRANSFER_BYTES;

/// What is sent, for the count.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sent {
    /// An archive as it was uploaded.
    Archive,
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
            Self::Archive => "archive",
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

/// Whether the same address will give the same bytes for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caching {
    /// The address holds a digest of what is there.
    Forever,
    /// The address is a name.
    Never,
}

/// Bytes that are to be given out.
#[derive(Debug)]
pub(crate) struct Download {
    /// What they are.
    pub(crate) kind: Sent,
    /// How many there are.
    pub(crate) size: u64,
    /// What changes when they change.
    pub(crate) etag: String,
    /// The name under which a browser keeps them, if they are for people.
    pub(crate) file_name: Option<String>,
    /// How long they may be kept.
    pub(crate) caching: Caching,
}

impl Download {
    /// Answers with all bytes, or with the range that is asked for; `open` gives the bytes of a range.
    pub(crate) async fn answer<O>(
        self,
        asked: &HeaderMap,
        open: impl FnOnce(Range<u64>) -> O,
    ) -> Result<Response, ApiError>
    where
        O: Future<Output = Result<Body, ApiError>>,
    {
        let etag = text(format!("\"{}\"", self.etag))?;
        // A part of other bytes than those that the client has the beginning of would be of no use to it.
        let is_other = asked.get(header::IF_RANGE).is_some_and(|known| *known != etag);
        let range = if is_other { None } else { asked_range(asked, self.size)? };
        let sent = range.clone().unwrap_or(0..self.size);
        let mut response = Response::new(self.kind.counted(open(sent.clone()).await?));
        if range.is_some() {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            let content_range = format!("bytes {}-{}/{}", sent.start, sent.end.saturating_sub(1), self.size);
            response.headers_mut().insert(header::CONTENT_RANGE, text(content_range)?);
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(sent.end - sent.start));
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.insert(header::ETAG, etag);
        if let Some(name) = &self.file_name {
            headers.insert(header::CONTENT_DISPOSITION, text(disposition(name))?);
        }
        if self.caching == Caching::Forever {
            let forever = HeaderValue::from_static("private, max-age=31536000, immutable");
            headers.insert(header::CACHE_CONTROL, forever);
        }
        Ok(response)
    }
}

fn text(text: String) -> Result<HeaderValue, ApiError> {
    HeaderValue::try_from(text).map_err(ApiError::internal)
}

/// A file name of any script, for browsers (RFC 6266).
pub(crate) fn disposition(file_name: &str) -> String {
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

/// The range, if a single one is asked for.
fn asked_range(headers: &HeaderMap, size: u64) -> Result<Option<Range<u64>>, ApiError> {
    let Some(value) = headers.get(header::RANGE).and_then(|value| value.to_str().ok()) else { return Ok(None) };
    let Some((first, last)) = value.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Ok(None);
    };
    let (first, last) = (first.parse::<u64>().ok(), last.parse::<u64>().ok());
    let range = match (first, last) {
        (Some(first), last) => first..last.map_or(size, |last| size.min(last.saturating_add(1))),
        (None, Some(suffix)) => size.saturating_sub(suffix)..size,
        // More than one range, or none that we know: the whole is a right answer.
        (None, None) => return Ok(None),
    };
    if range.is_empty() {
        return Err(ApiError::new(StatusCode::RANGE_NOT_SATISFIABLE, "range", format!("there are {size} bytes"))
            .hint("ask for a range within them, or for all"));
    }
    Ok(Some(range))
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
        assert_eq!(asked("bytes=0-"), Ok(Some(0..100)));
        assert_eq!(asked("bytes=10-19"), Ok(Some(10..20)));
        assert_eq!(asked("bytes=90-1000"), Ok(Some(90..100)));
        assert_eq!(asked("bytes=-5"), Ok(Some(95..100)));
        assert_eq!(asked("bytes=100-"), Err(416));
        assert_eq!(asked("lines=1-2"), Ok(None));
    }

    #[tokio::test]
    async fn a_range_of_other_bytes_is_answered_with_all() {
        let status = async |known: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_static("bytes=1-"));
            headers.insert(header::IF_RANGE, HeaderValue::from_static(known));
            let (kind, caching) = (Sent::File, Caching::Forever);
            let download = Download { kind, size: 9, etag: "a".to_owned(), file_name: None, caching };
            download.answer(&headers, async |_| Ok(Body::empty())).await.unwrap().status().as_u16()
        };
        assert_eq!((status("\"a\"").await, status("\"b\"").await), (206, 200));
    }

    #[test]
    fn file_names_cannot_leave_their_header() {
        assert_eq!(
            disposition("a\"\r\n配.tgz"),
            "attachment; filename=\"a____.tgz\"; filename*=UTF-8''a%22%0D%0A%E9%85%8D.tgz"
        );
    }
}
