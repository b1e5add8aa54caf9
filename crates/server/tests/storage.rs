//! Deleting, collecting, verifying and mending.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::TestServer;
use crate::registry::{download, push, shop};

/// Runs a job to its end.
async fn job(server: &TestServer, request: Value) -> Value {
    let started = server.post("/api/v1/storage/jobs", request).await.expect(202);
    let path = format!("/api/v1/storage/jobs/{}", started["id"].as_str().unwrap());
    loop {
        let job = server.get(&path).await.expect(200);
        if job["state"] != "running" {
            assert_eq!(job["state"], "done", "{job:#}");
            return job["report"].clone();
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_needs_is_collected_and_the_rest_stays() {
    let server = TestServer::start().await;
    push(&server, "file_name=shop_1.0.0.tar", &shop("1.0.0", "hello")).await.expect(201);
    push(&server, "file_name=shop_1.0.1.tar", &shop("1.0.1", "goodbye")).await.expect(201);
    let kept = job(&server, json!({ "kind": "gc", "grace_seconds": 0 })).await;
    assert_eq!((&kept["removed_segments"], &kept["removed_packs"]), (&json!(0), &json!(0)));
    assert_eq!(server.delete("/api/v1/packages/shop/versions/1.0.1").await.status.as_u16(), 204);
    let first = job(&server, json!({ "kind": "gc" })).await;
    assert!(first["condemned_segments"].as_u64().unwrap() > 0 && first["removed_segments"] == 0, "{first}");
    server.advance(SignedDuration::from_hours(25));
    let second = job(&server, json!({ "kind": "gc" })).await;
    assert_eq!(second["removed_segments"], first["condemned_segments"]);
    assert_eq!(second["removed_packs"], 1);
    assert_eq!(download(&server, "/api/v1/packages/shop/versions/1.0.0/archive").await, shop("1.0.0", "hello"));

    let other = push(&server, "file_name=shop_1.0.1.tar", &shop("1.0.1", "other")).await;
    assert_eq!((other.status.as_u16(), other.code()), (409, "version_deleted"));
    push(&server, "file_name=shop_1.0.1.tar", &shop("1.0.1", "goodbye")).await.expect(201);
    assert_eq!(download(&server, "/api/v1/packages/shop/versions/1.0.1/files/conf/greeting.txt").await, b"goodbye");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_byte_is_found_named_and_mended_by_a_push() {
    let server = TestServer::start().await;
    push(&server, "file_name=shop_1.0.0.tar", &shop("1.0.0", "hello")).await.expect(201);
    let packs = server.app.config.data.join("objects/packs");
    let folder = std::fs::read_dir(&packs).unwrap().next().unwrap().unwrap().path();
    let pack = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&pack).unwrap();
    bytes[1000] ^= 1;
    std::fs::write(&pack, bytes).unwrap();
    let report = job(&server, json!({ "kind": "verify" })).await;
    assert!(report["damaged_segments"].as_u64().unwrap() > 0, "{report}");
    let damage = server.get("/api/v1/storage/damage").await.expect(200);
    assert_eq!(damage["items"][0]["uses"][0]["path"], "lib/big.bin", "{damage:#}");
    let refused = server.get("/api/v1/packages/shop/versions/1.0.0/files/lib/big.bin").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "content_damaged"));
    push(&server, "file_name=shop_1.0.0.tar", &shop("1.0.0", "hello")).await.expect(200);
    assert_eq!(download(&server, "/api/v1/packages/shop/versions/1.0.0/archive").await, shop("1.0.0", "hello"));
    assert_eq!(job(&server, json!({ "kind": "verify" })).await["damaged_segments"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yanked_version_is_not_the_latest_and_versions_are_compared() {
    let server = TestServer::start().await;
    push(&server, "file_name=shop_1.0.0.tar", &shop("1.0.0", "hello")).await.expect(201);
    push(&server, "file_name=shop_1.0.1.tar", &shop("1.0.1", "goodbye")).await.expect(201);
    let compared = server.get("/api/v1/packages/shop/versions/1.0.0/compare/1.0.1").await.expect(200);
    assert_eq!((&compared["total"], &compared["items"][0]["change"]), (&json!(1), &json!("changed")));
    server.post("/api/v1/packages/shop/versions/1.0.1/yank", json!({ "reason": "broken" })).await.expect(200);
    assert_eq!(server.get("/api/v1/packages/shop").await.expect(200)["latest"], "1.0.0");
    server.post("/api/v1/packages/shop/versions/1.0.1/unyank", json!({})).await.expect(200);
    let unsaid = server.post("/api/v1/packages/shop/versions/1.0.1/ban", json!({})).await;
    assert_eq!(unsaid.code(), "bad_reason");
    assert_eq!(server.delete("/api/v1/packages/shop").await.status.as_u16(), 204);
    assert_eq!(server.get("/api/v1/packages").await.expect(200)["total"], 0);
}
