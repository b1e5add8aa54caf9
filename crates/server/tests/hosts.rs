//! Hosts: joining, being seen, being removed.

use http::{Method, Request};
use jiff::SignedDuration;
use packhorse_server::{AgentIdentity, ExpiredIdentity};
use serde_json::{Value, json};

use crate::harness::{Reply, TestServer};

const WEB: &str = "Shop/Production/Web";

async fn with_topology() -> TestServer {
    let server = TestServer::start().await;
    let spec = json!({ "business": [{ "name": "Shop", "system": [
        { "name": "Production", "environment": "prod", "module": [{ "name": "Web" }, { "name": "Cache" }] },
    ] }] });
    server.put("/api/v1/topology", spec).await.expect(200);
    server
}

fn certificate_request() -> String {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::default();
    // What is asked for beyond the key must not be given.
    params.distinguished_name.push(rcgen::DnType::CommonName, "someone-else");
    params.serialize_request(&key).unwrap().pem().unwrap()
}

async fn join_token(server: &TestServer, host: &str, modules: &[&str]) -> String {
    let made = server.post("/api/v1/join-tokens", json!({ "host": host, "modules": modules })).await.expect(201);
    made["token"].as_str().unwrap().split('.').next().unwrap().to_owned()
}

async fn join_with(server: &TestServer, token: &str) -> Reply {
    let body = json!({
        "token": token, "certificate_request": certificate_request(),
        "facts": { "address": "10.0.0.7", "os": "Debian GNU/Linux 12", "arch": "x86_64" }, "agent_version": "0.1.0",
    });
    server.send_to_agents(Request::builder().method(Method::POST).uri("/agent/v1/join"), body).await
}

async fn join(server: &TestServer, host: &str) -> AgentIdentity {
    let token = join_token(server, host, &[WEB]).await;
    let reply = join_with(server, &token).await.expect(200);
    AgentIdentity {
        host: reply["host"].as_str().unwrap().parse().unwrap(),
        incarnation: u32::try_from(reply["incarnation"].as_u64().unwrap()).unwrap(),
    }
}

async fn renew(server: &TestServer, identity: AgentIdentity) -> Reply {
    let body = json!({ "certificate_request": certificate_request() });
    server.agent(identity, Method::POST, "/agent/v1/renew", body).await
}

#[tokio::test]
async fn a_host_joins_once_with_a_token() {
    let server = with_topology().await;
    let made = server.post("/api/v1/join-tokens", json!({ "host": "web-1", "modules": [WEB] })).await.expect(201);
    insta::assert_json_snapshot!(made, {
        ".token" => insta::dynamic_redaction(|value, _| secrets_hidden(value.as_str().unwrap())),
        ".command" => insta::dynamic_redaction(|value, _| secrets_hidden(value.as_str().unwrap())),
        ".agent_url" => insta::dynamic_redaction(|value, _| secrets_hidden(value.as_str().unwrap())),
    }, @r#"
    {
      "agent_url": "https://MACHINE:7434",
      "command": "packhorse-agent join https://MACHINE:7434 --token pht_[64 hex].[64 hex]",
      "expires_at": "2026-06-01T13:00:00Z",
      "token": "pht_[64 hex].[64 hex]"
    }
    "#);
    let token = made["token"].as_str().unwrap().split('.').next().unwrap();
    let joined = join_with(&server, token).await.expect(200);
    assert_eq!((joined["name"].as_str(), joined["incarnation"].as_u64()), (Some("web-1"), Some(1)));

    let refused = join_with(&server, token).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "join_token"));
    insta::assert_json_snapshot!(server.get("/api/v1/hosts").await.expect(200), { ".**.id" => "[id]" }, @r#"
    {
      "items": [
        {
          "created_at": "2026-06-01T12:00:00Z",
          "facts": {
            "address": "10.0.0.7",
            "agent_version": "0.1.0",
            "arch": "x86_64",
            "cpus": 0,
            "disk_free": 0,
            "kernel": "",
            "memory": 0,
            "os": "Debian GNU/Linux 12"
          },
          "id": "[id]",
          "incarnation": 1,
          "instances": 0,
          "labels": {},
          "last_seen_at": "2026-06-01T12:00:00Z",
          "modules": [
            "Shop/Production/Web"
          ],
          "name": "web-1",
          "state": "online"
        }
      ],
      "total": 1
    }
    "#);
    assert_eq!(
        server.get("/api/v1/topology").await.expect(200)["businesses"][0]["systems"][0]["modules"][1]["hosts"],
        1
    );
}

