//! A server that speaks the agent protocol: one host, one attempt at a time, and grants as soon as they are due.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use packhorse_content::delta::make_delta;
use packhorse_content::transfer::write_full;
use packhorse_content::{ContentSource as _, MemorySource, Tree};
use packhorse_model::Digest;
use packhorse_model::ids::{AttemptId, DeploymentId, HostId, Identifier as _, UnitId};
use packhorse_model::order::Release;
use packhorse_model::order::{
    Assignment, AttemptOrder, AttemptResult, AttemptSecrets, Grant, InstanceReport, JoinReply, JoinRequest, Report,
    ReportEvent, SyncReply, SyncRequest, UnitOrder,
};
use rcgen::{CertificateParams, CertificateSigningRequestParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use sha2::Digest as _;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::package::{Version, add, add_config};

pub(crate) const SECRET: &str = "pht_secret";

/// What the server knows and does.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) source: MemorySource,
    pub(crate) trees: BTreeMap<Digest, Tree>,
    pub(crate) assignment: Assignment,
    /// Distinct reports, in the order in which they came.
    pub(crate) reports: Vec<Report>,
    pub(crate) instances: Vec<InstanceReport>,
    pub(crate) output: BTreeMap<(String, String), Vec<u8>>,
    /// Paths of transfers, with where they began.
    pub(crate) transfers: Vec<(String, u64)>,
    pub(crate) joined: Vec<JoinRequest>,
    /// Whether a healthy version is sent back when its bake should end.
    pub(crate) bake_fails: bool,
    /// The next full transfer is cut after so many bytes.
    pub(crate) cut_after: Option<usize>,
    /// What the attempts may have, and how often they asked.
    pub(crate) secrets: BTreeMap<String, String>,
    /// What they may have of it, encrypted.
    pub(crate) encrypted: BTreeMap<String, String>,
    pub(crate) secrets_asked: usize,
    attempts: u64,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) fingerprint: String,
    state: Arc<Mutex<State>>,
    changed: Arc<Notify>,
}

struct Shared {
    state: Arc<Mutex<State>>,
    changed: Arc<Notify>,
    issuer: Issuer<'static, KeyPair>,
    authority: String,
}

struct Request {
    method: String,
    path: String,
    query: String,
    range: u64,
    body: Vec<u8>,
}

struct Answer {
    status: u16,
    body: Vec<u8>,
    /// So many bytes of the body are sent before the connection is cut.
    cut: Option<usize>,
}

impl Answer {
    fn json(value: &impl serde::Serialize) -> Self {
        Self { status: 200, body: serde_json::to_vec(value).unwrap(), cut: None }
    }

    fn problem(status: u16, code: &str, detail: &str) -> Self {
        let body = format!(r#"{{"status":{status},"code":"{code}","title":"{code}","detail":"{detail}"}}"#);
        Self { status, body: body.into_bytes(), cut: None }
    }
}

impl Server {
    pub(crate) fn start() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority = params.self_signed(&key).unwrap();
        let issuer = Issuer::new(params, key);
        let fingerprint = Digest::try_from(&sha2::Sha256::digest(authority.der())[..]).unwrap().to_string();

