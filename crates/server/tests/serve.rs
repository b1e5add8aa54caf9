//! The whole server on real sockets: its start, its TLS, its end.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use packhorse_server::{Config, Fragment, Server, StartError};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

struct Running {
    people: SocketAddr,
    agents: SocketAddr,
    password: Option<String>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<Result<(), StartError>>,
}

fn config(data: &Path) -> Config {
    let any = || Some("127.0.0.1:0".to_owned());
    let fragment = Fragment { data: Some(data.to_owned()), listen: any(), agent_listen: any(), ..Fragment::default() };
    Config::try_from(fragment).unwrap()
}

async fn start(data: &Path) -> Running {
    start_with(config(data)).await
}

async fn start_with(config: Config) -> Running {
    let server = Server::start(config).await.unwrap();
    let stop = CancellationToken::new();
    Running {
        people: server.people_address(),
        agents: server.agents_address(),
        password: server.first_admin().map(|admin| admin.password.clone()),
        task: tokio::spawn(server.run(stop.clone())),
        stop,
    }
}

impl Running {
    async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap().unwrap();
    }
}

/// One request over a connection of its own. `head` is method and path, and after a line break further header lines.
async fn ask(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    head: &str,
    body: &str,
) -> std::io::Result<(u16, String)> {
    let (line, headers) = head.split_once('\n').unwrap_or((head, ""));
    let request = format!(
        "{line} HTTP/1.1\r\nhost: x\r\n{headers}connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await?;
    let reply = String::from_utf8(reply).unwrap();
    let status = reply.get(9..12).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| std::io::Error::other(format!("no reply: {reply:?}")))?;
    Ok((status, reply.split_once("\r\n\r\n").unwrap().1.to_owned()))
}

async fn ask_plain(address: SocketAddr, head: &str, body: &Value) -> (u16, String) {
    ask(TcpStream::connect(address).await.unwrap(), head, &body.to_string()).await.unwrap()
}

type Identity = (CertificateDer<'static>, PrivateKeyDer<'static>);

/// One request to the agents' listener, trusting this authority, as this identity.
async fn ask_tls(
    address: SocketAddr,
    authority: &CertificateDer<'static>,
    identity: Option<Identity>,
    head: &str,
    body: &Value,
) -> std::io::Result<(u16, String)> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let builder = builder.with_root_certificates(roots);
    let config = match identity {
        Some((certificate, key)) => builder.with_client_auth_cert(vec![certificate], key).unwrap(),
        None => builder.with_no_client_auth(),
    };
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::from(address.ip());
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    ask(stream, head, &body.to_string()).await
}

fn authority(data: &Path) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(data.join("ca/authority.pem")).unwrap()
}

/// Joins a host and answers its identity.
async fn join(server: &Running, data: &Path) -> Identity {
    let password = server.password.as_ref().unwrap();
    let cookie = sign_in_cookie(server.people, password).await;
    let by_cookie = |head: &str| format!("{head}\ncookie: {cookie}\r\nsec-fetch-site: same-origin\r\n");
    let spec = json!({ "business": [{ "name": "Shop", "system": [{ "name": "Production", "module": [{ "name": "Web" }] }] }] });
    let (status, body) = ask_plain(server.people, &by_cookie("PUT /api/v1/topology"), &spec).await;
    assert_eq!(status, 200, "{body}");
    let asked = json!({ "host": "web-1", "modules": ["Shop/Production/Web"] });
    let (status, body) = ask_plain(server.people, &by_cookie("POST /api/v1/join-tokens"), &asked).await;
    assert_eq!(status, 201, "{body}");
    let made: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(made["agent_url"], format!("https://{}", server.agents));
    let token = made["token"].as_str().unwrap().split('.').next().unwrap().to_owned();

    let key = rcgen::KeyPair::generate().unwrap();
    let request = rcgen::CertificateParams::default().serialize_request(&key).unwrap().pem().unwrap();
    let body = json!({ "token": token, "certificate_request": request, "facts": {}, "agent_version": "0.1.0" });
    let (status, reply) = ask_tls(server.agents, &authority(data), None, "POST /agent/v1/join", &body).await.unwrap();
    assert_eq!(status, 200, "{reply}");
    let reply: Value = serde_json::from_str(&reply).unwrap();
    let certificate = CertificateDer::from_pem_slice(reply["certificate"].as_str().unwrap().as_bytes()).unwrap();
    (certificate, PrivatePkcs8KeyDer::from(key.serialize_der()).into())
}