fn secrets_hidden(text: &str) -> String {
    let machine = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let mut words = String::new();
    let mut run = String::new();
    for c in text.replace(&machine, "MACHINE").chars().chain([' ']) {
        if c.is_ascii_hexdigit() && !c.is_ascii_uppercase() {
            run.push(c);
            continue;
        }
        words.push_str(if run.len() == 64 { "[64 hex]" } else { &run });
        run.clear();
        words.push(c);
    }
    words.trim_end().to_owned()
}

#[tokio::test]
async fn a_join_token_ends_and_guessing_is_throttled() {
    let server = with_topology().await;
    let token = join_token(&server, "web-1", &[WEB]).await;
    server.advance(SignedDuration::from_mins(60));
    assert_eq!(join_with(&server, &token).await.code(), "join_token");
    for _ in 0..19 {
        assert_eq!(join_with(&server, "pht_guess").await.code(), "join_token");
    }
    let good = join_token(&server, "web-1", &[WEB]).await;
    assert_eq!(join_with(&server, &good).await.code(), "too_many_attempts");
    server.advance(SignedDuration::from_mins(5));
    join_with(&server, &good).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_site_joins_at_once_from_one_address() {
    let server = with_topology().await;
    let mut tokens = Vec::new();
    for number in 0..40 {
        tokens.push(join_token(&server, &format!("web-{number}"), &[WEB]).await);
    }
    let joined = futures::future::join_all(tokens.iter().map(|token| join_with(&server, token))).await;
    assert!(joined.iter().all(|reply| reply.status.as_u16() == 200));
    // And some who repeat a token that was used are in nobody's way.
    for token in &tokens[..19] {
        assert_eq!(join_with(&server, token).await.code(), "join_token");
    }
    join(&server, "late").await;
}

#[tokio::test]
async fn a_token_names_modules_that_exist() {
    let server = with_topology().await;
    let unknown =
        server.post("/api/v1/join-tokens", json!({ "host": "web-1", "modules": ["Shop/Production/Mail"] })).await;
    assert_eq!((unknown.status.as_u16(), unknown.code()), (404, "module_not_found"));
    let none = server.post("/api/v1/join-tokens", json!({ "host": "web-1", "modules": [] })).await;
    assert_eq!(none.code(), "host_without_module");
    for host in ["a b", "$(reboot)", "a;b", "a\nb", "-x"] {
        let refused = server.post("/api/v1/join-tokens", json!({ "host": host, "modules": [WEB] })).await;
        assert_eq!(refused.code(), "bad_body", "{host}");
    }
}

#[tokio::test]
async fn a_bad_certificate_request_does_not_use_the_token_up() {
    let server = with_topology().await;
    let token = join_token(&server, "web-1", &[WEB]).await;
    let body = json!({ "token": token, "certificate_request": "nonsense", "facts": {}, "agent_version": "0.1.0" });
    let request = Request::builder().method(Method::POST).uri("/agent/v1/join");
    assert_eq!(server.send_to_agents(request, body).await.code(), "certificate_request");
    assert_eq!(server.get("/api/v1/hosts").await.expect(200)["total"], 0);
    join_with(&server, &token).await.expect(200);
}

#[tokio::test]
async fn joining_again_ends_the_certificates_before() {
    let server = with_topology().await;
    let first = join(&server, "web-1").await;
    renew(&server, first).await.expect(200);
    let second = join(&server, "web-1").await;
    assert_eq!((second.host, second.incarnation), (first.host, 2));
    assert_eq!(renew(&server, first).await.code(), "host_rejoined");
    renew(&server, second).await.expect(200);

    server.delete("/api/v1/hosts/web-1").await.expect(204);
    assert_eq!(renew(&server, second).await.code(), "host_removed");
    let third = join(&server, "web-1").await;
    assert_ne!(third.host, second.host, "the name is used again, the identity is not");
    assert_eq!(renew(&server, second).await.code(), "host_removed");
}

#[tokio::test]
async fn hosts_are_found_by_module_state_and_text() {
    let server = with_topology().await;
    let first = join(&server, "web-1").await;
    join(&server, "web-2").await;
    server.advance(SignedDuration::from_secs(91));
    renew(&server, first).await.expect(200);
    server.flush().await;

    let names = async |query: &str| -> Vec<String> {
        let page = server.get(&format!("/api/v1/hosts?{query}")).await.expect(200);
        let items = page["items"].as_array().unwrap();
        assert_eq!(page["total"], items.len());
        items.iter().map(|host| host["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("state=online").await, ["web-1"]);
    assert_eq!(names("state=offline").await, ["web-2"]);
    assert_eq!(names("search=EB-2").await, ["web-2"]);
    assert_eq!(names("search=10.0.0").await, ["web-1", "web-2"]);
    assert_eq!(names("search=%25").await, [""; 0], "a percent sign is a character like any other");
    assert_eq!(names("module=Shop/Production/Web").await, ["web-1", "web-2"]);
    assert_eq!(names("module=Shop/Production/Cache").await, [""; 0]);
    assert_eq!(server.get("/api/v1/hosts?module=Shop/Web").await.code(), "bad_query");
    assert_eq!(server.get("/api/v1/hosts?module=Shop/Production/Mail").await.code(), "module_not_found");
    assert_eq!(server.get("/api/v1/hosts/web-9").await.code(), "host_not_found");
}

#[tokio::test]
async fn a_list_comes_in_pages() {
    let server = with_topology().await;
    for number in 1..=5 {
        join(&server, &format!("web-{number}")).await;
    }
    let (mut names, mut path) = (Vec::new(), "/api/v1/hosts?limit=2".to_owned());
    loop {
        let page = server.get(&path).await.expect(200);
        names.extend(page["items"].as_array().unwrap().iter().map(|host| host["name"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/hosts?limit=2&cursor={next}");
    }
    assert_eq!(Value::from(names), json!(["web-1", "web-2", "web-3", "web-4", "web-5"]));
    assert_eq!(server.get("/api/v1/hosts?cursor=nonsense!").await.code(), "bad_cursor");
}

async fn renew_expired(server: &TestServer, identity: AgentIdentity, serial: &str) -> Reply {
    let expired = ExpiredIdentity { identity, serial: serial.to_owned(), expired_at: server.app.clock.now() };
    let request = Request::builder().method(Method::POST).uri("/agent/v1/renew").extension(expired);
    server.send_to_agents(request, json!({ "certificate_request": certificate_request() })).await
}

fn serial(certificate: &Value) -> String {
    let (_, pem) = x509_parser::pem::parse_x509_pem(certificate.as_str().unwrap().as_bytes()).unwrap();
    hex::encode(pem.parse_x509().unwrap().raw_serial())
}

#[tokio::test]
async fn a_renewal_of_what_is_over_is_noted_and_only_for_the_latest_joining() {
    let server = with_topology().await;
    let token = join_token(&server, "web-1", &[WEB]).await;
    let joined = join_with(&server, &token).await.expect(200);
    let first = AgentIdentity { host: joined["host"].as_str().unwrap().parse().unwrap(), incarnation: 1 };
    let renewed = renew_expired(&server, first, &serial(&joined["certificate"])).await.expect(200);
    let log = server.get("/api/v1/audit?action=host.renew_expired").await.expect(200);
    assert_eq!((&log["total"], &log["items"][0]["actor"]), (&json!(1), &json!("host:web-1")));

    let serial = serial(&renewed["certificate"]);
    join(&server, "web-1").await;
    assert_eq!(renew_expired(&server, first, &serial).await.code(), "host_rejoined");
    server.delete("/api/v1/hosts/web-1").await.expect(204);
    assert_eq!(renew_expired(&server, first, &serial).await.code(), "host_removed");
}

#[tokio::test]
async fn how_long_after_its_end_a_certificate_can_be_renewed_is_configured() {
    let fragment = packhorse_server::Fragment { renew_expired_days: Some(0), ..Default::default() };
    let server = TestServer::start_with(fragment).await;
    let spec = json!({ "business": [{ "name": "Shop", "system": [{ "name": "Production", "module": [{ "name": "Web" }] }] }] });
    server.put("/api/v1/topology", spec).await.expect(200);
    let token = join_token(&server, "web-1", &[WEB]).await;
    let joined = join_with(&server, &token).await.expect(200);
    let identity = AgentIdentity { host: joined["host"].as_str().unwrap().parse().unwrap(), incarnation: 1 };
    let refused = renew_expired(&server, identity, &serial(&joined["certificate"])).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "certificate_too_old"));
}
