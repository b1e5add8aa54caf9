//! The agent's side of the agent protocol: HTTPS with the server's own authority, and after joining with a client certificate.
//!
//! Nothing here retries or remembers: that is the agent's. No redirect is ever followed and no proxy used, since an agent
//! speaks with the one server that it joined.

mod database_tests;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use packhorse_model::Digest;
use packhorse_model::ids::AttemptId;
use packhorse_model::order::{
    AttemptSecrets, JoinReply, JoinRequest, RenewReply, RenewRequest, SyncReply, SyncRequest,
};
use packhorse_model::problem::Problem;
use reqwest::{Certificate, Client, ClientBuilder, Identity, RequestBuilder, Response, StatusCode, Url, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the server may take to answer, beyond what it was asked to wait.
const ANSWER: Duration = Duration::from_secs(20);
/// How long the server may take to begin an answer: the longest wait of a sync, or the making of a large delta.
const FIRST_BYTE: Duration = Duration::from_secs(90);
/// How long a transfer may stand still.
const STALL: Duration = Duration::from_secs(30);
/// The largest answer that is read whole.
const LARGEST_ANSWER: usize = 64 << 20;
/// The largest certificate that is read.
const LARGEST_AUTHORITY: usize = 64 << 10;

/// Where the server is, and from where it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The address of the agent listener, such as `https://packhorse.example:7434`.
    pub url: Url,
    /// The local address to connect from; the system's choice if not said.
    pub from: Option<IpAddr>,
}

/// What could not be done, and why.
#[derive(Debug, thiserror::Error)]
pub enum AgentApiError {
    /// The address cannot be that of a server.
    #[error("{text:?} is not the address of an agent listener: {reason}")]
    Address {
        /// What was given.
        text: String,
        /// Why not.
        reason: String,
    },
    /// A certificate or key is not what it should be.
    #[error("the agent's certificate cannot be used: {0}")]
    Identity(#[source] reqwest::Error),
    /// No answer, or not all of it.
    #[error("no answer from {url}: {reason}")]
    Unreachable {
        /// The server.
        url: String,
        /// The innermost reason.
        reason: String,
    },
    /// The server said no, and why.
    #[error("{} ({}){}", .0.title, .0.code, .0.detail.as_ref().map(|detail| format!(": {detail}")).unwrap_or_default())]
    Refused(Box<Problem>),
    /// The server answered something that this agent does not understand.
    #[error("{url} answered something unexpected: {reason}")]
    Unexpected {
        /// The server.
        url: String,
        /// What.
        reason: String,
    },
}

impl AgentApiError {
    /// What the server refused, if it did.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        if let Self::Refused(problem) = self { Some(problem) } else { None }
    }

    /// Whether the server has no such thing.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.problem().is_some_and(|problem| problem.status == StatusCode::NOT_FOUND)
    }

    /// Whether the same request may succeed later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Unexpected { .. } => true,
            Self::Refused(problem) => problem.status >= 500 || problem.status == StatusCode::TOO_MANY_REQUESTS,
            Self::Address { .. } | Self::Identity(_) => false,
        }
    }
}

impl Endpoint {
    /// Reads an address. A path, a query and credentials have no meaning and are refused.
    ///
    /// # Errors
    /// [`AgentApiError::Address`].
    pub fn new(text: &str, from: Option<IpAddr>) -> Result<Self, AgentApiError> {
        let refuse = |reason: &str| AgentApiError::Address { text: text.to_owned(), reason: reason.to_owned() };
        let url: Url = text.parse().map_err(|_| refuse("write it as https://HOST:7434"))?;
        if url.scheme() != "https" {
            return Err(refuse("it must begin with https://"));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
            return Err(refuse("write it as https://HOST:7434, with nothing behind"));
        }
        Ok(Self { url, from })
    }

    /// The server's authority as PEM, from a server that nobody has vouched for yet: what comes must be checked against a
    /// fingerprint before anything else is sent.
    ///
    /// # Errors
    /// [`AgentApiError`].
    pub async fn authority_unverified(&self) -> Result<String, AgentApiError> {
        let http = self.client().tls_danger_accept_invalid_certs(true).build().map_err(AgentApiError::Identity)?;
        let api = AgentApi { http, endpoint: self.clone() };
        let request = api.http.get(api.url("agent/v1/authority")).timeout(ANSWER);
        let body = api.body(api.send(request).await?, LARGEST_AUTHORITY).await?;
        String::from_utf8(body).map_err(|_| api.unexpected("the authority is not text"))
    }

    /// Speaks with a server that shows a certificate of this authority (PEM), as nobody yet.
    ///
    /// # Errors
    /// [`AgentApiError::Identity`].
    pub fn trusting(&self, authority: &str) -> Result<AgentApi, AgentApiError> {
        let http = self.trusting_client(authority)?.build().map_err(AgentApiError::Identity)?;
        Ok(AgentApi { http, endpoint: self.clone() })
    }