async fn sign_in_cookie(address: SocketAddr, password: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let body = json!({ "user": "admin", "password": password }).to_string();
    let request = format!(
        "POST /api/v1/session HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    let line = reply.lines().find(|line| line.to_lowercase().starts_with("set-cookie:")).unwrap();
    line.split_once(':').unwrap().1.trim().split(';').next().unwrap().to_owned()
}

fn renewal() -> Value {
    let key = rcgen::KeyPair::generate().unwrap();
    let request = rcgen::CertificateParams::default().serialize_request(&key).unwrap().pem().unwrap();
    json!({ "certificate_request": request })
}

#[tokio::test]
async fn only_certificates_that_agents_got_are_taken() {
    let data = tempfile::tempdir().unwrap();
    let server = start(data.path()).await;
    let trusted = authority(data.path());
    let agent = join(&server, data.path()).await;
    let renew = "POST /agent/v1/renew";
    let asked = async |identity| ask_tls(server.agents, &trusted, identity, renew, &renewal()).await;

    let (status, body) = asked(Some((agent.0.clone(), agent.1.clone_key()))).await.unwrap();
    assert_eq!(status, 200, "{body}");
    assert_eq!(asked(None).await.unwrap().0, 401, "no certificate is nobody");

    // From another authority, with every name right.
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::default();
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    let other = params.self_signed(&key).unwrap();
    let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
    assert!(asked(Some((other.der().clone(), key))).await.is_err());

    // From our authority, and for servers.
    for (purpose, uri) in [
        (rcgen::ExtendedKeyUsagePurpose::ServerAuth, agent_uri(&agent.0)),
        (rcgen::ExtendedKeyUsagePurpose::ClientAuth, "spiffe://packhorse/server/x/1".to_owned()),
    ] {
        let identity = signed(data.path(), purpose, &uri);
        assert!(asked(Some(identity)).await.is_err(), "{uri}");
    }

    // The agent does not take a server of another authority either.
    let elsewhere = tempfile::tempdir().unwrap();
    let stranger = start(elsewhere.path()).await;
    assert!(ask_tls(stranger.agents, &trusted, None, "GET /agent/v1/authority", &Value::Null).await.is_err());
    stranger.stop().await;
    server.stop().await;
}

fn agent_uri(certificate: &CertificateDer<'_>) -> String {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).unwrap();
    let names = parsed.subject_alternative_name().unwrap().unwrap();
    match names.value.general_names[..] {
        [x509_parser::extensions::GeneralName::URI(uri)] => uri.to_owned(),
        _ => panic!("{names:?}"),
    }
}

/// The certificate of an agent as if it had been given out so many days earlier, for a new key.
fn given_out_earlier(data: &Path, certificate: &CertificateDer<'_>, days: i64) -> Identity {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).unwrap();
    let serial = parsed.raw_serial().to_vec();
    let name = parsed.subject().iter_common_name().next().unwrap().as_str().unwrap().to_owned();
    let at = |seconds: i64| {
        rcgen::date_time_ymd(1970, 1, 1)
            + std::time::Duration::from_secs(u64::try_from(seconds - days * 24 * 60 * 60).unwrap())
    };
    let (begin, end) = (parsed.validity().not_before.timestamp(), parsed.validity().not_after.timestamp());
    signed_as(data, rcgen::ExtendedKeyUsagePurpose::ClientAuth, &agent_uri(certificate), |params| {
        params.serial_number = Some(rcgen::SerialNumber::from(serial));
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        (params.not_before, params.not_after) = (at(begin), at(end));
    })
}

#[tokio::test]
async fn with_a_certificate_that_is_over_a_host_can_renew_and_nothing_else() {
    let data = tempfile::tempdir().unwrap();
    let server = start(data.path()).await;
    let trusted = authority(data.path());
    let agent = join(&server, data.path()).await;
    let asked = async |identity: &Identity, head: &str| {
        let identity = Some((identity.0.clone(), identity.1.clone_key()));
        ask_tls(server.agents, &trusted, identity, head, &renewal()).await
    };
    let code = |reply: std::io::Result<(u16, String)>| {
        let (status, body) = reply.unwrap();
        let problem: Value = serde_json::from_str(&body).unwrap();
        assert!(status == 200 || problem["hint"].is_string(), "{body}");
        (status, problem["code"].as_str().unwrap_or_default().to_owned())
    };
    const RENEW: &str = "POST /agent/v1/renew";

    // Not yet, and not ours.
    assert!(asked(&given_out_earlier(data.path(), &agent.0, -2), RENEW).await.is_err());
    let server_role =
        signed_as(data.path(), rcgen::ExtendedKeyUsagePurpose::ServerAuth, &agent_uri(&agent.0), |params| {
            (params.not_before, params.not_after) =
                (rcgen::date_time_ymd(2020, 1, 1), rcgen::date_time_ymd(2020, 1, 2));
        });
    assert!(asked(&server_role, RENEW).await.is_err());
    let elsewhere = tempfile::tempdir().unwrap();
    start(elsewhere.path()).await.stop().await;
    assert!(asked(&given_out_earlier(elsewhere.path(), &agent.0, 3), RENEW).await.is_err());

    let expired = given_out_earlier(data.path(), &agent.0, 3);
    for other in ["POST /agent/v1/sync", "GET /agent/v1/files/x"] {
        assert_eq!(code(asked(&expired, other).await), (403, "certificate_expired".to_owned()), "{other}");
    }
    let too_old = given_out_earlier(data.path(), &agent.0, 31);
    assert_eq!(code(asked(&too_old, RENEW).await), (403, "certificate_too_old".to_owned()));
    assert_eq!(code(asked(&expired, RENEW).await).0, 200);
    // The one that came with that answer is the latest now.
    assert_eq!(code(asked(&expired, RENEW).await), (403, "certificate_superseded".to_owned()));
    server.stop().await;
}

/// What only somebody with the authority's key can make.
fn signed(data: &Path, purpose: rcgen::ExtendedKeyUsagePurpose, uri: &str) -> Identity {
    signed_as(data, purpose, uri, |_| {})
}

fn signed_as(
    data: &Path,
    purpose: rcgen::ExtendedKeyUsagePurpose,
    uri: &str,
    change: impl FnOnce(&mut rcgen::CertificateParams),
) -> Identity {
    let authority_key =
        rcgen::KeyPair::from_pem(&std::fs::read_to_string(data.join("ca/authority.key")).unwrap()).unwrap();
    let issuer = rcgen::Issuer::from_ca_cert_der(&authority(data), authority_key).unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::default();
    params.extended_key_usages = vec![purpose];
    params.subject_alt_names = vec![rcgen::SanType::URI(uri.try_into().unwrap())];
    change(&mut params);
    let certificate = params.signed_by(&key, &issuer).unwrap();
    (certificate.der().clone(), PrivatePkcs8KeyDer::from(key.serialize_der()).into())
}

#[tokio::test]
async fn identities_and_users_outlive_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let server = start(data.path()).await;
    let agent = join(&server, data.path()).await;
    let password = server.password.clone().unwrap();
    server.stop().await;

    let server = start(data.path()).await;
    assert_eq!(server.password, None, "only the first start makes an administrator");
    let body = json!({ "user": "admin", "password": password });
    assert_eq!(ask_plain(server.people, "POST /api/v1/session", &body).await.0, 200);
    let renewed =
        ask_tls(server.agents, &authority(data.path()), Some(agent), "POST /agent/v1/renew", &renewal()).await;
    assert_eq!(renewed.unwrap().0, 200);
    server.stop().await;
}

