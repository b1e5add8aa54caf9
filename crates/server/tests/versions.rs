//! Lists of versions, and their files packed anew.

use std::io::Read as _;

use http::{Method, header};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::harness::{TestServer, authorized};
use crate::registry::{download, push, shop};

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_filtered_and_sorted() {
    let server = TestServer::start().await;
    for version in ["1.0.0", "1.0.1", "1.0.2"] {
        push(&server, &format!("file_name=shop_{version}_b{version}.tar"), &shop(version, version)).await.expect(201);
        server.advance(jiff::SignedDuration::from_hours(1));
    }
    server.post("/api/v1/packages/shop/versions/1.0.1/yank", serde_json::json!({})).await.expect(200);
    for (query, expected) in [
        ("", "1.0.2 1.0.1 1.0.0"),
        ("sort=version", "1.0.0 1.0.1 1.0.2"),
        ("sort=-created", "1.0.2 1.0.1 1.0.0"),
        ("state=yanked", "1.0.1"),
        ("search=B1.0.2", "1.0.2"),
        ("creator=nobody", ""),
        ("deployed=true", ""),
        ("deployed=false&sort=size", "1.0.0 1.0.1 1.0.2"),
    ] {
        let list = server.get(&format!("/api/v1/packages/shop/versions?{query}")).await.expect(200);
        let numbers: Vec<&str> =
            list["items"].as_array().unwrap().iter().filter_map(|it| it["version"].as_str()).collect();
        assert_eq!(numbers.join(" "), expected, "{query}");
        assert_eq!(list["total"], numbers.len(), "{query}");
    }
    let first = server.get("/api/v1/packages/shop/versions?limit=2").await.expect(200);
    let cursor = first["next"].as_str().unwrap();
    let other = server.get(&format!("/api/v1/packages/shop/versions?sort=size&cursor={cursor}")).await;
    assert_eq!((other.status.as_u16(), other.code()), (400, "bad_cursor"));
    assert_eq!(server.get("/api/v1/packages/shop/versions?sort=colour").await.code(), "bad_query");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_a_version_are_packed_anew() {
    let server = TestServer::start().await;
    push(&server, "file_name=shop_1.0.0.tar", &shop("1.0.0", "hello")).await.expect(201);
    let path = "/api/v1/packages/shop/versions/1.0.0/archive";
    let tar_gz = download(&server, &format!("{path}?as=tar.gz")).await;
    assert_eq!(tar_gz, download(&server, &format!("{path}?as=tar.gz")).await, "the same bytes each time");
    let mut unpacked = tar::Archive::new(flate2::read::GzDecoder::new(tar_gz.as_slice()));
    let mut names = Vec::new();
    for entry in unpacked.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        names.push(format!("{name} {}", content.len()));
    }
    insta::assert_snapshot!(names.join(", "), @"conf/ 0, conf/greeting.txt 5, lib/ 0, lib/big.bin 600000, packhorse.toml 55, scripts/ 0, scripts/start.sh 10");
    let zip = download(&server, &format!("{path}?as=zip")).await;
    assert_eq!(&zip[..4], b"PK\x03\x04");
    let response = server
        .people
        .clone()
        .oneshot(authorized(Method::GET, &format!("{path}?as=zip")).body(axum::body::Body::empty()).unwrap());
    let response = response.await.unwrap();
    let told = |name: header::HeaderName| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(told(header::CONTENT_TYPE), "application/zip");
    assert!(told(header::CONTENT_DISPOSITION).contains("shop_1.0.0.zip"));
    let refused = server.get(&format!("{path}?as=rar")).await;
    assert_eq!((refused.status.as_u16(), refused.body["code"].clone()), (400, Value::from("bad_query")));
}
