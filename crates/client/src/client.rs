//! One connection pool to one server, and how a request is sent, repeated and understood.

use std::time::Duration;

use packhorse_model::problem::Problem;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderValue, ORIGIN};
use reqwest::{ClientBuilder, Method, RequestBuilder, Response, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::access::Access;
use crate::error::{ClientError, UrlError};
use crate::key::IdempotencyKey;

/// Waits before the second and third try of a request whose connection failed: enough for a server that is being
/// restarted behind a socket, short enough for a person at a terminal.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(400)];
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A server that says nothing for so long, or does not acknowledge what it is sent, is taken for gone; it sends something more
/// often on every stream.
const SILENCE: Duration = Duration::from_secs(60);
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// More than any error that a server writes.
const MAX_ERROR_BYTES: usize = 64 << 10;

/// A client of one server.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    /// For uploads: a server says nothing while it is sent a body, and that may take hours.
    uploads: reqwest::Client,
    base: Url,
}

impl Client {
    /// A client of the server at `base`, such as `http://127.0.0.1:7433`.
    ///
    /// # Errors
    /// When HTTP cannot be set up: no certificates of authorities on this machine for an `https` address, or an
    /// access text that cannot stand in a header.
    pub fn new(base: Url, access: &Access) -> Result<Self, ClientError> {
        let mut headers = HeaderMap::new();
        match access {
            Access::Anonymous => {}
            Access::Token(token) => {
                headers.insert(AUTHORIZATION, secret(&format!("Bearer {}", token.reveal()))?);
            }
            Access::Session(cookie) => {
                headers.insert(COOKIE, secret(cookie.reveal())?);
                // The server takes changes by cookie only from its own pages; this says that no other page asks.
                headers.insert(ORIGIN, secret(&base.origin().ascii_serialization())?);
            }
        }
        let build = |builder: ClientBuilder| builder.build().map_err(|error| ClientError::Setup(error.to_string()));
        let http = build(common(&base, &headers).read_timeout(SILENCE))?;
        let uploads = build(common(&base, &headers).tcp_user_timeout(SILENCE))?;
        Ok(Self { http, uploads, base })
    }

    /// Reads the address of a server.
    ///
    /// # Errors
    /// When it is not `http://HOST[:PORT]` or `https://HOST[:PORT]`, with an optional path and nothing behind it.
    pub fn parse_url(text: &str) -> Result<Url, UrlError> {
        let refuse = |rule| UrlError { text: text.to_owned(), rule };
        let example = "write it as http://127.0.0.1:7433 or https://packhorse.example.com";
        let mut url = Url::parse(text).map_err(|_| refuse(example))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return Err(refuse(example));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("user and password do not belong into it; use `packhorse login`"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("it has a ? or # part"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(url)
    }

    /// The address of the server, without a slash at its end.
    #[must_use]
    pub fn address(&self) -> String {
        self.base.as_str().trim_end_matches('/').to_owned()
    }

    /// The URL of an endpoint; each part of the path is escaped, so that a name never becomes another path.
    pub(crate) fn url<S: AsRef<str>>(&self, path: &[S]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", "v1"]).extend(path);
        }
        url
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, url: Url) -> Result<T, ClientError> {
        read(self.send(|| self.http.get(url.clone())).await?).await
    }

    pub(crate) async fn post<B: Serialize + ?Sized, T: DeserializeOwned>(
        &self,
        url: Url,
        body: &B,
        key: &IdempotencyKey,
    ) -> Result<T, ClientError> {
        read(self.send(|| self.keyed(url.clone(), key).json(body)).await?).await
    }

    /// A POST that needs nothing said.
    pub(crate) async fn order<T: DeserializeOwned>(&self, url: Url, key: &IdempotencyKey) -> Result<T, ClientError> {
        read(self.send(|| self.keyed(url.clone(), key)).await?).await
    }

    pub(crate) async fn put<B: Serialize + ?Sized, T: DeserializeOwned>(
        &self,
        url: Url,
        body: &B,
    ) -> Result<T, ClientError> {
        read(self.send(|| self.http.put(url.clone()).json(body)).await?).await
    }

    /// A PUT whose address says everything.
    pub(crate) async fn put_empty(&self, url: Url) -> Result<(), ClientError> {
        self.send(|| self.http.put(url.clone())).await.map(drop)
    }

    pub(crate) async fn delete(&self, url: Url) -> Result<(), ClientError> {
        self.send(|| self.http.delete(url.clone())).await.map(drop)
    }

    /// A POST under a key, to be given a body.
    pub(crate) fn keyed(&self, url: Url, key: &IdempotencyKey) -> RequestBuilder {
        self.http.post(url).header(IDEMPOTENCY_KEY, key.to_string())
    }

    /// A POST under a key whose body may take any time, as long as the server takes some of it now and then.
    pub(crate) fn uploading(&self, url: Url, key: &IdempotencyKey) -> RequestBuilder {
        self.uploads.post(url).header(IDEMPOTENCY_KEY, key.to_string())
    }

    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.http.request(method, url)
    }