#[tokio::test]
async fn the_same_server_runs_on_postgres() {
    let data = tempfile::tempdir().unwrap();
    let url = packhorse_testkit::postgres::schema().url;
    let on_postgres = || Config { database: url.parse().unwrap(), ..config(data.path()) };
    let server = start_with(on_postgres()).await;
    let agent = join(&server, data.path()).await;
    let renew = async |server: &Running, identity: &Identity| {
        let identity = Some((identity.0.clone(), identity.1.clone_key()));
        ask_tls(server.agents, &authority(data.path()), identity, "POST /agent/v1/renew", &renewal()).await.unwrap().0
    };
    assert_eq!(renew(&server, &agent).await, 200);
    assert_eq!(ask_plain(server.people, "GET /readyz", &Value::Null).await.0, 200);
    server.stop().await;
    let server = start_with(on_postgres()).await;
    assert_eq!((renew(&server, &agent).await, &server.password), (200, &None));
    server.stop().await;
    assert!(!data.path().join("packhorse.db").exists());
}

#[tokio::test]
async fn secrets_on_disk_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let data = tempfile::tempdir().unwrap();
    let server = start(&data.path().join("new")).await;
    let mode = |path: &str| std::fs::metadata(data.path().join("new").join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(""), mode("ca"), mode("ca/authority.key")), (0o700, 0o700, 0o600));
    server.stop().await;
}

