//! The one way in which a request fails: a status, a stable code, and words that say what, where and what to do next.
//!
//! Nothing internal reaches the client: the cause of a 500 goes to the log.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Display;

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use packhorse_model::api::unresolved::UnresolvedVariable;
use packhorse_model::problem::{MEDIA_TYPE, Problem};
use packhorse_store::{AsStoreError, StoreError};

/// A failed request. One pointer wide, since every handler returns it.
#[derive(Debug)]
pub(crate) struct ApiError(Box<Failure>);

#[derive(Debug)]
struct Failure {
    problem: Problem,
    retry_after: Option<u32>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
    store: Option<StoreError>,
}

impl ApiError {
    /// An error with a status, a stable code, and a sentence.
    #[must_use]
    pub(crate) fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, title: impl Into<String>) -> Self {
        let code: Cow<'static, str> = code.into();
        let problem = Problem {
            status: status.as_u16(),
            code: code.into_owned(),
            title: title.into(),
            detail: None,
            hint: None,
            params: BTreeMap::new(),
            unresolved: Vec::new(),
        };
        Self(Box::new(Failure { problem, retry_after: None, cause: None, store: None }))
    }

    /// 400: the request itself is malformed.
    #[must_use]
    pub(crate) fn bad_request(code: &'static str, title: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, title)
    }

    /// 401: nobody, or nobody any more.
    #[must_use]
    pub(crate) fn unauthenticated(title: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", title)
            .hint("sign in, or send an API token as `Authorization: Bearer ph_…`")
    }

    /// 403: known, and not allowed.
    #[must_use]
    pub(crate) fn forbidden(code: &'static str, title: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, title)
    }

    /// 404 with the code `{what}_not_found`.
    #[must_use]
    pub(crate) fn not_found(what: &str, which: impl Display) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            format!("{}_not_found", what.replace(' ', "_")),
            format!("there is no {what} {which}"),
        )
        .param("which", which)
    }

    /// 409: true as the request is, what is there forbids it.
    #[must_use]
    pub(crate) fn conflict(code: &'static str, title: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, title)
    }

    /// 422: understood, and wrong.
    #[must_use]
    pub(crate) fn invalid(code: &'static str, title: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, title)
    }

    /// 500: our fault. The cause goes to the log only.
    #[must_use]
    pub(crate) fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let mut error = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the server failed");
        error.0.cause = Some(cause.into());
        error.hint("the server's log says why")
    }

    /// Stored content could not be read: damage that is known is told, anything else is our fault.
    #[must_use]
    pub(crate) fn content(error: std::io::Error) -> Self {
        let Some(damage) = packhorse_content::pack::Damage::of(&error) else {
            return match error.kind() {
                std::io::ErrorKind::ResourceBusy => Self::collected(),
                _ => Self::internal(error),
            };
        };
        Self::conflict("content_damaged", "content that is needed for this is damaged on the server's disk")
            .detail(damage.to_string())
            .hint("push the version again, from its archive: that brings the damaged parts anew; `packhorse storage verify` names all of them")
    }

    /// 503: content that a push found on the server was collected as garbage before the push was done.
    #[must_use]
    pub(crate) fn collected() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "content_collected",
            "content that this push rests on was collected as garbage meanwhile",
        )
        .hint("push again; nothing was changed")
        .retry_after(1)
    }

    /// Says what exactly, and where.
    #[must_use]
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.problem.detail = Some(detail.into());
        self
    }

    /// Says what to do next.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.problem.hint = Some(hint.into());
        self
    }

    /// Names something that the title says, for clients that have words of their own for the code.
    #[must_use]
    pub(crate) fn param(mut self, name: &'static str, value: impl Display) -> Self {
        self.0.problem.params.insert(name.to_owned(), value.to_string());
        self
    }

    /// Names the variables that come to nothing.
    #[must_use]
    pub(crate) fn unresolved(mut self, unresolved: Vec<UnresolvedVariable>) -> Self {
        self.0.problem.unresolved = unresolved;
        self
    }

    /// Says after how many seconds to try again.
    #[must_use]
    pub(crate) fn retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// The problem as the client will see it.
    #[must_use]
    pub(crate) fn problem(&self) -> &Problem {
        &self.0.problem
    }
}

impl AsStoreError for ApiError {
    fn as_store_error(&self) -> Option<&StoreError> {
        self.0.store.as_ref()
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let mut failed = match &error {
            StoreError::Busy | StoreError::Conflict => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "the database is busy")
                    .hint("try again in a moment; nothing was changed")
                    .retry_after(1)
            }
            StoreError::Full => {
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "disk_full", "the disk of the server's database is full")
                    .hint("make room on it and try again; nothing was changed")
            }
            StoreError::Unique => Self::conflict("exists", "something of this identity exists"),
            StoreError::Reference => {
                Self::conflict("in_use", "something else refers to this, or what this refers to is gone")
                    .hint("look again at what is there; it changed in the meantime")
            }
            StoreError::CommitUnknown(_) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "outcome_unknown",
                "the connection to the database was lost; the change may or may not be stored",
            )
            .hint("look whether it is, or repeat the request with the same Idempotency-Key"),
            _ => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the server failed")
                .hint("the server's log says why"),
        };
        failed.0.store = Some(error);
        failed
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        Self::new(rejection.status(), "bad_body", "the body of the request cannot be read")
            .detail(rejection.body_text())
    }
}

impl From<PathRejection> for ApiError {
    fn from(rejection: PathRejection) -> Self {
        Self::new(rejection.status(), "bad_path", "the address of the request cannot be read")
            .detail(rejection.body_text())
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(rejection.status(), "bad_query", "the query of the request cannot be read")
            .detail(rejection.body_text())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status.is_server_error() {
            let cause: &dyn Display = match (&self.0.store, &self.0.cause) {
                (Some(error), _) => &chain(error),
                (None, Some(error)) => &chain(error.as_ref()),
                (None, None) => &"",
            };
            tracing::error!(code = self.0.problem.code, %cause, "request failed");
        }
        let mut response = (status, axum::Json(self.0.problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// An error with all its causes, for the log.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
