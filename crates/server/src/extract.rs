//! axum's extractors with our errors.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts};
use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::error::ApiError;

/// Parameters of the path.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub(crate) struct Path<T>(pub(crate) T);

/// Parameters of the query.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ApiError))]
pub(crate) struct Query<T>(pub(crate) T);

/// A JSON body. For handlers that open no transaction; the others take it from [`crate::access::CallerTx`].
#[derive(Debug, FromRequest)]
#[from_request(via(axum::Json), rejection(ApiError))]
pub(crate) struct Json<T>(pub(crate) T);

/// A body of at most `most` bytes, which may come as slowly as the link is: for what is content, and small.
pub(crate) async fn bytes(body: Body, most: usize) -> Result<Bytes, ApiError> {
    match Limited::new(body, most).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            let title = format!("the body of the request may have {most} bytes");
            Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", title).hint("ask for less at a time"))
        }
        Err(_) => Err(ApiError::bad_request("body_cut_off", "the body of the request was cut off")
            .hint("send it again; nothing was changed")),
    }
}
