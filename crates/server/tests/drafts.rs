//! Drafts through the router: edited by several people, uploaded into over cut connections, undone and published.

use axum::body::{Body, Bytes};
use futures::StreamExt as _;
use http::{HeaderMap, Method, header};
use jiff::SignedDuration;
use packhorse_model::UserName;
use packhorse_model::api::sessions::TokenSummary;
use packhorse_store::{tokens, users};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tower::ServiceExt as _;

use crate::harness::{Reply, TestServer, authorized};

const LI: &str = "ph_1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

async fn begin(server: &TestServer, start: Value) -> String {
    let body = json!({ "package": "shop", "start": start });
    let draft = server.post("/api/v1/drafts", body).await.expect(201);
    format!("/api/v1/drafts/{}", draft["id"].as_str().unwrap())
}

async fn change(server: &TestServer, draft: &str, operations: Value) -> Reply {
    server.post(&format!("{draft}/operations"), json!({ "operations": operations })).await
}

async fn raw(server: &TestServer, request: http::request::Builder, body: Body) -> (u16, HeaderMap, Vec<u8>) {
    let response = server.people.clone().oneshot(request.body(body).unwrap()).await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, axum::body::to_bytes(response.into_body(), 64 << 20).await.unwrap().to_vec())
}

async fn entries(server: &TestServer, draft: &str, query: &str) -> Vec<String> {
    let listed = server.get(&format!("{draft}/entries?{query}")).await.expect(200);
    let line = |entry: &Value| {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        format!("{} {} {} {}", text("path"), text("mode"), text("difference"), text("from")).trim_end().to_owned()
    };
    listed["items"].as_array().unwrap().iter().map(line).collect()
}

