//! The audit log as people see it.

use serde_json::json;

use crate::harness::TestServer;

#[tokio::test]
async fn entries_are_found_in_pages_and_the_chain_is_followed() {
    let server = TestServer::start().await;
    for name in ["a", "b", "c"] {
        server.post("/api/v1/tokens", json!({ "name": name })).await.expect(201);
    }
    let page = server.get("/api/v1/audit?action=token.create&limit=2").await.expect(200);
    let objects = |page: &serde_json::Value| -> Vec<String> {
        page["items"].as_array().unwrap().iter().map(|entry| entry["object"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((objects(&page), &page["total"]), (vec!["c".to_owned(), "b".to_owned()], &json!(3)));
    let next = page["next"].as_str().unwrap();
    let rest = server.get(&format!("/api/v1/audit?action=token.create&limit=2&cursor={next}")).await.expect(200);
    assert_eq!(objects(&rest), ["a"]);
    assert_eq!(server.get("/api/v1/audit?actor=token:test&object=b").await.expect(200)["total"], 1);
    assert_eq!(server.get("/api/v1/audit?until=2026-06-01T12:00:00Z").await.expect(200)["total"], 0);
    assert_eq!(server.get("/api/v1/audit?since=yesterday").await.code(), "bad_query");

    let verdict = server.get("/api/v1/audit/verdict").await.expect(200);
    assert_eq!(verdict, json!({ "verdict": "intact", "entries": 3 }));
}
