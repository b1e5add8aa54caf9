//! The OpenAPI document is kept in the repository, so that a change of the API is seen in review and the console's client can be made from it.

use std::path::Path;

const UPDATE: &str = "PACKHORSE_UPDATE";

#[test]
fn the_document_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let current = serde_json::to_string_pretty(&packhorse_server::document()).unwrap() + "\n";
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == current,
        "crates/server/openapi.json is not what the server describes.\n\
         If the change of the API is meant, run `{UPDATE}=1 cargo nextest run -p packhorse-server openapi` and commit the file."
    );
}

#[tokio::test]
async fn the_server_gives_the_document_out() {
    let server = crate::harness::TestServer::start().await;
    let document =
        server.send(http::Request::builder().uri("/api/v1/openapi.json"), serde_json::Value::Null).await.expect(200);
    assert_eq!(document["openapi"], "3.1.0");
}