/// A second user, with a token.
async fn li(server: &TestServer) {
    let now = server.app.clock.now();
    let mut tx = server.app.store.write().await.unwrap();
    let user = server.app.random.id(now);
    users::insert(&mut tx, user, &"li".parse::<UserName>().unwrap(), "x", now).await.unwrap();
    let token = TokenSummary {
        id: server.app.random.id(now),
        name: "li".into(),
        created_at: now,
        expires_at: None,
        last_used_at: None,
    };
    tokens::insert(&mut tx, user, &token, &Sha256::digest(LI.as_bytes()).into()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn as_li(server: &TestServer, path: &str, body: Value) -> Reply {
    let request = http::Request::post(path).header(header::AUTHORIZATION, format!("Bearer {LI}"));
    server.send(request, body).await
}

const START: &str = "#!/bin/sh\n";

/// A version made from a draft.
async fn published(server: &TestServer) -> Value {
    let draft = begin(server, json!({ "with": "empty" })).await;
    let operations = json!([
        { "op": "write_text", "path": "scripts/start.sh", "text": START, "mode": "755", "expect": "absent" },
        { "op": "write_text", "path": "conf/app.toml", "text": "port = 1\n", "expect": "absent" },
        { "op": "write_text", "path": "conf/old.toml", "text": "x", "expect": "absent" },
    ]);
    change(server, &draft, operations).await.expect(200);
    server.post(&format!("{draft}/publish"), json!({ "version": "1.0.0" })).await.expect(201)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_becomes_a_version_like_any_that_was_pushed() {
    let server = TestServer::start().await;
    let reply = published(&server).await;
    assert_eq!(reply["version"]["archive"]["file_name"], "shop_1.0.0.tar");
    assert_eq!(reply["version"]["manifest"]["lifecycle"]["start"]["command"], "scripts/start.sh");
    let request = authorized(Method::GET, "/api/v1/packages/shop/versions/1.0.0/archive");
    let (status, _, archive) = raw(&server, request, Body::empty()).await;
    assert_eq!(status, 200);
    let mut archive = tar::Archive::new(archive.as_slice());
    let paths: Vec<_> = archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().into_owned()).collect();
    assert_eq!(paths.len(), 5);

    let draft = begin(&server, json!({ "with": "version", "version": "1.0.0" })).await;
    assert_eq!(server.get(&draft).await.expect(200)["entries"], 5);
    let operations = json!([
        { "op": "write_text", "path": "conf/app.toml", "text": "port = 2\n", "expect": "present" },
        { "op": "move", "from": "conf/old.toml", "to": "conf/new.toml" },
        { "op": "set_mode", "path": "conf", "mode": "700" },
        { "op": "copy", "from": "scripts/start.sh", "to": "scripts/stop.sh" },
    ]);
    change(&server, &draft, operations).await.expect(200);
    assert_eq!(
        entries(&server, &draft, "show=all").await,
        [
            "conf 700 mode",
            "conf/app.toml 644 modified",
            "conf/new.toml 644 moved conf/old.toml",
            "conf/old.toml 644 removed",
            "scripts 755 unchanged",
            "scripts/start.sh 755 unchanged",
            "scripts/stop.sh 755 added scripts/start.sh",
        ]
    );
    assert_eq!(entries(&server, &draft, "depth=children&under=scripts&show=changed").await.len(), 1);
    change(&server, &draft, json!([{ "op": "revert", "path": "conf" }])).await.expect(200);
    assert_eq!(entries(&server, &draft, "show=changed").await, ["scripts/stop.sh 755 added scripts/start.sh"]);

    let taken = server.post(&format!("{draft}/publish"), json!({ "version": "1.0.0" })).await;
    assert_eq!((taken.status.as_u16(), taken.code()), (409, "version_exists"));
    let request = authorized(Method::POST, &format!("{draft}/publish")).header("Idempotency-Key", "k");
    let first = server.send(request, json!({ "version": "1.0.1", "seen": 2 })).await.expect(201);
    let request = authorized(Method::POST, &format!("{draft}/publish")).header("Idempotency-Key", "k");
    assert_eq!(server.send(request, json!({ "version": "1.0.1", "seen": 2 })).await.expect(201), first);
    let closed = change(&server, &draft, json!([{ "op": "make_directory", "path": "x" }])).await;
    assert_eq!((closed.status.as_u16(), closed.code()), (409, "draft_closed"));
    assert_eq!(server.get("/api/v1/drafts?state=published&package=shop").await.expect(200)["total"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn lint_refuses_with_everything_that_it_found() {
    let server = TestServer::start().await;
    let draft = begin(&server, json!({ "with": "empty" })).await;
    let empty = server.post(&format!("{draft}/publish"), json!({ "version": "1.0.0" })).await;
    assert_eq!(empty.body["findings"][0]["rule"], "PKG_EMPTY");
    let manifest = "render = ['nothing']\n[lifecycle.start]\ncommand = 'bin/none'\n";
    let operations = json!([{ "op": "write_text", "path": "packhorse.toml", "text": manifest, "expect": "absent" }]);
    change(&server, &draft, operations).await.expect(200);
    let refused = server.post(&format!("{draft}/publish"), json!({ "version": "1.0.0" })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "draft_refused"));
    let rules: Vec<&str> =
        refused.body["findings"].as_array().unwrap().iter().filter_map(|finding| finding["rule"].as_str()).collect();
    assert!(rules.contains(&"RENDER_MISSING") && rules.len() >= 2, "{rules:?}");
    assert_eq!(
        server.get(&format!("{draft}/lint")).await.expect(200)["findings"].as_array().unwrap().len(),
        rules.len()
    );
    let missing = server.post(&format!("{draft}/publish"), json!({})).await;
    assert_eq!(missing.code(), "version_missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_loses_a_change_to_somebody_else() {
    let server = TestServer::start().await;
    li(&server).await;
    let draft = begin(&server, json!({ "with": "directories" })).await;
    let url = format!("{draft}/files/conf/app.toml");
    let (status, headers, _) =
        raw(&server, authorized(Method::PUT, &url).header(header::IF_NONE_MATCH, "*"), Body::from("one")).await;
    assert_eq!(status, 200);
    let tag = headers[header::ETAG].to_str().unwrap().to_owned();
    let digest = tag.trim_matches('"').to_owned();
    let write = |text: &str, expect: &str| {
        json!({ "operations": [
        { "op": "make_directory", "path": "made" },
        { "op": "write_text", "path": "conf/app.toml", "text": text, "expect": expect },
    ] })
    };
    as_li(&server, &format!("{draft}/operations"), write("li's", &digest)).await.expect(200);
    let refused = server.post(&format!("{draft}/operations"), write("mine", &digest)).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "draft_conflict"));
    let conflict = &refused.body["conflicts"][0];
    assert_eq!(
        (&conflict["path"], &conflict["changed_by"], &conflict["revision"]),
        (&json!("conf/app.toml"), &json!("li"), &json!(3))
    );
    assert!(conflict["digest"].as_str().is_some_and(|present| present != digest));
    let (status, ..) =
        raw(&server, authorized(Method::PUT, &url).header(header::IF_MATCH, &tag), Body::from("mine")).await;
    assert_eq!(status, 409);
    let (status, ..) = raw(&server, authorized(Method::PUT, &url), Body::from("mine")).await;
    assert_eq!(status, 428, "nobody writes without saying over what");
    let (_, headers, body) = raw(&server, authorized(Method::GET, &url), Body::empty()).await;
    assert_eq!(body, b"li's");
    let now = headers[header::ETAG].clone();
    let (status, ..) =
        raw(&server, authorized(Method::GET, &url).header(header::IF_NONE_MATCH, now), Body::empty()).await;
    assert_eq!(status, 304);
    let (status, _, body) =
        raw(&server, authorized(Method::GET, &url).header(header::RANGE, "bytes=0-1"), Body::empty()).await;
    assert_eq!((status, body.as_slice()), (206, &b"li"[..]));

    // Whoever deletes a directory as it was in revision 2 does not delete what came in revision 3.
    let delete = json!({ "seen": 2, "operations": [{ "op": "delete", "path": "conf" }] });
    let refused = server.post(&format!("{draft}/operations"), delete).await;
    assert_eq!(refused.body["conflicts"][0]["path"], "conf/app.toml", "{}", refused.body);
    // My own last edit is what is undone, and li's stands in its way.
    let refused = server.post(&format!("{draft}/undo"), json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "draft_conflict"));
    as_li(&server, &format!("{draft}/undo"), json!({})).await.expect(200);
    server.post(&format!("{draft}/undo"), json!({})).await.expect(200);
    assert_eq!(entries(&server, &draft, "under=conf").await, Vec::<String>::new());
    server.post(&format!("{draft}/redo"), json!({})).await.expect(200);
    assert_eq!(entries(&server, &draft, "under=conf").await, ["conf/app.toml 644 added"]);
    let changes = server.get(&format!("{draft}/changes?after=2&wait=1")).await.expect(200);
    let titles: Vec<&str> =
        changes["items"].as_array().unwrap().iter().filter_map(|change| change["title"].as_str()).collect();
    assert_eq!(
        titles,
        [
            "make directory made, and 1 more",
            "undo: make directory made, and 1 more",
            "undo: write conf/app.toml",
            "redo: write conf/app.toml",
        ]
    );

    let update = |seen: u64| json!({ "version": "2.0.0", "build": null, "description": "Two", "seen": seen });
    server.put(&draft, update(6)).await.expect(200);
    let refused = server.put(&draft, update(6)).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "draft_conflict"));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_or_nothing_and_by_the_rules_of_archives() {
    let server = TestServer::on_postgres().await;
    let draft = begin(&server, json!({ "with": "empty" })).await;
    let good = json!({ "op": "make_directory", "path": "bin" });
    for (operation, code) in [
        (json!({ "op": "make_directory", "path": "../x" }), "PKG_PATH"),
        (json!({ "op": "make_directory", "path": "BIN" }), "PKG_COLLISION"),
        (json!({ "op": "delete", "path": "nothing" }), "draft_conflict"),
        (json!({ "op": "move", "from": "bin", "to": "bin/x" }), "draft_into_itself"),
        (json!({ "op": "set_mode", "path": "bin", "mode": "999" }), "draft_mode"),
    ] {
        assert_eq!(change(&server, &draft, json!([good, operation])).await.code(), code, "{operation}");
    }
    assert_eq!(server.get(&draft).await.expect(200)["revision"], 0);
    let got = server.get(&format!("{draft}/manifest")).await.expect(200);
    assert_eq!(got["digest"], Value::Null);
    let mut manifest = got["manifest"].clone();
    manifest["description"] = "The shop".into();
    server.put(&format!("{draft}/manifest"), json!({ "manifest": manifest, "expect": "absent" })).await.expect(200);
    let again = server.put(&format!("{draft}/manifest"), json!({ "manifest": manifest, "expect": "absent" })).await;
    assert_eq!(again.code(), "draft_conflict");
    let got = server.get(&format!("{draft}/manifest")).await.expect(200);
    assert_eq!(got["manifest"], manifest);
    server.delete(&draft).await.expect(204);
    assert_eq!(server.get(&draft).await.code(), "draft_not_found");
}

/// Bytes that are made from where they stand, so that nothing of any size need be kept.
fn piece(at: u64, length: u64) -> Bytes {
    (at..at + length).map(|at| (at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8).collect()
}

async fn announce(server: &TestServer, draft: &str, place: Value, size: u64) -> String {
    let upload = server.post(&format!("{draft}/uploads"), json!({ "place": place, "size": size })).await.expect(201);
    format!("{draft}/uploads/{}", upload["id"].as_str().unwrap())
}

fn patch(upload: &str, offset: u64) -> http::request::Builder {
    authorized(Method::PATCH, upload).header("Upload-Offset", offset)
}

async fn offset(server: &TestServer, upload: &str) -> u64 {
    let (status, headers, _) = raw(server, authorized(Method::HEAD, upload), Body::empty()).await;
    assert_eq!(status, 200);
    headers["upload-offset"].to_str().unwrap().parse().unwrap()
}

/// 20 MiB, or as many as `PACKHORSE_UPLOAD_BYTES` says: `2147483648` is the size that the product promises.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_after_a_cut_connection_and_a_restart() {
    let size: u64 = std::env::var("PACKHORSE_UPLOAD_BYTES").map_or(20 << 20, |bytes| bytes.parse().unwrap());
    let mut server = TestServer::start().await;
    let draft = begin(&server, json!({ "with": "empty" })).await;
    let upload = announce(&server, &draft, json!({ "as": "file", "path": "lib/big.bin" }), size).await;
    let stream = |from: u64, to: u64| {
        let steps = (from..to).step_by(1 << 18);
        futures::stream::iter(steps.map(move |at| Ok::<_, std::io::Error>(piece(at, (1 << 18).min(to - at)))))
    };
    // The connection breaks in the middle.
    let cut = stream(0, size / 2).chain(futures::stream::iter([Err(std::io::ErrorKind::ConnectionReset.into())]));
    let (status, ..) = raw(&server, patch(&upload, 0), Body::from_stream(cut)).await;
    assert_eq!(status, 400);
    assert_eq!(offset(&server, &upload).await, size / 2, "whatever arrived is kept");
    server = server.restart().await;
    assert_eq!(offset(&server, &upload).await, size / 2);
    let (status, headers, _) = raw(&server, patch(&upload, 0), Body::from("x")).await;
    assert_eq!((status, headers["upload-offset"].to_str().unwrap().parse()), (409, Ok(size / 2)));
    let early = server.post(&format!("{upload}/finish"), json!({})).await;
    assert_eq!(early.code(), "upload_incomplete");
    let (status, headers, _) = raw(&server, patch(&upload, size / 2), Body::from_stream(stream(size / 2, size))).await;
    assert_eq!((status, headers["upload-offset"].to_str().unwrap().parse()), (204, Ok(size)));

    // Somebody else was there first: nothing is lost, and the bytes go elsewhere.
    let operations = json!([{ "op": "write_text", "path": "lib/big.bin", "text": "small", "expect": "absent" }]);
    change(&server, &draft, operations).await.expect(200);
    let refused = server.post(&format!("{upload}/finish"), json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "draft_conflict"));
    let elsewhere = json!({ "place": { "as": "file", "path": "lib/bigger.bin" } });
    server.post(&format!("{upload}/finish"), elsewhere).await.expect(200);
    server.post(&format!("{upload}/finish"), json!({})).await.expect(200);
    let file = format!("{draft}/files/lib/bigger.bin");
    let request = authorized(Method::GET, &file).header(header::RANGE, format!("bytes={}-{}", size - 1000, size - 1));
    let (status, _, end) = raw(&server, request, Body::empty()).await;
    assert_eq!((status, end), (206, piece(size - 1000, 1000).to_vec()));
    assert_eq!(server.get(&format!("{draft}/uploads")).await.expect(200)["total"], 0);
}

