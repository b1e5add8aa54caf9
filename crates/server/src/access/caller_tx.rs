//! A person or CI with the body read and a transaction open: the only way in which handlers change rows.
//!
//! The order is what makes it safe: first who, then the whole body, then the transaction. So nobody unknown makes us read a body, and no slow
//! client holds the one writer.

use std::fmt::Display;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use jiff::Timestamp;
use packhorse_model::Digest;
use packhorse_model::problem::MEDIA_TYPE;
use packhorse_store::audit::NewEntry;
use packhorse_store::idempotency::{self, Claim};
use packhorse_store::{Conn, Tx};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::caller::Caller;
use crate::app::App;
use crate::error::ApiError;

/// The longest body of a request that changes rows. What is longer is content, and streams.
const LONGEST_BODY: usize = 1 << 20;
/// How long such a body may take to come in.
const BODY_TIME: Duration = Duration::from_secs(30);

/// Who is calling, what they ask for, and the transaction in which it happens.
///
/// A handler ends with [`CallerTx::finish`]; if it returns without, nothing has happened.
pub(crate) struct CallerTx<B = ()> {
    /// What every request shares.
    pub(crate) app: App,
    /// Who.
    pub(crate) caller: Caller,
    /// When: one time for everything in the transaction.
    pub(crate) now: Timestamp,
    /// The body.
    pub(crate) input: B,
    tx: Tx,
    key: Option<String>,
}

/// Reads a small JSON body, of a request whose caller is known by something else than what [`CallerTx`] looks at.
pub(crate) async fn read_body<T: DeserializeOwned>(body: Body) -> Result<T, ApiError> {
    parse(&collect(body).await?)
}

async fn collect(body: Body) -> Result<Bytes, ApiError> {
    collect_up_to(body, LONGEST_BODY).await
}

async fn collect_up_to(body: Body, longest: usize) -> Result<Bytes, ApiError> {
    let read = tokio::time::timeout(BODY_TIME, Limited::new(body, longest).collect());
    let Ok(read) = read.await else {
        return Err(ApiError::new(
            StatusCode::REQUEST_TIMEOUT,
            "body_too_slow",
            "the body of the request did not come in time",
        ));
    };
    match read {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            format!("the body of the request may have {longest} bytes"),
        )),
        Err(_) => Err(ApiError::bad_request("body_cut_off", "the body of the request was cut off")),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // `()` is what JSON calls null, so that requests without a body need no type of their own.
    let bytes = if bytes.is_empty() { b"null" } else { bytes };
    serde_json::from_slice(bytes).map_err(|error| {
        ApiError::invalid("bad_body", "the body of the request is not what it should be").detail(error.to_string())
    })
}

impl<B> CallerTx<B> {
    /// The transaction, for store functions.
    pub(crate) fn conn(&mut self) -> &mut Conn {
        &mut self.tx
    }

    /// The transaction, for what writes audit entries of its own.
    pub(crate) fn tx(&mut self) -> &mut Tx {
        &mut self.tx
    }

    /// Notes in the audit log what is being done.
    pub(crate) fn audit(&mut self, action: &'static str, object: impl Display, detail: serde_json::Value) {
        let (at, actor) = (self.now, self.caller.actor());
        self.tx.audit(NewEntry { at, actor, action, object: object.to_string(), detail });
    }

    /// Commits, and answers with a body.
    pub(crate) async fn finish(self, status: StatusCode, reply: &impl Serialize) -> Result<Response, ApiError> {
        let reply = serde_json::to_string(reply).map_err(ApiError::internal)?;
        self.end(status, reply).await
    }

    /// Commits, and answers with a body that holds a secret: it is not kept for a repetition of the request, which is refused.
    pub(crate) async fn finish_secret(
        mut self,
        status: StatusCode,
        reply: &impl Serialize,
    ) -> Result<Response, ApiError> {
        let reply = serde_json::to_string(reply).map_err(ApiError::internal)?;
        if let Some(key) = &self.key {
            let gone = ApiError::conflict(
                "secret_shown",
                "this request was answered before, with a secret that is shown once",
            )
            .hint("if the reply was lost, delete what it made and make it anew");
            let gone = serde_json::to_string(gone.problem()).map_err(ApiError::internal)?;
            idempotency::answer(&mut self.tx, self.caller.user, key, StatusCode::CONFLICT.as_u16(), &gone).await?;
        }
        self.tx.commit().await?;
        Ok(answer(status, reply))
    }

