//! Versions that are deleted by rules.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::TestServer;
use crate::registry::{push, shop};

/// A server with six versions of `shop`, pushed a day apart.
async fn six_versions() -> TestServer {
    let server = TestServer::start().await;
    for number in 0..6 {
        let version = format!("1.0.{number}");
        push(&server, &format!("file_name=shop_{version}.tar"), &shop(&version, &version)).await.expect(201);
        server.advance(SignedDuration::from_hours(24));
    }
    server
}

fn fates(preview: &Value) -> String {
    let fate = |item: &Value| {
        format!("{} {}", item["version"].as_str().unwrap(), item["kept_because"].as_str().unwrap_or("deleted"))
    };
    preview["items"].as_array().unwrap().iter().map(fate).collect::<Vec<_>>().join(", ")
}

async fn versions(server: &TestServer) -> String {
    let listed = server.get("/api/v1/packages/shop/versions").await.expect(200);
    let numbers: Vec<&str> =
        listed["items"].as_array().unwrap().iter().filter_map(|it| it["version"].as_str()).collect();
    numbers.join(" ")
}

const PREVIEW: &str = "/api/v1/packages/shop/retention/preview";

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_tried_before_it_holds_and_applied_once_a_day() {
    let server = six_versions().await;
    let nothing = server.post(PREVIEW, json!({})).await.expect(200);
    assert_eq!((&nothing["deleted"], &nothing["rule"]), (&json!(0), &Value::Null));
    server.post("/api/v1/packages/shop/versions/1.0.1/protect", Value::Null).await.expect(200);
    server
        .post("/api/v1/drafts", json!({ "package": "shop", "start": { "with": "version", "version": "1.0.2" } }))
        .await
        .expect(201);
    let rule = json!({ "keep_last": 2 });
    let preview = server.post(PREVIEW, json!({ "rule": rule })).await.expect(200);
    insta::assert_snapshot!(fates(&preview), @"1.0.5 latest, 1.0.4 keep_last, 1.0.3 deleted, 1.0.2 draft_base, 1.0.1 protected, 1.0.0 deleted");
    assert_eq!((&preview["kept"], &preview["deleted"]), (&json!(4), &json!(2)));
    let first = server.post(&format!("{PREVIEW}?limit=4"), json!({ "rule": rule })).await.expect(200);
    let next = format!("{PREVIEW}?limit=4&cursor={}", first["next"].as_str().unwrap());
    let second = server.post(&next, json!({ "rule": rule })).await.expect(200);
    insta::assert_snapshot!(fates(&second), @"1.0.1 protected, 1.0.0 deleted");

    // The site's rule holds where a package has none.
    server.put("/api/v1/retention", json!({ "rule": { "keep_last": 1 } })).await.expect(200);
    server.put("/api/v1/packages/shop/retention", json!({ "rule": null })).await.expect(200);
    assert_eq!(packhorse_server::apply_retention(&server.app).await.unwrap(), 0, "this package keeps all");
    let own = server.put("/api/v1/packages/shop/retention", json!({ "rule": rule })).await.expect(200);
    assert_eq!((&own["source"], &own["rule"]), (&json!("package"), &rule));
    assert_eq!(packhorse_server::apply_retention(&server.app).await.unwrap(), 0, "once a day");
    server.advance(SignedDuration::from_hours(24));
    assert_eq!(packhorse_server::apply_retention(&server.app).await.unwrap(), 2);
    assert_eq!(versions(&server).await, "1.0.5 1.0.4 1.0.2 1.0.1");
    let audit = server.get("/api/v1/audit?action=version.delete").await.expect(200);
    assert_eq!(audit["total"], 2, "{audit:#}");
    assert_eq!((&audit["items"][0]["actor"], &audit["items"][0]["detail"]["retention"]), (&json!("server"), &rule));

    assert_eq!(server.delete("/api/v1/packages/shop/retention").await.status.as_u16(), 204);
    let site = server.get("/api/v1/packages/shop/retention").await.expect(200);
    assert_eq!((&site["source"], &site["rule"]["keep_last"]), (&json!("site"), &json!(1)));
    server.advance(SignedDuration::from_hours(24));
    assert_eq!(packhorse_server::apply_retention(&server.app).await.unwrap(), 1);
    assert_eq!(versions(&server).await, "1.0.5 1.0.2 1.0.1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_would_keep_nothing_is_refused() {
    let server = six_versions().await;
    for rule in [json!({}), json!({ "keep_tags": ["lts"] }), json!({ "keep_last": 0 })] {
        for path in ["/api/v1/retention", "/api/v1/packages/shop/retention"] {
            let refused = server.put(path, json!({ "rule": rule })).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (422, "bad_retention_rule"), "{rule}");
        }
    }
    assert_eq!(server.get("/api/v1/packages/nothing/retention").await.code(), "package_not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_protected_is_deleted_by_nobody() {
    let server = six_versions().await;
    let protected = server.post("/api/v1/packages/shop/versions/1.0.0/protect", Value::Null).await.expect(200);
    assert_eq!(protected["summary"]["is_protected"], true);
    for path in ["/api/v1/packages/shop/versions/1.0.0", "/api/v1/packages/shop"] {
        let refused = server.delete(path).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (409, "version_protected"));
    }
    server.post("/api/v1/packages/shop/versions/1.0.0/unprotect", Value::Null).await.expect(200);
    assert_eq!(server.delete("/api/v1/packages/shop").await.status.as_u16(), 204);
}
