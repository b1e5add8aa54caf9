//! Database targets through the API, and what plans say of databases.

use axum::body::Body;
use http::Method;
use packhorse_model::database::LedgerState;
use packhorse_model::ids::{AttemptId, Identifier as _};
use packhorse_store::{database_targets, packages};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::fixture::{Fleet, WEB};
use crate::harness::{TestServer, authorized};

const TARGETS: &str = "/api/v1/database-targets";

pub(super) fn target(more: &Value) -> Value {
    let mut target = json!({
        "name": "shop", "module": WEB, "host": "web-1", "engine": "postgres", "address": "db:5432", "database": "shop", "user": "shop",
    });
    target.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    target
}

pub(super) async fn push(server: &TestServer, version: &str, manifest: &str, files: &[(&str, &str)]) {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, text) in [("packhorse.toml", manifest)].iter().chain(files) {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    let uri = format!("/api/v1/uploads?file_name=shop-db_{version}.tar");
    let request = authorized(Method::POST, &uri).body(Body::from(tar.into_inner().unwrap())).unwrap();
    let response = server.people.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&bytes));
}

const MANIFEST: &str = "[database]\nengine = \"postgres\"\n";

pub(super) async fn push_all(server: &TestServer) {
    push(server, "1.0.0", MANIFEST, &[("full-load/1_fullload.sql", "CREATE TABLE item (id INT);\n")]).await;
    let increment = [
        ("increment/1.0.0_increment.sql", "CREATE TABLE bill (id INT);\n"),
        ("increment/1.0.0_rollback.sql", "DROP TABLE bill;\n"),
    ];
    push(server, "1.1.0", MANIFEST, &increment).await;
}

fn spec(action: &str, version: &str) -> Value {
    json!({ "action": action, "package": "shop-db", "version": version, "targets": { "modules": [WEB] } })
}