    /// Commits, and answers 204.
    pub(crate) async fn finish_empty(self) -> Result<Response, ApiError> {
        self.end(StatusCode::NO_CONTENT, String::new()).await
    }

    async fn end(mut self, status: StatusCode, reply: String) -> Result<Response, ApiError> {
        if let Some(key) = &self.key {
            idempotency::answer(&mut self.tx, self.caller.user, key, status.as_u16(), &reply).await?;
        }
        self.tx.commit().await?;
        Ok(answer(status, reply))
    }
}

fn answer(status: StatusCode, reply: String) -> Response {
    if reply.is_empty() {
        return status.into_response();
    }
    let media_type = if status.is_success() { "application/json" } else { MEDIA_TYPE };
    let mut response = (status, reply).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// Who is calling and what they ask for, before any transaction: for handlers that have slow work to do before they change rows.
pub(crate) struct CallerRequest<B = ()> {
    /// What every request shares.
    pub(crate) app: App,
    /// Who.
    pub(crate) caller: Caller,
    /// When: one time for everything that the request does.
    pub(crate) now: Timestamp,
    /// The body.
    pub(crate) input: B,
    key: Option<Key>,
}

/// An idempotency key, and the digest of the request that came with it.
struct Key {
    name: String,
    request: Digest,
}

impl<B> CallerRequest<B> {
    /// Opens the transaction. If the same request was answered before, that answer is what the caller gets instead.
    pub(crate) async fn begin(self) -> Result<Result<CallerTx<B>, Response>, ApiError> {
        let Self { app, caller, now, input, key } = self;
        let mut tx = app.store.write().await?;
        if let Some(key) = &key {
            match idempotency::claim(&mut tx, caller.user, &key.name, &key.request, now).await? {
                Claim::New => {}
                Claim::Answered { status, reply } => {
                    let status = StatusCode::from_u16(status).map_err(ApiError::internal)?;
                    return Ok(Err(answer(status, reply)));
                }
                Claim::Other => {
                    return Err(ApiError::invalid(
                        "idempotency_key_reused",
                        "this Idempotency-Key was used for another request",
                    )
                    .hint("take a new key for each request, and the same one only to repeat it unchanged"));
                }
            }
        }
        Ok(Ok(CallerTx { app, caller, now, input, tx, key: key.map(|key| key.name) }))
    }
}

impl<B: DeserializeOwned + Send> FromRequest<App> for CallerRequest<B> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, app).await?;
        let name = idempotency_key(&parts)?;
        let bytes = collect(body).await?;
        let input = parse(&bytes)?;
        let key = name.map(|name| Key { name, request: request_digest(app, &parts, &bytes) });
        Ok(Self { app: app.clone(), caller, now: app.clock.now(), input, key })
    }
}

/// The longest document.
const LONGEST_DOCUMENT: usize = packhorse_model::foreign::project_xml::MAX_BYTES;

/// Who is calling, with a document of another format than JSON, as text.
pub(crate) struct DocumentRequest(pub(crate) CallerRequest<String>);

impl FromRequest<App> for DocumentRequest {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, app).await?;
        let name = idempotency_key(&parts)?;
        let bytes = collect_up_to(body, LONGEST_DOCUMENT).await?;
        let key = name.map(|name| Key { name, request: request_digest(app, &parts, &bytes) });
        let input = String::from_utf8(bytes.into()).map_err(|_| {
            ApiError::invalid("bad_body", "the document is not UTF-8").hint("convert it, and send it again")
        })?;
        Ok(Self(CallerRequest { app: app.clone(), caller, now: app.clock.now(), input, key }))
    }
}

impl<B: DeserializeOwned + Send> FromRequest<App> for CallerTx<B> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let request = CallerRequest::from_request(request, app).await.map_err(IntoResponse::into_response)?;
        request.begin().await.map_err(IntoResponse::into_response)?
    }
}

fn idempotency_key(parts: &http::request::Parts) -> Result<Option<String>, ApiError> {
    let Some(value) = parts.headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str() {
        Ok(key) if (1..=255).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(ApiError::bad_request(
            "bad_idempotency_key",
            "an Idempotency-Key has 1 to 255 visible ASCII characters",
        )),
    }
}

/// Keyed, since the body may be a secret that could be guessed.
fn request_digest(app: &App, parts: &http::request::Parts, body: &[u8]) -> Digest {
    let mut hasher = blake3::Hasher::new_keyed(app.vault.digest_key());
    for part in [parts.method.as_str().as_bytes(), parts.uri.to_string().as_bytes(), body] {
        hasher.update(&(part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    Digest::from(*hasher.finalize().as_bytes())
}
