//! Danger rules, and what scripts and SQL are looked at for.

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::harness::{Reply, TestServer, authorized};

fn tar(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(if path.ends_with(".sh") { 0o755 } else { 0o644 });
        header.set_mtime(1);
        builder.append_data(&mut header, path, content.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

async fn push(server: &TestServer, file_name: &str, files: &[(&str, &str)]) -> Reply {
    let path = format!("/api/v1/uploads?file_name={file_name}");
    let request = authorized(Method::POST, &path).body(Body::from(tar(files))).unwrap();
    let response = server.people.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    Reply { status, headers, body: serde_json::from_slice(&bytes).unwrap() }
}

fn rule(name: &str, pattern: &str) -> Value {
    json!({ "name": name, "message": "sends passwords in the clear", "level": "high", "action": "block", "languages": ["shell"], "pattern": pattern })
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_kept_and_used() {
    let server = TestServer::start().await;
    let before = server.get("/api/v1/danger-rules?limit=500").await.expect(200);
    assert_eq!(before["total"], 23);
    server.post("/api/v1/danger-rules", rule("no-telnet", r"\btelnet\b")).await.expect(201);
    let twice = server.post("/api/v1/danger-rules", rule("no-telnet", "x")).await;
    assert_eq!((twice.status.as_u16(), twice.code()), (409, "danger_rule_exists"));
    let bad = server.post("/api/v1/danger-rules", rule("bad", "(?!x)")).await;
    assert_eq!((bad.status.as_u16(), bad.code()), (422, "danger_rule"));

    let script = json!({ "text": "#!/bin/sh\ntelnet a\n", "language": "shell" });
    let found = server.post("/api/v1/scripts/check", script.clone()).await.expect(200);
    assert_eq!(found["is_blocked"], true);
    assert_eq!(found["findings"][0]["span"], json!({ "line": 2, "column": 1, "end_line": 2, "end_column": 7 }));

    let mut spec = rule("no-telnet", r"\btelnet\b");
    spec.as_object_mut().unwrap().remove("name");
    spec["is_enabled"] = json!(false);
    server.put("/api/v1/danger-rules/no-telnet", spec).await.expect(200);
    let found = server.post("/api/v1/scripts/check", script).await.expect(200);
    assert_eq!(found["findings"], json!([]));
    assert_eq!(server.delete("/api/v1/danger-rules/no-telnet").await.status.as_u16(), 204);
    assert_eq!(server.get("/api/v1/danger-rules/no-telnet").await.code(), "danger_rule_not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn default_rules_are_switched_off_and_never_deleted() {
    let server = TestServer::start().await;
    let mut reboot = server.get("/api/v1/danger-rules/reboot").await.expect(200);
    assert_eq!((&reboot["origin"], &reboot["is_enabled"]), (&json!("default"), &json!(true)));
    let kept = server.delete("/api/v1/danger-rules/reboot").await;
    assert_eq!((kept.status.as_u16(), kept.code()), (409, "danger_rule_default"));
    reboot["is_enabled"] = json!(false);
    reboot["action"] = json!("block");
    server.put("/api/v1/danger-rules/reboot", reboot.clone()).await.expect(200);
    assert_eq!(server.get("/api/v1/danger-rules/reboot").await.expect(200)["is_enabled"], false);
    reboot["message"] = json!("other");
    assert_eq!(server.put("/api/v1/danger-rules/reboot", reboot).await.code(), "danger_rule_default");
}

#[tokio::test(flavor = "multi_thread")]
async fn side_scripts_of_a_package_only_warn() {
    let server = TestServer::start().await;
    let files = [("scripts/start.sh", "#!/bin/sh\nrm -rf /\nkill -9 $PID\n"), ("index.html", "x")];
    let pushed = push(&server, "shop_1.0.0.tar", &files).await.expect(201);
    let rules: Vec<&str> =
        pushed["warnings"].as_array().unwrap().iter().filter_map(|found| found["rule"].as_str()).collect();
    assert!(rules.contains(&"rm-root") && rules.contains(&"kill-signal-option"), "{rules:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_a_rule_blocks_is_refused() {
    let server = TestServer::start().await;
    let manifest = "[script]\nentry = 'clean.sh'\ninterpreter = 'bash'\n";
    let files = [("packhorse.toml", manifest), ("clean.sh", "#!/bin/bash\nrm -rf /\n")];
    let refused = push(&server, "clean_1.0.0.tar", &files).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "DANGER"));
    assert!(refused.body["detail"].as_str().unwrap().starts_with("clean.sh:2:1 rm-root"), "{:?}", refused.body);
    let files = [("packhorse.toml", manifest), ("clean.sh", "#!/bin/bash\nls\n")];
    push(&server, "clean_1.0.0.tar", &files).await.expect(201);
    assert_eq!(server.get("/api/v1/packages/clean").await.expect(200)["kind"], "script");
}

const MANIFEST: &str = "[database]\nengine = 'postgres'\n";

async fn push_database(server: &TestServer, version: &str, files: &[(&str, &str)]) -> Reply {
    push(server, &format!("shop-db_{version}.tar"), &[&[("packhorse.toml", MANIFEST)], files].concat()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn database_packages_lead_from_version_to_version() {
    let server = TestServer::start().await;
    push_database(&server, "1.0.0", &[("full-load/1_fullload.sql", "CREATE TABLE a (b int);\n")]).await.expect(201);
    for (from, version) in [("1.0.0", "1.0.1"), ("1.0.1", "1.0.2")] {
        let (up, down) = (format!("increment/{from}_increment.sql"), format!("increment/{from}_rollback.sql"));
        let files = [(up.as_str(), "INSERT INTO a VALUES (1);"), (down.as_str(), "DELETE FROM a WHERE b = 1;")];
        push_database(&server, version, &files).await.expect(201);
    }
    let chain = server.get("/api/v1/packages/shop-db/database-chain?from=1.0.0&to=1.0.2").await.expect(200);
    let files: Vec<&Value> = chain["steps"].as_array().unwrap().iter().map(|step| &step["files"][0]).collect();
    assert_eq!(files, ["increment/1.0.0_increment.sql", "increment/1.0.1_increment.sql"]);
    assert_eq!(chain["way_back"].as_array().unwrap().len(), 2);
    let chain = server.get("/api/v1/packages/shop-db/database-chain?to=1.0.1").await.expect(200);
    assert_eq!((&chain["steps"][0]["kind"], &chain["way_back"]), (&json!("full_load"), &json!(null)));
    let gap = server.get("/api/v1/packages/shop-db/database-chain?from=0.9&to=1.0.2").await;
    assert_eq!((gap.status.as_u16(), gap.code()), (409, "database_gap"));
    let missing = server.get("/api/v1/packages/shop-db/database-chain?to=9.9").await;
    assert_eq!((missing.status.as_u16(), missing.code()), (404, "version_not_found"));
    let database = server.get("/api/v1/packages/shop-db/versions/1.0.1/database").await.expect(200);
    assert_eq!(
        (&database["layout"], &database["increments"][0]["from"]),
        (&json!("full_and_increment"), &json!("1.0.0"))
    );
    assert_eq!(database["engine"], "postgres");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_package_that_breaks_a_rule_leaves_nothing() {
    let server = TestServer::start().await;
    let files = [("increment/1.0.0_increment.sql", "SELECT 1;\n\nDROP DATABASE shop;\n"), ("increment/x.sh", "")];
    let refused = push_database(&server, "1.0.1", &files).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "DATABASE"));
    let detail = refused.body["detail"].as_str().unwrap();
    for part in ["increment/1.0.0_increment.sql:3:1 SQL_ADMIN", "DB_ROLLBACK_MISSING", "increment/x.sh DB_NOT_SQL"] {
        assert!(detail.contains(part), "{detail}");
    }
    assert_eq!(server.get("/api/v1/packages/shop-db").await.status.as_u16(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn sql_is_checked_for_the_editor() {
    let server = TestServer::start().await;
    let text = "CREATE TABLE a (b int);\nGRANT ALL ON a TO c;\nDELETE FROM a;\n";
    let check = server.post("/api/v1/database/check", json!({ "text": text, "engine": "postgres" })).await.expect(200);
    let rules: Vec<&Value> = check["findings"].as_array().unwrap().iter().map(|finding| &finding["rule"]).collect();
    assert_eq!(rules, ["SQL_ADMIN", "sql-delete-all"]);
    assert_eq!(
        (&check["total"], &check["is_refused"], &check["statements"][0]["verb"]),
        (&json!(3), &json!(true), &json!("CREATE TABLE"))
    );
    let long = json!({ "text": "x".repeat((512 << 10) + 1), "engine": "postgres" });
    let refused = server.post("/api/v1/database/check", long).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "text_too_long"));
}
