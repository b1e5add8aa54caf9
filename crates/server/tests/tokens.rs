//! API tokens.

use http::{Method, Request, header};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::{TestServer, authorized};

fn with_token(secret: &Value) -> http::request::Builder {
    let bearer = format!("Bearer {}", secret.as_str().unwrap());
    Request::builder().method(Method::GET).uri("/api/v1/tokens").header(header::AUTHORIZATION, bearer)
}

#[tokio::test]
async fn a_token_works_until_its_end() {
    let server = TestServer::start().await;
    let made = server.post("/api/v1/tokens", json!({ "name": "ci", "expires_in_days": 1 })).await.expect(201);
    insta::assert_json_snapshot!(made["token"], { ".id" => "[id]" }, @r#"
    {
      "created_at": "2026-06-01T12:00:00Z",
      "expires_at": "2026-06-02T12:00:00Z",
      "id": "[id]",
      "last_used_at": null,
      "name": "ci"
    }
    "#);
    assert_eq!(server.send(with_token(&made["secret"]), Value::Null).await.expect(200)["total"], 2);
    server.advance(SignedDuration::from_hours(24));
    assert_eq!(server.send(with_token(&made["secret"]), Value::Null).await.code(), "unauthenticated");
}

#[tokio::test]
async fn a_deleted_token_is_refused_at_once() {
    let server = TestServer::start().await;
    let made = server.post("/api/v1/tokens", json!({ "name": "ci" })).await.expect(201);
    let path = format!("/api/v1/tokens/{}", made["token"]["id"].as_str().unwrap());
    assert_eq!(server.delete(&path).await.expect(204), Value::Null);
    server.send(with_token(&made["secret"]), Value::Null).await.expect(401);
    assert_eq!(server.delete(&path).await.code(), "token_not_found");

    let log = server.get("/api/v1/audit").await.expect(200);
    let actions: Vec<_> = log["items"].as_array().unwrap().iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions, ["token.delete", "token.create"]);
}

#[tokio::test]
async fn the_same_key_makes_one_token() {
    let server = TestServer::start().await;
    let request = || authorized(Method::POST, "/api/v1/tokens").header("idempotency-key", "k1");
    server.send(request(), json!({ "name": "ci" })).await.expect(201);
    assert_eq!(server.send(request(), json!({ "name": "ci" })).await.code(), "secret_shown");
    assert_eq!(server.send(request(), json!({ "name": "other" })).await.code(), "idempotency_key_reused");
    assert_eq!(server.get("/api/v1/tokens").await.expect(200)["total"], 2);
}
