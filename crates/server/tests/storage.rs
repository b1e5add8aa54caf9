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

/// The packs on disk.
fn packs(server: &TestServer) -> Vec<std::path::PathBuf> {
    let folders = std::fs::read_dir(server.app.config.data.join("objects/packs")).unwrap();
    folders.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap()).map(|it| it.unwrap().path()).collect()
}

/// Changes a byte of a pack.
fn flip(pack: &std::path::Path) {
    let mut bytes = std::fs::read(pack).unwrap();
    bytes[1000] ^= 1;
    std::fs::write(pack, bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_that_a_download_meets_is_written_down() {
    let server = TestServer::start().await;
    push(&server, "file_name=shop_1.0.0.tar", &shop("1.0.0", "hello")).await.expect(201);
    flip(&packs(&server)[0]);
    let refused = server.get("/api/v1/packages/shop/versions/1.0.0/full").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "content_damaged"));
    assert!(server.get("/api/v1/storage").await.expect(200)["damaged_segments"].as_u64().unwrap() > 0);
    // What is known to be damaged is brought by the next push.
    push(&server, "file_name=shop_1.0.0.tar", &shop("1.0.0", "hello")).await.expect(200);
    assert_eq!(server.get("/api/v1/storage").await.expect(200)["damaged_segments"], 0);
    download(&server, "/api/v1/packages/shop/versions/1.0.0/full").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_is_repaired_from_an_original_and_from_a_transfer() {
    let server = TestServer::start().await;
    let archive = zstd::encode_all(shop("1.0.0", "hello").as_slice(), 1).unwrap();
    push(&server, "file_name=shop_1.0.0.tar.zst", &archive).await.expect(201);
    flip(&packs(&server)[0]);
    let report = job(&server, json!({ "kind": "verify", "repair": true })).await;
    assert!(report["damaged_segments"].as_u64().unwrap() > 0, "{report}");
    assert_eq!((&report["repaired_segments"], &report["damaged_ranges"]), (&report["damaged_segments"], &json!(0)));
    assert_eq!(job(&server, json!({ "kind": "verify" })).await["damaged_segments"], 0);

    let server = TestServer::start().await;
    push(&server, "file_name=shop_1.0.0.tar", &shop("1.0.0", "hello")).await.expect(201);
    let full = download(&server, "/api/v1/packages/shop/versions/1.0.0/full").await;
    flip(&packs(&server)[0]);
    let report = job(&server, json!({ "kind": "verify", "repair": true })).await;
    assert!(report["repaired_segments"].as_u64().unwrap() > 0, "{report}");
    assert_eq!(report["damaged_ranges"], 0);
    assert_eq!(download(&server, "/api/v1/packages/shop/versions/1.0.0/archive").await, shop("1.0.0", "hello"));
    assert_eq!(download(&server, "/api/v1/packages/shop/versions/1.0.0/full").await, full);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_copy_is_named_for_a_push() {
    let server = TestServer::start().await;
    push(&server, "file_name=shop_1.0.0.tar", &shop("1.0.0", "hello")).await.expect(201);
    flip(&packs(&server)[0]);
    let report = job(&server, json!({ "kind": "verify", "repair": true })).await;
    assert_eq!((&report["repaired_segments"], &report["damaged_ranges"]), (&json!(0), &json!(1)));
    let damage = server.get("/api/v1/storage/damage").await.expect(200);
    assert_eq!(damage["items"][0]["uses"][0]["version"], "1.0.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn small_packs_are_put_together_and_the_old_ones_stay_for_a_while() {
    let server = TestServer::start().await;
    for number in 0..9 {
        let version = format!("1.0.{number}");
        push(&server, &format!("file_name=shop_{version}.tar"), &shop(&version, &version)).await.expect(201);
    }
    let before = packs(&server);
    assert_eq!(before.len(), 9);
    assert_eq!(job(&server, json!({ "kind": "gc", "dry_run": true })).await["rewritten_packs"], 9);
    assert_eq!(packs(&server).len(), 9);
    let report = job(&server, json!({ "kind": "gc" })).await;
    assert_eq!((&report["rewritten_packs"], &report["removed_packs"]), (&json!(9), &json!(0)), "{report}");
    let fresh: Vec<_> = packs(&server).into_iter().filter(|pack| !before.contains(pack)).collect();
    assert_eq!(fresh.len(), 1);

    // As long as the old ones are there, they are copies.
    flip(&fresh[0]);
    let report = job(&server, json!({ "kind": "verify", "repair": true })).await;
    assert!(report["damaged_segments"].as_u64().unwrap() > 0, "{report}");
    assert_eq!(report["repaired_segments"], report["damaged_segments"]);

    server.advance(SignedDuration::from_hours(25));
    let report = job(&server, json!({ "kind": "gc" })).await;
    assert_eq!(report["removed_packs"], 9, "{report}");
    assert_eq!(job(&server, json!({ "kind": "verify" })).await["damaged_segments"], 0);
    for number in 0..9 {
        let version = format!("1.0.{number}");
        let path = format!("/api/v1/packages/shop/versions/{version}/archive");
        assert_eq!(download(&server, &path).await, shop(&version, &version));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn transfers_of_versions_that_are_gone_go_too() {
    let server = TestServer::start().await;
    for version in ["1.0.0", "1.0.1"] {
        push(&server, &format!("file_name=shop_{version}.tar"), &shop(version, version)).await.expect(201);
        download(&server, &format!("/api/v1/packages/shop/versions/{version}/full")).await;
    }
    let cached = || std::fs::read_dir(server.app.config.data.join("cache/transfers")).unwrap().count();
    assert_eq!(cached(), 2);
    assert_eq!(server.delete("/api/v1/packages/shop/versions/1.0.0").await.status.as_u16(), 204);
    job(&server, json!({ "kind": "gc" })).await;
    assert_eq!(cached(), 1);
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