        let server_key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.signed_by(&server_key, &issuer).unwrap();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(authority.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let verifier =
            rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier.allow_unauthenticated().build().unwrap())
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::from(PrivatePkcs8KeyDer::from(server_key.serialize_der())),
            )
            .unwrap();

        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (state, changed) = (Arc::default(), Arc::default());
        let shared = Arc::new(Shared {
            state: Arc::clone(&state),
            changed: Arc::clone(&changed),
            issuer,
            authority: authority.pem(),
        });
        let acceptor = TlsAcceptor::from(Arc::new(config));
        // In a thread of its own, so that tests may wait for processes. It ends with the test.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream, acceptor.clone(), Arc::clone(&shared)));
                }
            });
        });
        Self { address, fingerprint, state, changed }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    pub(crate) fn token(&self) -> String {
        format!("{SECRET}.{}", self.fingerprint)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Adds a version.
    pub(crate) fn add(&self, version: Version) -> Release {
        let mut state = self.state();
        let (release, tree) = add(&mut state.source, version);
        state.trees.insert(release.tree, tree);
        release
    }

    /// Adds a version of a config package.
    pub(crate) fn add_config(&self, number: &'static str, word: &str) -> Release {
        self.add_config_that(number, word, "")
    }

    /// The same, which does this behind its files.
    pub(crate) fn add_config_that(&self, number: &'static str, word: &str, post: &str) -> Release {
        let mut state = self.state();
        let (release, tree) = add_config(&mut state.source, number, word, post);
        state.trees.insert(release.tree, tree);
        release
    }

    /// Assigns one order, in place of what was assigned before.
    pub(crate) fn assign(&self, order: UnitOrder) -> AttemptId {
        let mut state = self.state();
        state.attempts += 1;
        let now = jiff::Timestamp::UNIX_EPOCH;
        let number = u128::from(state.attempts);
        let attempt = AttemptId::from_parts(now, number);
        state.assignment.generation += 1;
        state.assignment.attempts = vec![AttemptOrder {
            attempt,
            epoch: 1,
            deployment: DeploymentId::from_parts(now, number),
            unit: UnitId::from_parts(now, number),
            grant: Grant::Prepare,
            order,
            timeout_seconds: 60,
        }];
        drop(state);
        self.changed.notify_waiters();
        attempt
    }

    /// Lets an attempt go this far.
    pub(crate) fn grant(&self, attempt: AttemptId, grant: Grant) {
        let mut state = self.state();
        let order = state.assignment.attempts.iter_mut().find(|order| order.attempt == attempt);
        order.unwrap().grant = grant;
        state.assignment.generation += 1;
        drop(state);
        self.changed.notify_waiters();
    }

    /// Waits until the state is as wanted.
    pub(crate) async fn until<T>(&self, what: &str, mut wanted: impl FnMut(&State) -> Option<T>) -> T {
        let waiting = async {
            loop {
                let changed = self.changed.notified();
                if let Some(found) = wanted(&self.state()) {
                    return found;
                }
                changed.await;
            }
        };
        match tokio::time::timeout(Duration::from_secs(90), waiting).await {
            Ok(found) => found,
            Err(_) => panic!("{what} did not come to pass; reports: {:#?}", self.state().reports),
        }
    }

    /// Waits for the end of an attempt.
    pub(crate) async fn end(&self, attempt: AttemptId) -> AttemptResult {
        let result = self.until("the end of the attempt", |state| {
            let reports = state.reports.iter().filter(|report| report.attempt == attempt);
            reports.map(|report| &report.event).find_map(|event| match event {
                ReportEvent::Finished { result } => Some(result.clone()),
                _ => None,
            })
        });
        result.await
    }

    /// What was done in an attempt, in words.
    pub(crate) fn steps(&self, attempt: AttemptId) -> String {
        let state = self.state();
        let mut words = Vec::new();
        for report in state.reports.iter().filter(|report| report.attempt == attempt) {
            words.push(match &report.event {
                ReportEvent::StepFinished { step, outcome, .. } => match outcome {
                    packhorse_model::step::StepOutcome::Done { .. } => format!("{step:?}"),
                    other => format!("{step:?} {other:?}"),
                },
                ReportEvent::StepStarted { .. } | ReportEvent::Finished { .. } | ReportEvent::Ran { .. } => continue,
                ReportEvent::Prepared { .. } => "| prepared |".to_owned(),
                ReportEvent::Validated => "| validated |".to_owned(),
                ReportEvent::Ledger { ledger, .. } => format!("ledger at {:?}", ledger.version),
                ReportEvent::Accepted => "accepted |".to_owned(),
            });
        }
        words.join(" ")
    }
}

impl State {
    /// Takes reports in, each once, and grants what is due.
    fn take(&mut self, request: &SyncRequest) {
        for report in &request.reports {
            if self.reports.iter().any(|known| (known.attempt, known.sequence) == (report.attempt, report.sequence)) {
                continue;
            }
            let expected = 1 + self.reports.iter().filter(|known| known.attempt == report.attempt).count();
            assert_eq!(usize::try_from(report.sequence).unwrap(), expected, "reports come in order, without gaps");
            self.reports.push(report.clone());
            let grant = match report.event {
                ReportEvent::Prepared { .. } => Some(Grant::Switch),
                ReportEvent::Validated if self.bake_fails => Some(Grant::Restore),
                ReportEvent::Validated => Some(Grant::Retire),
                _ => None,
            };
            let is_over = matches!(report.event, ReportEvent::Finished { .. });
            let attempts = &mut self.assignment.attempts;
            if let Some(grant) = grant
                && let Some(order) = attempts.iter_mut().find(|order| order.attempt == report.attempt)
            {
                order.grant = grant;
                self.assignment.generation += 1;
            } else if is_over {
                attempts.retain(|order| order.attempt != report.attempt);
                self.assignment.generation += 1;
            }
        }
        if let Some(instances) = &request.instances {
            self.instances.clone_from(instances);
        }
    }
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, shared: Arc<Shared>) {
    stream.set_nodelay(true).unwrap();
    let Ok(stream) = acceptor.accept(stream).await else { return };
    let is_known = stream.get_ref().1.peer_certificates().is_some();
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await {
        let answer = if is_known || matches!(request.path.as_str(), "/agent/v1/authority" | "/agent/v1/join") {
            answer(&shared, &request).await
        } else {
            Answer::problem(401, "unauthenticated", "no certificate")
        };
        let status = if request.range > 0 && answer.status == 200 { 206 } else { answer.status };
        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n", answer.body.len());
        let sent = &answer.body[..answer.cut.unwrap_or(answer.body.len())];
        let out = stream.get_mut();
        if out.write_all(head.as_bytes()).await.is_err() || out.write_all(sent).await.is_err() || answer.cut.is_some() {
            let _ = out.shutdown().await;
            return;
        }
        let _ = out.flush().await;
    }
}