    /// Sends what `make` makes, again if there was no answer or one that says "not now", and returns the answer if it is
    /// a success.
    pub(crate) async fn send(&self, make: impl Fn() -> RequestBuilder) -> Result<Response, ClientError> {
        let mut pauses = PAUSES.iter();
        loop {
            let failure = match self.send_once(make()).await {
                Ok(response) => return Ok(response),
                Err(failure) => failure,
            };
            match pauses.next() {
                Some(pause) if is_passing(&failure) => {
                    tracing::debug!(error = %failure, ?pause, "sending again");
                    tokio::time::sleep(*pause).await;
                }
                _ => return Err(failure),
            }
        }
    }

    /// Sends one request once, and returns the answer if it is a success.
    pub(crate) async fn send_once(&self, request: RequestBuilder) -> Result<Response, ClientError> {
        let response = request.send().await.map_err(|error| self.transport(&error))?;
        if response.status().is_success() { Ok(response) } else { Err(refusal(response).await) }
    }

    /// What a failed exchange means.
    pub(crate) fn transport(&self, error: &reqwest::Error) -> ClientError {
        ClientError::unreachable(&self.base, error)
    }
}

/// What all connections to a server have in common.
fn common(base: &Url, headers: &HeaderMap) -> ClientBuilder {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("packhorse/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers.clone())
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT);
    // Plain HTTP must work on a machine that has no certificates of authorities.
    if base.scheme() == "http" { builder.tls_certs_only([]) } else { builder }
}

/// Whether the same request may well succeed a moment later.
fn is_passing(error: &ClientError) -> bool {
    match error {
        ClientError::Unreachable { .. } => true,
        ClientError::Problem(problem) => matches!(problem.status, 502..=504),
        _ => false,
    }
}

fn secret(text: &str) -> Result<HeaderValue, ClientError> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| ClientError::Setup("the token holds characters that no token has".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Reads an answer that is a success.
pub(crate) async fn read<T: DeserializeOwned>(response: Response) -> Result<T, ClientError> {
    let url = response.url().clone();
    let bytes = response.bytes().await.map_err(|error| ClientError::unreachable(&url, &error))?;
    serde_json::from_slice(&bytes).map_err(|error| ClientError::unexpected(&url, error.to_string()))
}

/// What an answer that is no success says. The body is read only as far as an error could be long.
async fn refusal(mut response: Response) -> ClientError {
    let (url, status) = (response.url().clone(), response.status());
    let is_json = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.split(';').next().is_some_and(|kind| kind.trim().ends_with("json")));
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        if body.len() + chunk.len() > MAX_ERROR_BYTES {
            break;
        }
        body.extend_from_slice(&chunk);
    }
    match serde_json::from_slice::<Problem>(&body) {
        Ok(problem) if is_json => ClientError::Problem(Box::new(problem)),
        _ if is_gateway(status) => ClientError::Unreachable {
            url: url.origin().ascii_serialization(),
            cause: format!("a gateway on the way answered {status}"),
        },
        _ => ClientError::unexpected(&url, format!("status {status}")),
    }
}

fn is_gateway(status: StatusCode) -> bool {
    matches!(status, StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT)
}

/// Asks for one media type.
pub(crate) fn accepting(request: RequestBuilder, media_type: &'static str) -> RequestBuilder {
    request.header(ACCEPT, media_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses_and_says_what_is_wrong_with_others() {
        assert_eq!(Client::parse_url("http://127.0.0.1:7433/").unwrap().as_str(), "http://127.0.0.1:7433/");
        assert_eq!(Client::parse_url("https://site/ph/").unwrap().as_str(), "https://site/ph");
        for text in ["127.0.0.1:7433", "ftp://x", "http://", "http://u:p@x", "http://x/?a", ""] {
            assert!(Client::parse_url(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_name_never_becomes_another_path() {
        let client = Client::new(Client::parse_url("http://x/ph").unwrap(), &Access::Anonymous).unwrap();
        let url = client.url(&["hosts", "a/../b?c#d"]);
        assert_eq!(url.as_str(), "http://x/ph/api/v1/hosts/a%2F..%2Fb%3Fc%23d");
        assert_eq!(client.address(), "http://x/ph");
    }
}
