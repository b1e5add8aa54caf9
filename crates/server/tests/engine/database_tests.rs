//! Tests of database targets: a host is asked, looks, and answers, all within a minute.

use http::Method;
use jiff::SignedDuration;
use packhorse_server::AgentIdentity;
use serde_json::{Value, json};

use super::databases::target;
use super::fixture::Fleet;
use crate::harness::TestServer;

const TEST: &str = "/api/v1/database-targets/shop/test";

/// Two hosts, and a database with a password whose scripts the first one runs.
async fn fleet() -> Fleet {
    let fleet = Fleet::of(2).await;
    let secret = json!({ "name": "shop-db", "value": "hush-hush" });
    fleet.server.post("/api/v1/vault/secrets", secret).await.expect(201);
    fleet.server.post("/api/v1/database-targets", target(&json!({ "secret": "shop-db" }))).await.expect(201);
    fleet
}

/// What a host is asked when it syncs, having accepted nothing yet.
async fn asked(server: &TestServer, identity: AgentIdentity) -> Value {
    let sync = json!({ "protocol": 1, "generation": 0, "wait_seconds": 0 });
    let reply = server.agent(identity, Method::POST, "/agent/v1/sync", sync).await.expect(200);
    assert!(!reply.to_string().contains("hush-hush"));
    reply["database_tests"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_is_asked_once_and_its_answer_is_shown() {
    let fleet = fleet().await;
    let server = &fleet.server;
    assert_eq!(server.get(TEST).await.code(), "database_test_not_found");
    assert_eq!(
        server.post("/api/v1/database-targets/other/test", Value::Null).await.code(),
        "database_target_not_found"
    );
    assert_eq!(asked(server, fleet.hosts[0].identity).await, Value::Null);

    let made = server.post(TEST, Value::Null).await.expect(202);
    assert_eq!((&made["state"], &made["host"], &made["found"]), (&json!("waiting"), &json!("web-1"), &Value::Null));
    let again = server.post(TEST, Value::Null).await.expect(202);
    assert_eq!(again["id"], made["id"], "the host is at it already");
    assert_eq!(asked(server, fleet.hosts[0].identity).await, json!([made["id"]]));
    assert_eq!(asked(server, fleet.hosts[1].identity).await, Value::Null);

    let path = format!("/agent/v1/database-tests/{}", made["id"].as_str().unwrap());
    let strange = server.agent(fleet.hosts[1].identity, Method::GET, &path, Value::Null).await;
    assert_eq!((strange.status.as_u16(), strange.code()), (403, "not_your_database_test"));
    let order = server.agent(fleet.hosts[0].identity, Method::GET, &path, Value::Null).await.expect(200);
    assert_eq!((&order["login"]["database"], &order["password"]), (&json!("shop"), &json!("hush-hush")));
    let found = json!({
        "server": "PostgreSQL 16.4", "ledgers": [{ "package": "shop-db", "version": "1.0.0" }],
        "obstacle": { "kind": "ledger_forbidden", "message": "x".repeat(5000) },
    });
    server.agent(fleet.hosts[0].identity, Method::POST, &path, found).await.expect(204);
    let other = json!({ "server": "PostgreSQL 17" });
    server.agent(fleet.hosts[0].identity, Method::POST, &path, other).await.expect(204);
    let shown = server.get(TEST).await.expect(200);
    assert_eq!((&shown["state"], &shown["id"]), (&json!("answered"), &made["id"]));
    assert_eq!((&shown["found"]["server"], &shown["last_seen_at"]), (&json!("PostgreSQL 16.4"), &Value::Null));
    assert_eq!(shown["found"]["ledgers"][0]["version"], "1.0.0");
    assert_eq!(shown["found"]["obstacle"]["message"].as_str().unwrap().len(), 2000);
    assert_eq!(asked(server, fleet.hosts[0].identity).await, Value::Null);

    let next = server.post(TEST, Value::Null).await.expect(202);
    assert_ne!(next["id"], made["id"]);
    let audit = server.get("/api/v1/audit").await.expect(200);
    let tests: Vec<&Value> =
        audit["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "database_target.test").collect();
    assert_eq!(tests.len(), 2, "one for each time that a host was asked");
    assert!(!audit.to_string().contains("hush-hush"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_runs_out_after_a_minute_and_a_host_that_is_away_is_not_asked() {
    let fleet = fleet().await;
    let server = &fleet.server;
    let made = server.post(TEST, Value::Null).await.expect(202);
    let path = format!("/agent/v1/database-tests/{}", made["id"].as_str().unwrap());
    server.advance(SignedDuration::from_secs(61));
    let shown = server.get(TEST).await.expect(200);
    assert_eq!(shown["state"], "unanswered");
    assert!(shown["last_seen_at"].is_string(), "{shown}");
    let late = server.agent(fleet.hosts[0].identity, Method::POST, &path, json!({})).await;
    assert_eq!((late.status.as_u16(), late.code()), (409, "database_test_over"));
    assert_eq!(asked(server, fleet.hosts[0].identity).await, Value::Null);

    // One that was changed is another question.
    let first = server.post(TEST, Value::Null).await.expect(202);
    server.advance(SignedDuration::from_secs(1));
    let mut changed = target(&json!({ "database": "shop2" }));
    changed.as_object_mut().unwrap().remove("name");
    server.put("/api/v1/database-targets/shop", changed).await.expect(200);
    let second = server.post(TEST, Value::Null).await.expect(202);
    assert_ne!(first["id"], second["id"]);

    server.advance(SignedDuration::from_secs(600));
    let away = server.post(TEST, Value::Null).await;
    assert_eq!((away.status.as_u16(), away.code()), (409, "database_host_offline"));
    assert!(away.body["detail"].as_str().unwrap().starts_with("it was last heard of: at 2026"), "{}", away.body);
    server.delete("/api/v1/hosts/web-1").await.expect(204);
    assert_eq!(server.post(TEST, Value::Null).await.code(), "database_target_without_host");
}