async fn read(stream: &mut BufReader<TlsStream<TcpStream>>) -> Option<Request> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|count| *count > 0)?;
        if line == "\r\n" {
            break;
        }
        head.push(line.trim_end().to_owned());
    }
    let header = |name: &str| {
        head.iter()
            .filter_map(|line| line.split_once(": "))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    };
    let mut words = head.first()?.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let range = header("range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    let mut body = vec![0; header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    Some(Request { method, path: path.to_owned(), query: query.to_owned(), range: range.unwrap_or(0), body })
}

async fn answer(shared: &Shared, request: &Request) -> Answer {
    let parts: Vec<&str> = request.path.trim_start_matches("/agent/v1/").split('/').collect();
    match (request.method.as_str(), parts.as_slice()) {
        ("GET", ["authority"]) => Answer { status: 200, body: shared.authority.clone().into_bytes(), cut: None },
        ("POST", ["join"]) => join(shared, &serde_json::from_slice(&request.body).unwrap()),
        ("POST", ["sync"]) => sync(shared, &serde_json::from_slice(&request.body).unwrap()).await,
        ("POST", ["attempts", attempt, "steps", index, "output"]) => output(shared, attempt, index, request),
        ("GET", ["attempts", _, "secrets"]) => {
            let mut state = shared.state.lock().unwrap();
            state.secrets_asked += 1;
            Answer::json(&AttemptSecrets {
                values: state.secrets.clone(),
                encrypted: state.encrypted.clone(),
                single_encrypted: BTreeMap::new(),
            })
        }
        ("GET", ["trees" | "files", ..]) => transfer(shared, &parts, request),
        _ => Answer::problem(404, "not_found", &request.path),
    }
}

fn join(shared: &Shared, request: &JoinRequest) -> Answer {
    shared.state.lock().unwrap().joined.push(request.clone());
    if request.token != SECRET {
        return Answer::problem(403, "token_unknown", "no such token");
    }
    let csr = CertificateSigningRequestParams::from_pem(&request.certificate_request).unwrap();
    let mut params = CertificateParams::default();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let certificate = params.signed_by(&csr.public_key, &shared.issuer).unwrap();
    Answer::json(&JoinReply {
        host: HostId::from_parts(jiff::Timestamp::UNIX_EPOCH, 1),
        name: "web-1".parse().unwrap(),
        incarnation: 1,
        certificate: certificate.pem(),
        authority: shared.authority.clone(),
    })
}

async fn sync(shared: &Shared, request: &SyncRequest) -> Answer {
    shared.state.lock().unwrap().take(request);
    shared.changed.notify_waiters();
    let wait = Duration::from_secs(u64::from(request.wait_seconds));
    let news = async {
        loop {
            let changed = shared.changed.notified();
            let assignment = shared.state.lock().unwrap().assignment.clone();
            if assignment.generation > request.generation {
                return assignment;
            }
            changed.await;
        }
    };
    let assignment = tokio::time::timeout(wait, news).await.ok();
    Answer::json(&SyncReply { protocol: 1, assignment, wants_inventory: false, database_tests: Vec::new() })
}

fn output(shared: &Shared, attempt: &str, index: &str, request: &Request) -> Answer {
    let offset: usize = request.query.strip_prefix("offset=").unwrap().parse().unwrap();
    let mut state = shared.state.lock().unwrap();
    let stored = state.output.entry((attempt.to_owned(), index.to_owned())).or_default();
    if offset != stored.len() {
        return Answer::problem(409, "output_offset", &stored.len().to_string());
    }
    stored.extend_from_slice(&request.body);
    Answer { status: 204, body: Vec::new(), cut: None }
}

fn transfer(shared: &Shared, parts: &[&str], request: &Request) -> Answer {
    let mut state = shared.state.lock().unwrap();
    let kind = if parts[0] == "trees" { parts.get(2).copied().unwrap_or("list") } else { "file" };
    state.transfers.push((kind.to_owned(), request.range));
    let tree = |text: &str| state.trees.get(&text.parse().unwrap());
    let mut body = Vec::new();
    let mut cut = None;
    if parts[0] == "trees" && tree(parts[1]).is_none() {
        return Answer::problem(404, "tree_not_found", parts[1]);
    }
    match parts {
        ["trees", digest] => body = tree(digest).unwrap().to_bytes(),
        ["trees", digest, "full"] => {
            write_full(tree(digest).unwrap(), &state.source, &mut body).unwrap();
            cut = state.cut_after.take();
        }
        ["trees", digest, "delta", from] => {
            let Some(from) = tree(from) else { return Answer::problem(404, "not_found", from) };
            make_delta(from, tree(digest).unwrap(), &state.source, &mut body).unwrap();
        }
        ["files", digest] => {
            let digest = digest.parse().unwrap();
            let size = state.source.recipe(&digest, 0).unwrap().size();
            state.source.read(&digest, size).unwrap().read_to_end(&mut body).unwrap();
        }
        _ => return Answer::problem(404, "not_found", &request.path),
    }
    Answer { status: 200, body: body.split_off(usize::try_from(request.range).unwrap()), cut }
}
