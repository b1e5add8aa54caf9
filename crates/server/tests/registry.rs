//! Pushing versions and getting them back.

use std::io::Read as _;

use axum::body::Body;
use http::{Method, header};
use packhorse_server::AgentIdentity;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::harness::{Reply, TestServer, authorized};

const MANIFEST: &str = "install_root = \"/data/app/shop\"\n[[health]]\nport = 8080\n";

fn tar(files: &[(&str, u32, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, mode, content) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(*mode);
        header.set_mtime(1);
        builder.append_data(&mut header, path, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

pub(crate) fn shop(version: &str, greeting: &str) -> Vec<u8> {
    let path = |path: &str| format!("shop_{version}/{path}");
    tar(&[
        (&path("packhorse.toml"), 0o644, MANIFEST.as_bytes()),
        (&path("scripts/start.sh"), 0o755, b"#!/bin/sh\n"),
        (&path("conf/greeting.txt"), 0o644, greeting.as_bytes()),
        (&path("lib/big.bin"), 0o644, &noise(600_000)),
    ])
}

/// Bytes that no compressor makes smaller.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

pub(crate) async fn push(server: &TestServer, query: &str, archive: &[u8]) -> Reply {
    let request =
        authorized(Method::POST, &format!("/api/v1/uploads?{query}")).body(Body::from(archive.to_vec())).unwrap();
    let response = server.people.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    Reply { status, headers, body: serde_json::from_slice(&bytes).unwrap() }
}

async fn bytes_of(router: &axum::Router, request: http::request::Builder) -> (u16, Vec<u8>) {
    let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    (status, axum::body::to_bytes(response.into_body(), 64 << 20).await.unwrap().to_vec())
}

pub(crate) async fn download(server: &TestServer, path: &str) -> Vec<u8> {
    let (status, bytes) = bytes_of(&server.people, authorized(Method::GET, path)).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_pushed_shown_and_given_back_bit_for_bit() {
    let server = TestServer::start().await;
    let archive = shop("1.0.0", "hello");
    let pushed = push(&server, "file_name=shop_1.0.0_77.tar", &archive).await.expect(201);
    insta::assert_json_snapshot!(pushed["version"]["summary"], {
        ".id" => "[id]", ".tree" => "[tree]", ".new_bytes" => "[bytes]"
    }, @r#"
    {
      "build": "77",
      "created_at": "2026-06-01T12:00:00Z",
      "creator": "admin",
      "deployed_at": null,
      "description": "",
      "files": 4,
      "id": "[id]",
      "installrank": null,
      "instances": 0,
      "is_protected": false,
      "modules": 0,
      "new_bytes": "[bytes]",
      "package": "shop",
      "size": 600070,
      "state": "published",
      "tree": "[tree]",
      "version": "1.0.0"
    }
    "#);
    assert_eq!(pushed["version"]["manifest"]["lifecycle"]["start"]["command"], "scripts/start.sh");
    assert_eq!(pushed["version"]["archive"]["kept_as"], "recipe");
    assert_eq!(download(&server, "/api/v1/packages/shop/versions/1.0.0/archive").await, archive);

    let (status, part) = bytes_of(
        &server.people,
        authorized(Method::GET, "/api/v1/packages/shop/versions/1.0.0/archive")
            .header(header::RANGE, "bytes=1000-2999"),
    )
    .await;
    assert_eq!((status, part.as_slice()), (206, &archive[1000..3000]));

    let listed = server.get("/api/v1/packages?search=SHOP").await.expect(200);
    assert_eq!(listed["items"][0]["latest"], "1.0.0");
    assert_eq!(listed["total"], 1);
    let tree = server.get("/api/v1/packages/shop/versions/1.0.0/tree?limit=3").await.expect(200);
    let paths: Vec<&str> =
        tree["items"].as_array().unwrap().iter().filter_map(|entry| entry["path"].as_str()).collect();
    assert_eq!(paths, ["conf", "conf/greeting.txt", "lib"], "the wrapping folder is taken off");
    let next = tree["next"].as_str().unwrap();
    let rest = server.get(&format!("/api/v1/packages/shop/versions/1.0.0/tree?cursor={next}")).await.expect(200);
    assert_eq!(rest["items"][0]["path"], "lib/big.bin");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_full_transfer_is_a_tar_that_anything_can_unpack() {
    let server = TestServer::start().await;
    push(&server, "file_name=shop_1.0.0.tar", &shop("1.0.0", "hello")).await.expect(201);
    let full = download(&server, "/api/v1/packages/shop/versions/1.0.0/full").await;
    let mut unpacked = tar::Archive::new(zstd::Decoder::new(full.as_slice()).unwrap());
    let greeting =
        unpacked.entries().unwrap().map(Result::unwrap).find(|entry| entry.path().unwrap().ends_with("greeting.txt"));
    let mut text = String::new();
    greeting.unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_never_changes() {
    let server = TestServer::start().await;
    push(&server, "file_name=shop_1.0.0.tar", &shop("1.0.0", "hello")).await.expect(201);
    push(&server, "file_name=shop_1.0.0.tar", &shop("1.0.0", "hello")).await.expect(200);
    let other = push(&server, "file_name=shop_1.0.0.tar", &shop("1.0.0", "goodbye")).await;
    assert_eq!((other.status.as_u16(), other.code()), (409, "version_exists"));
    let second = push(&server, "file_name=shop_1.0.1.tar", &shop("1.0.1", "goodbye")).await.expect(201);
    let new_bytes = second["version"]["summary"]["new_bytes"].as_u64().unwrap();
    assert!(new_bytes < 20_000, "what did not change is not stored again: {new_bytes}");
    let listed = server.get("/api/v1/packages/shop/versions").await.expect(200);
    let numbers: Vec<&Value> = listed["items"].as_array().unwrap().iter().map(|version| &version["version"]).collect();
    assert_eq!(numbers, ["1.0.1", "1.0.0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_refused_and_leaves_nothing() {
    let server = TestServer::start().await;
    let link = {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        builder.append_link(&mut header, "l", "/etc/shadow").unwrap();
        builder.into_inner().unwrap()
    };
    let unknown_key = tar(&[("packhorse.toml", 0o644, b"instal_root = '/x'\n")]);
    let mode = tar(&[("scripts/start.sh", 0o644, b"#!/bin/sh\n")]);
    for (query, archive, code) in [
        ("file_name=shop_1.0.0.rar", &b"Rar!"[..], "NAME_EXTENSION"),
        ("file_name=shop.tar", &shop("1.0.0", "x"), "NAME_FORM"),
        ("file_name=..%2Fshop_1.0.0.tar", &shop("1.0.0", "x"), "NAME_FORM"),
        ("file_name=shop_1.0.0.zip", &shop("1.0.0", "x"), "PKG_FORMAT"),
        ("file_name=shop_1.0.0.tar", &link, "PKG_LINK"),
        ("file_name=shop_1.0.0.tar.gz", b"", "PKG_EMPTY"),
        ("file_name=shop_1.0.0.tar", &unknown_key, "MANIFEST"),
        ("file_name=shop_1.0.0.tar", &mode, "COMMAND_MODE"),
    ] {
        let refused = push(&server, query, archive).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, code), "{query}: {:#}", refused.body);
        assert!(refused.body["hint"].is_string(), "{query}: {:#}", refused.body);
    }
    assert_eq!(server.get("/api/v1/packages").await.expect(200)["total"], 0);
    let missing = server.get("/api/v1/packages/shop/versions/1.0.0").await;
    assert_eq!((missing.status.as_u16(), missing.code()), (404, "package_not_found"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_gets_trees_deltas_and_files() {
    let server = TestServer::start().await;
    let old = push(&server, "file_name=shop_1.0.0.tar", &shop("1.0.0", "hello")).await.expect(201);
    let new = push(&server, "file_name=shop_1.0.1.tar", &shop("1.0.1", "goodbye")).await.expect(201);
    let tree_of = |reply: &Value| reply["version"]["summary"]["tree"].as_str().unwrap().to_owned();
    let (old, new) = (tree_of(&old), tree_of(&new));
    let identity = join(&server).await;
    let get = async |path: &str| {
        let request = http::Request::builder().method(Method::GET).uri(path).extension(identity);
        let (status, bytes) = bytes_of(&server.agents, request).await;
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&bytes));
        bytes
    };
    let list = packhorse_content::Tree::from_bytes(&get(&format!("/agent/v1/trees/{new}")).await).unwrap();
    assert_eq!(list.digest().to_string(), new);
    let full = get(&format!("/agent/v1/trees/{new}/full")).await;
    let delta = get(&format!("/agent/v1/trees/{new}/delta/{old}")).await;
    assert!(
        delta.len() < 1000 && full.len() > 500_000,
        "the delta has {} bytes, the whole {}",
        delta.len(),
        full.len()
    );
    let file = list.get("lib/big.bin").and_then(|entry| match &entry.kind {
        packhorse_content::EntryKind::File { digest, .. } => Some(*digest),
        _ => None,
    });
    assert_eq!(get(&format!("/agent/v1/files/{}", file.unwrap())).await, noise(600_000));
}

/// A host that has joined.
async fn join(server: &TestServer) -> AgentIdentity {
    let now = server.app.clock.now();
    let mut tx = server.app.store.write().await.unwrap();
    let facts = packhorse_model::order::HostFacts::default();
    let id = server.app.random.id(now);
    let (host, incarnation) =
        packhorse_store::hosts::join(&mut tx, id, &"web-1".parse().unwrap(), &facts, now).await.unwrap();
    tx.commit().await.unwrap();
    AgentIdentity { host, incarnation }
}