    /// Speaks with a server of this authority as the holder of a certificate and key (PEM).
    ///
    /// # Errors
    /// [`AgentApiError::Identity`].
    pub fn with_identity(&self, authority: &str, certificate: &str, key: &str) -> Result<AgentApi, AgentApiError> {
        let identity =
            Identity::from_pem(format!("{key}\n{certificate}").as_bytes()).map_err(AgentApiError::Identity)?;
        let http = self.trusting_client(authority)?.identity(identity).build().map_err(AgentApiError::Identity)?;
        Ok(AgentApi { http, endpoint: self.clone() })
    }

    fn trusting_client(&self, authority: &str) -> Result<ClientBuilder, AgentApiError> {
        let authority = Certificate::from_pem(authority.as_bytes()).map_err(AgentApiError::Identity)?;
        Ok(self.client().tls_certs_only([authority]))
    }

    fn client(&self) -> ClientBuilder {
        Client::builder()
            .https_only(true)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .tcp_nodelay(true)
            .local_address(self.from)
            .user_agent(concat!("packhorse-agent/", env!("CARGO_PKG_VERSION")))
    }
}

/// What a host downloads. Immutable: a transfer that was cut goes on where it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transfer {
    /// A tree, whole.
    Full(Digest),
    /// From one tree to another.
    Delta {
        /// What is there.
        from: Digest,
        /// What shall be there.
        to: Digest,
    },
    /// One file.
    File(Digest),
}

impl Transfer {
    fn path(self) -> String {
        match self {
            Self::Full(tree) => format!("agent/v1/trees/{tree}/full"),
            Self::Delta { from, to } => format!("agent/v1/trees/{to}/delta/{from}"),
            Self::File(digest) => format!("agent/v1/files/{digest}"),
        }
    }
}

/// How a chunk of output was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputReply {
    /// It is stored.
    Stored,
    /// The server has this many bytes, and wants what follows them.
    Expected(u64),
}

/// The agent protocol.
#[derive(Debug, Clone)]
pub struct AgentApi {
    http: Client,
    endpoint: Endpoint,
}

impl AgentApi {
    /// Becomes a host.
    ///
    /// # Errors
    /// [`AgentApiError`].
    pub async fn join(&self, request: &JoinRequest) -> Result<JoinReply, AgentApiError> {
        self.post("agent/v1/join", request, ANSWER).await
    }

    /// Gets a certificate for a new key.
    ///
    /// # Errors
    /// [`AgentApiError`].
    pub async fn renew(&self, request: &RenewRequest) -> Result<RenewReply, AgentApiError> {
        self.post("agent/v1/renew", request, ANSWER).await
    }

    /// Reports up, assignment down.
    ///
    /// # Errors
    /// [`AgentApiError`].
    pub async fn sync(&self, request: &SyncRequest) -> Result<SyncReply, AgentApiError> {
        let wait = Duration::from_secs(u64::from(request.wait_seconds));
        self.post("agent/v1/sync", request, wait + ANSWER).await
    }

    /// The canonical bytes of a tree. The caller checks their digest.
    ///
    /// # Errors
    /// [`AgentApiError`].
    pub async fn tree(&self, tree: &Digest) -> Result<Vec<u8>, AgentApiError> {
        let url = self.url(&format!("agent/v1/trees/{tree}"));
        let response = self.send(self.http.get(url)).await?;
        self.body(response, LARGEST_ANSWER).await
    }

    /// Begins a transfer behind the first `offset` bytes.
    ///
    /// # Errors
    /// [`AgentApiError`]; not found if the server lacks what a delta starts from.
    pub async fn download(&self, transfer: Transfer, offset: u64) -> Result<Download, AgentApiError> {
        let mut request = self.http.get(self.url(&transfer.path()));
        if offset > 0 {
            request = request.header(header::RANGE, format!("bytes={offset}-"));
        }
        let response = self.send(request).await?;
        let skip = match response.status() {
            StatusCode::PARTIAL_CONTENT => 0,
            // A cache on the way may not know ranges.
            _ => offset,
        };
        Ok(Download { response, skip, url: self.endpoint.url.to_string() })
    }

    /// The secrets that an attempt may have. They are for memory and for the files that want them.
    ///
    /// # Errors
    /// [`AgentApiError`].
    pub async fn secrets(&self, attempt: AttemptId) -> Result<AttemptSecrets, AgentApiError> {
        let url = self.url(&format!("agent/v1/attempts/{attempt}/secrets"));
        let response = self.send(self.http.get(url).timeout(ANSWER)).await?;
        let body = self.body(response, LARGEST_ANSWER).await?;
        serde_json::from_slice(&body).map_err(|_| self.unexpected("secrets that cannot be read"))
    }