async fn refused(config: Config) -> (String, String) {
    let error = Server::start(config).await.err().unwrap();
    (error.to_string(), error.hint())
}

#[tokio::test]
async fn a_busy_port_is_named_and_nothing_is_left_behind() {
    let data = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = config(&data.path().join("new"));
    config.agent_listen = taken.local_addr().unwrap();
    let (error, hint) = refused(config).await;
    let port = taken.local_addr().unwrap().port().to_string();
    insta::assert_snapshot!(error.replace(&port, "PORT"), @"port PORT of 127.0.0.1 is in use by another program");
    insta::assert_snapshot!(hint.replace(&port, "PORT"), @"stop that program (`ss -ltnp sport = :PORT` names it), or choose another port with --agent-listen");
    assert!(!data.path().join("new").exists());
}

#[tokio::test]
async fn two_servers_on_one_directory_are_refused() {
    let data = tempfile::tempdir().unwrap();
    let server = start(data.path()).await;
    let hidden =
        |text: &str| text.replace(data.path().to_str().unwrap(), "DIR").replace(&std::process::id().to_string(), "PID");
    let (error, hint) = refused(config(data.path())).await;
    insta::assert_snapshot!(hidden(&error), @"DIR is in use by another server (process PID)");
    insta::assert_snapshot!(hint, @"stop the other server, or choose another data directory with --data");
    let mut same_port = config(data.path());
    same_port.listen = server.people;
    assert_eq!(refused(same_port).await.0, error, "the reason for the busy port is what counts");
    server.stop().await;
}

#[tokio::test]
async fn a_directory_that_cannot_be_used_is_named() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("file");
    std::fs::write(&file, "").unwrap();
    let (error, _) = refused(config(&file.join("data"))).await;
    insta::assert_snapshot!(error.replace(data.path().to_str().unwrap(), "DIR"), @"cannot use DIR/file/data: Not a directory (os error 20)");
}

#[tokio::test]
async fn a_damaged_authority_is_not_replaced() {
    let data = tempfile::tempdir().unwrap();
    start(data.path()).await.stop().await;
    std::fs::remove_file(data.path().join("ca/authority.key")).unwrap();
    let (error, hint) = refused(config(data.path())).await;
    insta::assert_snapshot!(error.replace(data.path().to_str().unwrap(), "DIR"), @"the certificate authority in DIR/ca cannot be used: authority.key is missing");
    insta::assert_snapshot!(hint, @"put both files back from a backup; without them no agent that has joined will trust this server");
}

#[tokio::test]
async fn a_client_that_says_nothing_does_not_hold_others_up() {
    let data = tempfile::tempdir().unwrap();
    let server = start(data.path()).await;
    let silent: Vec<_> = {
        let mut silent = Vec::new();
        for _ in 0..20 {
            silent.push(TcpStream::connect(server.agents).await.unwrap());
        }
        silent
    };
    let reply = ask_tls(server.agents, &authority(data.path()), None, "GET /agent/v1/authority", &Value::Null).await;
    assert_eq!(reply.unwrap().0, 200);
    drop(silent);
    server.stop().await;
}

#[tokio::test]
async fn a_huge_head_or_body_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let server = start(data.path()).await;
    let head = format!("GET /healthz\nx-long: {}\r\n", "a".repeat(200_000));
    let long = ask(TcpStream::connect(server.people).await.unwrap(), &head, "").await;
    assert!(long.is_err() || long.is_ok_and(|(status, _)| status == 431));
    let body = json!({ "user": "admin", "password": "a".repeat(2 << 20) });
    let big = ask(TcpStream::connect(server.people).await.unwrap(), "POST /api/v1/session", &body.to_string()).await;
    assert!(big.is_err() || big.is_ok_and(|(status, _)| status == 413));
    assert_eq!(ask_plain(server.people, "GET /healthz", &Value::Null).await.0, 200);
    server.stop().await;
}