fn tar(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        let name = header.as_mut_bytes();
        name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_cksum();
        builder.append(&header, content.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

async fn unpack(server: &TestServer, draft: &str, bytes: &[u8], existing: &str) -> Reply {
    let place = json!({ "as": "archive", "file_name": "x.tar", "into": "lib", "existing": existing });
    let upload = announce(server, draft, place, bytes.len() as u64).await;
    let (status, ..) = raw(server, patch(&upload, 0), Body::from(bytes.to_vec())).await;
    assert_eq!(status, 204);
    server.post(&format!("{upload}/finish"), json!({})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_is_unpacked_in_place_and_undone() {
    let server = TestServer::start().await;
    let draft = begin(&server, json!({ "with": "empty" })).await;
    let archive = tar(&[("shop/a", "1"), ("shop/b/c", "2")]);
    unpack(&server, &draft, &archive, "refuse").await.expect(200);
    assert_eq!(
        entries(&server, &draft, "").await,
        [
            "lib 755 added",
            "lib/shop 755 added",
            "lib/shop/a 644 added",
            "lib/shop/b 755 added",
            "lib/shop/b/c 644 added"
        ]
    );
    let other = tar(&[("shop/a", "other"), ("shop/b/c", "2")]);
    let refused = unpack(&server, &draft, &other, "refuse").await;
    assert_eq!(refused.body["conflicts"][0]["path"], "lib/shop/a", "{}", refused.body);
    assert_eq!(unpack(&server, &draft, &other, "replace").await.expect(200)["count"], 1);
    assert_eq!(unpack(&server, &draft, &tar(&[("../x", "")]), "replace").await.code(), "PKG_PATH");
    server.post(&format!("{draft}/undo"), json!({})).await.expect(200);
    server.post(&format!("{draft}/undo"), json!({})).await.expect(200);
    assert_eq!(entries(&server, &draft, "").await, Vec::<String>::new());
    let nothing = server.post(&format!("{draft}/undo"), json!({})).await;
    assert_eq!((nothing.status.as_u16(), nothing.code()), (409, "nothing_to_undo"));

    // What nobody goes on with is forgotten after a day.
    let upload = announce(&server, &draft, json!({ "as": "file", "path": "a" }), 10).await;
    raw(&server, patch(&upload, 0), Body::from("12345")).await;
    server.advance(SignedDuration::from_hours(25));
    packhorse_server::forget_expired(&server.app).await.unwrap();
    assert_eq!(server.get(&upload).await.code(), "upload_not_found");
    let mut left = std::fs::read_dir(server.app.config.data.join("uploads")).unwrap();
    assert!(left.next().is_none(), "its bytes are gone, too");
}
