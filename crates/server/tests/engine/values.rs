//! Variables and secrets, from the value that a person sets to the order that a host gets.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeySize, PrivateDecryptingKey};
use axum::body::Body;
use base64::Engine as _;
use http::Method;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::fixture::{Fleet, WEB};
use crate::harness::authorized;

const SECRET: &str = "correct-horse-battery";

/// Pushes a version of shop-web with a file that is rendered.
pub(super) async fn push(fleet: &Fleet, version: &str, conf: &str) {
    let manifest =
        "render = ['conf/shop.toml']\n[lifecycle.start]\ncommand = 'scripts/start.sh'\nenv = { PORT = '[@port]' }\n";
    push_files(fleet, version, &[("packhorse.toml", manifest), ("conf/shop.toml", conf)]).await;
}

/// Pushes a version of shop-web with these files beside its scripts.
async fn push_files(fleet: &Fleet, version: &str, files: &[(&str, &str)]) {
    let mut tar = tar::Builder::new(Vec::new());
    let scripts = [("scripts/start.sh", "#!/bin/sh\n"), ("scripts/stop.sh", "#!/bin/sh\n")];
    for (path, text) in files.iter().copied().chain(scripts) {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(if path.starts_with("scripts/") { 0o755 } else { 0o644 });
        tar.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    let uri = format!("/api/v1/uploads?file_name=shop-web_{version}.tar");
    let request = authorized(Method::POST, &uri).body(Body::from(tar.into_inner().unwrap())).unwrap();
    assert_eq!(fleet.server.people.clone().oneshot(request).await.unwrap().status(), 201);
}

pub(super) async fn set(fleet: &Fleet, name: &str, scope: &str, value: &str) -> Value {
    let body = json!({ "name": name, "scope": scope, "type": "text", "value": value });
    fleet.server.put("/api/v1/variables", body).await.expect(200)
}

/// A fleet in which everything that version 2.0.0 asks for has a value.
async fn with_values(hosts: usize) -> Fleet {
    let fleet = Fleet::of(hosts).await;
    push(&fleet, "2.0.0", "host = '[@DB_Host]'\nport = [@port]\npassword = '[!db_password]'\n").await;
    set(&fleet, "db_host", "environment:prod", "10.0.0.5").await;
    set(&fleet, "port", "global", "8080").await;
    let secret = json!({ "name": "shop-db", "value": SECRET });
    fleet.server.post("/api/v1/vault/secrets", secret).await.expect(201);
    let leads = json!({ "name": "db_password", "scope": "package:shop-web", "type": "secret", "value": "shop-db" });
    fleet.server.put("/api/v1/variables", leads).await.expect(200);
    fleet
}

async fn affected(fleet: &Fleet, query: &str) -> Vec<String> {
    let page = fleet.server.get(&format!("/api/v1/variables/affected?{query}")).await.expect(200);
    page["items"].as_array().unwrap().iter().map(|item| item["host"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_no_value_stops_the_plan_and_is_named() {
    let fleet = Fleet::of(2).await;
    push(&fleet, "2.0.0", "a = 1\nhost = '[@db_host]'\npassword = '[!db_password]'\nopen = '[@pin]'\n").await;
    fleet.server.post("/api/v1/vault/secrets", json!({ "name": "pin", "value": SECRET })).await.expect(201);
    set(&fleet, "db_host", "host:web-2", "10.0.0.5").await;
    let refused = fleet.try_deploy(json!({ "action": "deploy", "version": "2.0.0" })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "variables_unresolved"));
    insta::assert_snapshot!(refused.body["detail"].as_str().unwrap(), @"
    conf/shop.toml:2: [@db_host] has no value on web-1
    conf/shop.toml:3: [!db_password] has no value on web-1, web-2
    conf/shop.toml:4: [@pin] is a secret: write [!pin] on web-1, web-2
    packhorse.toml, lifecycle.start.env.PORT: [@port] has no value on web-1, web-2
    ");
    let told = |index: usize| &refused.body["unresolved"][index];
    assert_eq!(told(0)["hosts"], json!(["web-1"]));
    assert_eq!((&told(2)["name"], &told(2)["reason_code"]), (&json!("pin"), &json!("secret_seen")));
    set(&fleet, "port", "system:Shop/Production", "1").await;
    let leads = json!({ "name": "db_password", "scope": "global", "type": "secret", "value": "pin" });
    fleet.server.put("/api/v1/variables", leads).await.expect(200);
    let refused = fleet.try_deploy(json!({ "action": "deploy", "version": "2.0.0" })).await;
    assert_eq!(refused.body["unresolved"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_go_to_the_hosts_and_secrets_only_when_they_ask() {
    let mut fleet = with_values(2).await;
    let deployment = fleet.deploy(json!({ "action": "deploy", "version": "2.0.0" })).await;
    fleet.round().await;
    let open = fleet.hosts[0].open().unwrap().clone();
    let order = &open.order;
    assert_eq!(order.variables["DB_Host"], "10.0.0.5");
    assert_eq!(order.variables["port"], "8080");
    assert!(!serde_json::to_string(order).unwrap().contains(SECRET));
    assert!(order.secrets.contains_key("db_password"));

    let path = format!("/agent/v1/attempts/{}/secrets", open.attempt);
    let (own, other) = (fleet.hosts[0].identity, fleet.hosts[1].identity);
    let given = fleet.server.agent(own, Method::GET, &path, Value::Null).await.expect(200);
    assert_eq!(given, json!({ "values": { "db_password": SECRET } }));
    let refused = fleet.server.agent(other, Method::GET, &path, Value::Null).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "not_your_attempt"));

    fleet.settle().await;
    assert_eq!(fleet.state(&deployment).await, "succeeded");
    let late = fleet.server.agent(own, Method::GET, &path, Value::Null).await;
    assert_eq!((late.status.as_u16(), late.code()), (409, "attempt_ended"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_value_shows_whom_it_affects_and_goes_out_like_a_version() {
    let mut fleet = with_values(2).await;
    let first = fleet.deploy(json!({ "action": "deploy", "version": "2.0.0" })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&first).await, "succeeded");
    assert_eq!(affected(&fleet, "package=shop-web").await, Vec::<String>::new());

    set(&fleet, "db_host", "host:web-2", "10.0.0.9").await;
    assert_eq!(affected(&fleet, "name=DB_HOST").await, ["web-2"]);
    let spec = fleet.spec(json!({ "action": "deploy", "version": "2.0.0" }));
    let plan = fleet.server.post("/api/v1/plans", spec).await.expect(201);
    assert_eq!(plan["unchanged"], json!(["web-1"]));
    assert_eq!(plan["changes"][0]["changes_values"], true);
    let file = format!("/api/v1/plans/{}/files?host=web-2&path=conf/shop.toml", plan["id"].as_str().unwrap());
    let file = fleet.server.get(&file).await.expect(200);
    assert_eq!(file["before"], "host = '10.0.0.5'\nport = 8080\npassword = '••••••'\n");
    assert_eq!(file["after"], "host = '10.0.0.9'\nport = 8080\npassword = '••••••'\n");

    // A plan that was made before a value changed is refused.
    set(&fleet, "port", "global", "8081").await;
    let outdated = fleet.server.post("/api/v1/deployments", json!({ "plan": plan["id"] })).await;
    assert_eq!((outdated.status.as_u16(), outdated.code()), (409, "plan_outdated"));
    let second = fleet.deploy(json!({ "action": "deploy", "version": "2.0.0" })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&second).await, "succeeded");
    assert_eq!(affected(&fleet, "").await, Vec::<String>::new());

    // So does a new value of a secret.
    let change = json!({ "value": "another" });
    fleet.server.put("/api/v1/vault/secrets/shop-db", change).await.expect(200);
    assert_eq!(affected(&fleet, "").await, ["web-1", "web-2"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_is_explained() {
    let fleet = with_values(1).await;
    set(&fleet, "db_host", &format!("module:{WEB}"), "10.0.0.7").await;
    let explain = async |name: &str| {
        let path = format!("/api/v1/variables/explain?name={name}&package=shop-web&host=web-1");
        fleet.server.get(&path).await.expect(200)
    };
    insta::assert_json_snapshot!(explain("db_host").await, @r#"
    {
      "candidates": [
        {
          "scope": "module:Shop/Production/Web",
          "type": "text",
          "value": "10.0.0.7"
        },
        {
          "scope": "environment:prod",
          "type": "text",
          "value": "10.0.0.5"
        }
      ],
      "host": "web-1",
      "name": "db_host",
      "outcome": {
        "outcome": "value",
        "text": "10.0.0.7"
      },
      "package": "shop-web",
      "uses": [
        {
          "form": "clear",
          "place": "conf/shop.toml:1",
          "token": "[@DB_Host]",
          "version": "2.0.0"
        }
      ]
    }
    "#);
    assert_eq!(explain("packhorse.environment").await["outcome"], json!({ "outcome": "value", "text": "prod" }));
    assert_eq!(explain("packhorse.members.Web.names").await["outcome"]["text"], "web-1");
    assert_eq!(
        explain("db_password").await["outcome"],
        json!({ "outcome": "secret", "secret": "shop-db", "version": 1 })
    );
    assert_eq!(explain("nothing").await["outcome"]["outcome"], "unresolved");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_vault_gives_nothing_back() {
    let fleet = with_values(1).await;
    let server = &fleet.server;
    for path in
        ["/api/v1/vault/secrets", "/api/v1/vault/secrets/shop-db", "/api/v1/variables", "/api/v1/audit?limit=500"]
    {
        let shown = server.get(path).await.expect(200).to_string();
        assert!(!shown.contains(SECRET), "{path}: {shown}");
    }
    let again = server.post("/api/v1/vault/secrets", json!({ "name": "shop-db", "value": "x" })).await;
    assert_eq!((again.status.as_u16(), again.code()), (409, "secret_exists"));
    let used = server.delete("/api/v1/vault/secrets/shop-db").await;
    assert_eq!((used.status.as_u16(), used.code()), (409, "secret_used"));
    let empty = server.put("/api/v1/vault/secrets/shop-db", json!({ "value": "" })).await;
    assert_eq!((empty.status.as_u16(), empty.code()), (422, "secret_value"));
    let nowhere = json!({ "name": "a", "scope": "host:nobody", "type": "text", "value": "x" });
    assert_eq!(server.put("/api/v1/variables", nowhere).await.code(), "scope_not_found");
    let missing = json!({ "name": "a", "scope": "global", "type": "secret", "value": "nothing" });
    assert_eq!(server.put("/api/v1/variables", missing).await.code(), "secret_not_found");
    let stale = json!({ "name": "port", "scope": "global", "type": "integer", "value": 1, "revision": 7 });
    assert_eq!(server.put("/api/v1/variables", stale).await.code(), "variable_changed");
    let own = json!({ "name": "packhorse.host.ip", "scope": "global", "type": "text", "value": "x" });
    assert_eq!(server.put("/api/v1/variables", own).await.status.as_u16(), 422);

    let list = server.get("/api/v1/variables?name=DB_&limit=1").await.expect(200);
    assert_eq!((&list["items"][0]["name"], &list["total"]), (&json!("db_host"), &json!(2)));
    let next = format!("/api/v1/variables?name=DB_&limit=1&cursor={}", list["next"].as_str().unwrap());
    let next = server.get(&next).await.expect(200);
    assert_eq!((&next["items"][0]["name"], &next["next"]), (&json!("db_password"), &Value::Null));
    let id = next["items"][0]["id"].as_str().unwrap();
    assert_eq!(server.delete(&format!("/api/v1/variables/{id}")).await.status.as_u16(), 204);
    assert_eq!(server.delete("/api/v1/vault/secrets/shop-db").await.status.as_u16(), 204);
}

/// A public key as it stands between the lines of PEM, and the private key in PEM.
fn keys(size: KeySize) -> (String, String) {
    let key = PrivateDecryptingKey::generate(size).unwrap();
    let public: PublicKeyX509Der<'_> = key.public_key().as_der().unwrap();
    let private: Pkcs8V1Der<'_> = key.as_der().unwrap();
    let text = |der: &[u8]| base64::engine::general_purpose::STANDARD.encode(der);
    let private = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", text(private.as_ref()));
    (text(public.as_ref()), private)
}

const SEALED: &str = "render = ['conf/shop.toml']\n[variables]\npublic_key = 'app_key'\nsigning_key = 'system_key'\n";
const SEALED_CONF: &str = "twice = '[!db_password]'\nonce = '[+db_password]'\nport = [%port] [@port]\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_are_encrypted_for_the_application_and_are_no_change_for_that() {
    let mut fleet = with_values(1).await;
    push_files(&fleet, "3.0.0", &[("packhorse.toml", SEALED), ("conf/shop.toml", SEALED_CONF)]).await;
    let spec = fleet.spec(json!({ "action": "deploy", "version": "3.0.0" }));
    set(&fleet, "app_key", "package:shop-web", "no key").await;
    let refused = fleet.try_deploy(json!({ "action": "deploy", "version": "3.0.0" })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "variables_unresolved"));
    insta::assert_json_snapshot!(refused.body["unresolved"], @r#"
    [
      {
        "hosts": [
          "web-1"
        ],
        "hosts_more": 0,
        "name": "app_key",
        "place": "packhorse.toml, variables.public_key",
        "reason": "is no RSA public key of 1024 to 8192 bits: set it in PEM, as `openssl pkey -pubout` writes it, or as its Base64 alone",
        "reason_code": "key_unusable",
        "token": "[@app_key]"
      },
      {
        "hosts": [
          "web-1"
        ],
        "hosts_more": 0,
        "name": "system_key",
        "place": "packhorse.toml, variables.signing_key",
        "reason": "has no value",
        "reason_code": "undefined",
        "token": "[@system_key]"
      }
    ]
    "#);

    let ((public, _), (_, private)) = (keys(KeySize::Rsa2048), keys(KeySize::Rsa3072));
    set(&fleet, "app_key", "package:shop-web", &public).await;
    fleet.server.post("/api/v1/vault/secrets", json!({ "name": "system_key", "value": private })).await.expect(201);
    let deployment = fleet.deploy(json!({ "action": "deploy", "version": "3.0.0" })).await;
    fleet.round().await;
    let open = fleet.hosts[0].open().unwrap().clone();
    assert!(open.order.secrets.is_empty(), "{:?}", open.order.secrets);
    let path = format!("/agent/v1/attempts/{}/secrets", open.attempt);
    let own = fleet.hosts[0].identity;
    let given = fleet.server.agent(own, Method::GET, &path, Value::Null).await.expect(200);
    let digits = |kind: &str, name: &str| given[kind][name].as_str().map(str::len);
    assert_eq!(given["values"], json!({}));
    assert_eq!((digits("encrypted", "db_password"), digits("encrypted", "port")), (Some(768), Some(768)));
    assert_eq!((digits("single_encrypted", "db_password"), digits("single_encrypted", "port")), (Some(520), None));
    assert!(!given.to_string().contains(SECRET));
    let again = fleet.server.agent(own, Method::GET, &path, Value::Null).await.expect(200);
    assert_ne!(given["encrypted"], again["encrypted"]);
    fleet.settle().await;
    assert_eq!(fleet.state(&deployment).await, "succeeded");

    // What is encrypted anew is the same value under the same keys.
    let plan = fleet.server.post("/api/v1/plans", spec.clone()).await.expect(201);
    assert_eq!(plan["unchanged"], json!(["web-1"]));
    assert_eq!(affected(&fleet, "").await, Vec::<String>::new());
    set(&fleet, "app_key", "package:shop-web", &keys(KeySize::Rsa2048).0).await;
    assert_eq!(affected(&fleet, "name=APP_KEY").await, ["web-1"]);
    assert_eq!(affected(&fleet, "name=no_key").await, Vec::<String>::new());
    let plan = fleet.server.post("/api/v1/plans", spec).await.expect(201);
    assert_eq!(plan["changes"][0]["changes_values"], true);
    let file = format!("/api/v1/plans/{}/files?host=web-1&path=conf/shop.toml", plan["id"].as_str().unwrap());
    let file = fleet.server.get(&file).await.expect(200);
    assert_eq!(file["after"], "twice = '••••••'\nonce = '••••••'\nport = •••••• 8080\n");

    let explained = "/api/v1/variables/explain?name=db_password&package=shop-web&host=web-1";
    let uses = fleet.server.get(explained).await.expect(200)["uses"].clone();
    insta::assert_json_snapshot!(uses, @r#"
    [
      {
        "form": "encrypted",
        "place": "conf/shop.toml:1",
        "token": "[!db_password]",
        "version": "3.0.0"
      },
      {
        "form": "single_encrypted",
        "place": "conf/shop.toml:2",
        "token": "[+db_password]",
        "version": "3.0.0"
      }
    ]
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_encrypted_is_refused_before_anything_is_touched() {
    let fleet = with_values(1).await;
    push_files(&fleet, "3.0.0", &[("packhorse.toml", SEALED), ("conf/shop.toml", SEALED_CONF)]).await;
    let (public, private) = keys(KeySize::Rsa2048);
    set(&fleet, "app_key", "package:shop-web", &public).await;
    fleet.server.post("/api/v1/vault/secrets", json!({ "name": "system_key", "value": private })).await.expect(201);
    let long = json!({ "value": format!("{SECRET}{}", "x".repeat(245)) });
    fleet.server.put("/api/v1/vault/secrets/shop-db", long).await.expect(200);
    set(&fleet, "port", "host:web-1", &"8".repeat(246)).await;
    let deploy = json!({ "action": "deploy", "version": "3.0.0" });
    let refused = fleet.try_deploy(deploy.clone()).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "variables_unresolved"));
    assert!(!refused.body.to_string().contains(SECRET));
    insta::assert_snapshot!(refused.body["detail"].as_str().unwrap(), @r"
    conf/shop.toml:1: [!db_password] is longer than the 245 bytes that the public key of 2048 bits encrypts on web-1
    conf/shop.toml:2: [+db_password] is longer than the 245 bytes that the public key of 2048 bits encrypts on web-1
    conf/shop.toml:3: [%port] is longer than the 245 bytes that the public key of 2048 bits encrypts on web-1
    packhorse.toml, variables.signing_key: [@system_key] has 2048 bits, and for the public key of 2048 bits it must have 2136 at least on web-1
    ");
    let codes: Vec<&str> = refused.body["unresolved"]
        .as_array()
        .unwrap()
        .iter()
        .map(|used| used["reason_code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["too_long", "too_long", "too_long", "key_unusable"]);

    for (name, value) in [("shop-db", SECRET.to_owned()), ("system_key", "no key".to_owned())] {
        fleet.server.put(&format!("/api/v1/vault/secrets/{name}"), json!({ "value": value })).await.expect(200);
    }
    set(&fleet, "port", "host:web-1", &"8".repeat(245)).await;
    let refused = fleet.try_deploy(deploy.clone()).await;
    insta::assert_snapshot!(refused.body["detail"].as_str().unwrap(), @"packhorse.toml, variables.signing_key: [@system_key] is no RSA private key of 1024 to 8192 bits in PEM: `openssl genpkey -algorithm RSA` writes one on web-1");
    let right = json!({ "value": keys(KeySize::Rsa3072).1 });
    fleet.server.put("/api/v1/vault/secrets/system_key", right).await.expect(200);
    fleet.try_deploy(deploy).await.expect(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_replaced_as_a_whole_by_a_variable_of_its_path() {
    let mut fleet = with_values(1).await;
    let files = [
        ("packhorse.toml", "render = ['conf/shop.toml']\n[variables.prefixes]\nplain = '$'\n"),
        ("conf/shop.toml", "license = '[^conf/license.dat]'\nport = [$port]\nlist = [@port]\n"),
        ("conf/license.dat", "a placeholder"),
    ];
    push_files(&fleet, "3.0.0", &files).await;
    let refused = fleet.try_deploy(json!({ "action": "deploy", "version": "3.0.0" })).await;
    insta::assert_snapshot!(refused.body["detail"].as_str().unwrap(), @"conf/shop.toml:1: [^conf/license.dat] has no value on web-1");
    set(&fleet, "conf/license.dat", "host:web-1", "issued to web-1\r\n").await;
    let spec = fleet.spec(json!({ "action": "deploy", "version": "3.0.0" }));
    let plan = fleet.server.post("/api/v1/plans", spec).await.expect(201);
    assert_eq!(plan["changes"][0]["rendered"], json!(["conf/license.dat", "conf/shop.toml"]));
    let file = async |path: &str| {
        let path = format!("/api/v1/plans/{}/files?host=web-1&path={path}", plan["id"].as_str().unwrap());
        fleet.server.get(&path).await.expect(200)["after"].clone()
    };
    assert_eq!(file("conf/license.dat").await, "issued to web-1\r\n");
    assert_eq!(file("conf/shop.toml").await, "license = '[^conf/license.dat]'\nport = 8080\nlist = [@port]\n");
    let deployment = fleet.deploy(json!({ "action": "deploy", "version": "3.0.0" })).await;
    fleet.round().await;
    let order = fleet.hosts[0].open().unwrap().order.clone();
    assert_eq!(order.variables["conf/license.dat"], "issued to web-1\r\n");
    assert_eq!(order.to.unwrap().manifest.variables.files, ["conf/license.dat"]);
    fleet.settle().await;
    assert_eq!(fleet.state(&deployment).await, "succeeded");
    // To restart what is there writes no file.
    let spec = fleet.spec(json!({ "action": "restart" }));
    let plan = fleet.server.post("/api/v1/plans", spec).await.expect(201);
    assert_eq!(plan["changes"][0]["rendered"], json!([]));
}