    /// Sends output of a step that follows the first `offset` bytes.
    ///
    /// # Errors
    /// [`AgentApiError`].
    pub async fn send_output(
        &self,
        attempt: AttemptId,
        index: u32,
        offset: u64,
        bytes: Vec<u8>,
    ) -> Result<OutputReply, AgentApiError> {
        let url = self.url(&format!("agent/v1/attempts/{attempt}/steps/{index}/output"));
        let request = self.http.post(url).query(&[("offset", offset)]).body(bytes).timeout(ANSWER);
        match self.send(request).await {
            Ok(_) => Ok(OutputReply::Stored),
            Err(AgentApiError::Refused(problem)) if problem.code == "output_offset" => {
                let expected = problem.detail.as_deref().and_then(|detail| detail.parse().ok());
                expected.map(OutputReply::Expected).ok_or_else(|| self.unexpected("an offset that is no number"))
            }
            Err(error) => Err(error),
        }
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        within: Duration,
    ) -> Result<T, AgentApiError> {
        let response = self.send(self.http.post(self.url(path)).json(body).timeout(within)).await?;
        let body = self.body(response, LARGEST_ANSWER).await?;
        serde_json::from_slice(&body).map_err(|error| self.unexpected(&error.to_string()))
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.endpoint.url.clone();
        url.set_path(path);
        url
    }

    /// Sends a request, and turns an answer that says no into an error.
    async fn send(&self, request: RequestBuilder) -> Result<Response, AgentApiError> {
        let response = match tokio::time::timeout(FIRST_BYTE, request.send()).await {
            Ok(response) => response.map_err(|error| self.unreachable(&Cut::Broken(error)))?,
            Err(_) => return Err(self.unreachable(&Cut::Stalled)),
        };
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let body = self.body(response, LARGEST_AUTHORITY).await.unwrap_or_default();
        let problem = serde_json::from_slice(&body).unwrap_or_else(|_| Problem {
            status: status.as_u16(),
            code: "http_status".to_owned(),
            title: format!("{} answered {status}", self.endpoint.url),
            detail: None,
            hint: None,
            params: BTreeMap::new(),
            unresolved: Vec::new(),
        });
        Err(AgentApiError::Refused(Box::new(problem)))
    }

    async fn body(&self, mut response: Response, most: usize) -> Result<Vec<u8>, AgentApiError> {
        let mut body = Vec::new();
        while let Some(piece) = next_piece(&mut response).await.map_err(|cut| self.unreachable(&cut))? {
            if body.len() + piece.len() > most {
                return Err(self.unexpected("more than this agent reads"));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    fn unreachable(&self, cut: &Cut) -> AgentApiError {
        AgentApiError::Unreachable { url: self.endpoint.url.to_string(), reason: cut.reason() }
    }

    fn unexpected(&self, reason: &str) -> AgentApiError {
        AgentApiError::Unexpected { url: self.endpoint.url.to_string(), reason: reason.to_owned() }
    }
}

/// A transfer that is coming in.
#[derive(Debug)]
pub struct Download {
    response: Response,
    skip: u64,
    url: String,
}

impl Download {
    /// What comes next; nothing at the end.
    ///
    /// # Errors
    /// [`AgentApiError::Unreachable`] if the connection was cut or stands still.
    pub async fn next(&mut self) -> Result<Option<Bytes>, AgentApiError> {
        loop {
            let piece = next_piece(&mut self.response).await;
            let piece =
                piece.map_err(|cut| AgentApiError::Unreachable { url: self.url.clone(), reason: cut.reason() })?;
            let Some(mut piece) = piece else { return Ok(None) };
            let skipped = usize::try_from(self.skip).map_or(piece.len(), |skip| skip.min(piece.len()));
            self.skip -= skipped as u64;
            let rest = piece.split_off(skipped);
            if !rest.is_empty() {
                return Ok(Some(rest));
            }
        }
    }
}

/// Why an answer did not come, or not all of it.
enum Cut {
    Broken(reqwest::Error),
    Stalled,
}

impl Cut {
    /// The reason at the bottom, which is the one that a person can act upon.
    fn reason(&self) -> String {
        match self {
            Self::Broken(error) if !error.is_timeout() => {
                let mut reason: &dyn std::error::Error = error;
                while let Some(source) = reason.source() {
                    reason = source;
                }
                reason.to_string()
            }
            Self::Broken(_) | Self::Stalled => "it took too long".to_owned(),
        }
    }
}

async fn next_piece(response: &mut Response) -> Result<Option<Bytes>, Cut> {
    match tokio::time::timeout(STALL, response.chunk()).await {
        Ok(piece) => piece.map_err(Cut::Broken),
        Err(_) => Err(Cut::Stalled),
    }
}

#[cfg(test)]
mod tests {
    use super::Endpoint;

    #[test]
    fn an_address_is_https_and_nothing_more() {
        for good in ["https://packhorse.example:7434", "https://10.0.0.1:7434/", "https://[::1]:7434"] {
            assert!(Endpoint::new(good, None).is_ok(), "{good}");
        }
        for bad in ["http://h:7434", "h:7434", "https://h/x", "https://u@h", "https://h?x", ""] {
            assert!(Endpoint::new(bad, None).is_err(), "{bad}");
        }
    }
}
