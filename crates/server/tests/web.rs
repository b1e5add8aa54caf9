//! What browsers and watchers get without signing in.

use http::{Request, header};
use serde_json::Value;

use crate::harness::{Reply, TestServer};

async fn get(server: &TestServer, path: &str) -> Reply {
    server.send(Request::builder().uri(path), Value::Null).await
}

#[tokio::test]
async fn pages_are_the_console_and_missing_files_are_missing() {
    let server = TestServer::start().await;
    for page in ["/", "/hosts", "/packages/shop-web/versions"] {
        let reply = get(&server, page).await;
        let headers = reply.headers.clone();
        assert!(reply.expect(200).as_str().unwrap().starts_with("<!doctype html>"), "{page}");
        assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'"));
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
    assert_eq!(get(&server, "/assets/gone-abc123.js").await.code(), "asset_not_found");
    assert_eq!(get(&server, "/favicon-of-nothing.ico").await.code(), "asset_not_found");
    assert_eq!(get(&server, "/api/v2/hosts").await.code(), "route_not_found");
    assert_eq!(get(&server, "/../../etc/passwd").await.code(), "");
}

#[tokio::test]
async fn watchers_need_no_token() {
    let server = TestServer::start().await;
    assert_eq!(get(&server, "/healthz").await.expect(200), "ok\n");
    assert_eq!(get(&server, "/readyz").await.expect(200), "ok\n");
    let metrics = get(&server, "/metrics").await.expect(200);
    assert!(metrics.as_str().unwrap().contains("packhorse_transfer_bytes_total"), "{metrics}");
    server.app.stopping.cancel();
    assert_eq!(get(&server, "/readyz").await.code(), "stopping");
}