#[tokio::test(flavor = "multi_thread")]
async fn database_targets_are_made_changed_and_forgotten() {
    let fleet = Fleet::of(1).await;
    let server = &fleet.server;
    for (wrong, code) in [
        (json!({ "module": "Shop/Production/None" }), "module_not_found"),
        (json!({ "host": "nobody" }), "host_not_found"),
        (json!({ "secret": "nothing" }), "secret_not_found"),
        (json!({ "address": null }), "database_target"),
        (json!({ "tls": "verify" }), "database_target"),
        (json!({ "engine": "sqlite" }), "database_target"),
        (json!({ "engine": "sqlite", "address": null, "user": null, "database": "shop.db" }), "database_target"),
        (json!({ "description": "x".repeat(501) }), "description_too_long"),
        (json!({ "address": "postgres://db" }), "bad_body"),
    ] {
        let reply = server.post(TARGETS, target(&wrong)).await;
        assert_eq!(reply.code(), code, "{wrong}: {:#}", reply.body);
    }
    server.post("/api/v1/vault/secrets", json!({ "name": "shop-db", "value": "hush" })).await.expect(201);
    let made = server.post(TARGETS, target(&json!({ "secret": "shop-db" }))).await.expect(201);
    assert_eq!((&made["tls"], &made["secret"], &made["ledgers"]), (&json!("prefer"), &json!("shop-db"), &json!([])));
    assert_eq!(server.post(TARGETS, target(&json!({}))).await.code(), "database_target_exists");
    assert_eq!(server.delete("/api/v1/vault/secrets/shop-db").await.code(), "secret_used_by_databases");

    let mut changed = target(&json!({ "database": "shop2", "description": "the shop's" }));
    changed.as_object_mut().unwrap().remove("name");
    let changed = server.put(&format!("{TARGETS}/shop"), changed).await.expect(200);
    assert_eq!((&changed["database"], &changed["secret"]), (&json!("shop2"), &Value::Null));
    server.delete("/api/v1/vault/secrets/shop-db").await.expect(204);

    let page = server.get(&format!("{TARGETS}?module={WEB}&host=web-1")).await.expect(200);
    assert_eq!((&page["total"], &page["items"][0]["name"]), (&json!(1), &json!("shop")));
    assert_eq!(server.get(&format!("{TARGETS}?host=nobody")).await.code(), "host_not_found");
    server.delete(&format!("{TARGETS}/shop")).await.expect(204);
    assert_eq!(server.get(&format!("{TARGETS}/shop")).await.code(), "database_target_not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_says_what_is_run_in_which_database() {
    let fleet = Fleet::of(2).await;
    let server = &fleet.server;
    push_all(server).await;
    let plan = async |spec: Value| server.post("/api/v1/plans", spec).await;
    assert_eq!(plan(spec("deploy", "1.0.0")).await.code(), "no_database_targets");

    server.post(TARGETS, target(&json!({}))).await.expect(201);
    let made = plan(spec("deploy", "1.1.0")).await.expect(201);
    let change = &made["changes"][0];
    assert_eq!((&change["action"], &change["hosts"]), (&json!("migrate"), &json!(["web-1"])));
    let steps: Vec<&str> =
        change["steps"].as_array().unwrap().iter().map(|step| step["kind"].as_str().unwrap()).collect();
    assert_eq!(steps, ["preflight", "fetch", "stage", "scripts", "migrate", "switch", "retire"]);
    let migration = &change["migrations"][0];
    assert_eq!(
        (&migration["target"], &migration["database"], &migration["from"], &migration["to"]),
        (&json!("shop"), &json!("shop on db:5432"), &Value::Null, &json!("1.1.0"))
    );
    let files: Vec<&Value> = migration["steps"].as_array().unwrap().iter().map(|step| &step["files"][0]).collect();
    assert_eq!(files, ["full-load/1_fullload.sql", "increment/1.0.0_increment.sql"]);
    assert_eq!(migration["has_way_back"], json!(false));
    let mut going_back = spec("deploy", "1.1.0");
    going_back["strategy"] = json!({ "on_failure": "rollback" });
    assert_eq!(plan(going_back).await.code(), "no_way_back");

    // A second database on the same host, of the same module.
    server.post(TARGETS, target(&json!({ "name": "other" }))).await.expect(201);
    let made = plan(spec("deploy", "1.1.0")).await.expect(201);
    let both: Vec<&Value> =
        made["changes"][0]["migrations"].as_array().unwrap().iter().map(|migration| &migration["target"]).collect();
    assert_eq!(both, ["other", "shop"], "one after the other, on one host");
    let mut moved = target(&json!({ "host": "web-2" }));
    moved.as_object_mut().unwrap().remove("name");
    server.put(&format!("{TARGETS}/other"), moved).await.expect(200);
    let made = plan(spec("deploy", "1.1.0")).await.expect(201);
    assert_eq!(made["changes"][0]["migrations"].as_array().unwrap().len(), 2);

    // A package for another engine, or for another user.
    push(
        server,
        "2.0.0",
        "[database]\nengine = \"mysql\"\n",
        &[("full-load/1_fullload.sql", "CREATE TABLE item (id INT);\n")],
    )
    .await;
    let made = plan(spec("deploy", "2.0.0")).await.expect(201);
    assert!(made["excluded"][0]["reason"].as_str().unwrap().contains("another engine"), "{made:#}");
    let manifest = "[database]\nengine = \"postgres\"\nuser = \"dba\"\n";
    push(server, "3.0.0", manifest, &[("full-load/1_fullload.sql", "CREATE TABLE item (id INT);\n")]).await;
    let made = plan(spec("deploy", "3.0.0")).await.expect(201);
    assert!(made["excluded"][0]["reason"].as_str().unwrap().contains("run by the user dba"), "{made:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn databases_into_which_a_host_has_brought_a_package_go_together() {
    let fleet = Fleet::of(1).await;
    let server = &fleet.server;
    push_all(server).await;
    server.post(TARGETS, target(&json!({}))).await.expect(201);
    let other = target(&json!({ "name": "other", "module": "Shop/Production/Empty" }));
    let other = server.post(TARGETS, other).await.expect(201)["id"].as_str().unwrap().parse().unwrap();
    let mut tx = server.app.store.write().await.unwrap();
    let package = packages::by_name(&mut tx, &"shop-db".parse().unwrap()).await.unwrap().unwrap().id;
    let ledger = LedgerState { version: Some("1.0.0".parse().unwrap()), stopped: None };
    let attempt = AttemptId::from_parts(server.app.clock.now(), 1);
    database_targets::report(&mut tx, other, package, &ledger, attempt, server.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();

    let made = server.post("/api/v1/plans", spec("deploy", "1.1.0")).await.expect(201);
    insta::assert_snapshot!(made["excluded"][0]["reason"].as_str().unwrap(), @"it has brought shop-db into other already, which belongs to Shop/Production/Empty: name that module, too, or let another host run one of its databases");
    let mut both = spec("deploy", "1.1.0");
    both["targets"]["modules"] = json!([WEB, "Shop/Production/Empty"]);
    let made = server.post("/api/v1/plans", both).await.expect(201);
    let ways: Vec<(&Value, &Value)> = made["changes"][0]["migrations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|migration| (&migration["target"], &migration["from"]))
        .collect();
    assert_eq!(ways, [(&json!("other"), &json!("1.0.0")), (&json!("shop"), &Value::Null)]);
}
