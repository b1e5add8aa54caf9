//! Strategies with names: saved per environment, taken by name or by default, and what is said goes over them.

use serde_json::{Value, json};

use super::fixture::Fleet;

async fn save(fleet: &Fleet, name: &str, body: Value) -> Value {
    fleet.server.put(&format!("/api/v1/strategies/{name}"), body).await.expect(200)
}

async fn spec_of(fleet: &Fleet, more: Value) -> Value {
    fleet.server.post("/api/v1/plans", fleet.spec(more)).await.expect(201)["spec"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_goes_over_the_named_strategy() {
    let fleet = Fleet::of(3).await;
    save(&fleet, "careful", json!({ "strategy": { "canary": 1, "batch": "1", "bake_seconds": 60 } })).await;
    let said =
        json!({ "action": "deploy", "version": "1.0.0", "strategy_name": "careful", "strategy": { "canary": 0 } });
    let spec = spec_of(&fleet, said.clone()).await;
    assert_eq!(spec["strategy_name"], "careful");
    assert_eq!((&spec["strategy"]["canary"], &spec["strategy"]["bake_seconds"]), (&json!(0), &json!(60)));
    // A deployment keeps it, whatever becomes of the strategy.
    let id = fleet.deploy(said).await;
    fleet.server.delete("/api/v1/strategies/careful").await.expect(204);
    assert_eq!(fleet.detail(&id).await["spec"], spec);
    assert_eq!(fleet.detail(&id).await["batches"].as_array().unwrap().len(), 3);
    let gone = json!({ "action": "deploy", "version": "1.0.0", "strategy_name": "careful" });
    assert_eq!(fleet.server.post("/api/v1/plans", fleet.spec(gone)).await.code(), "strategy_not_found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_environment_has_a_default() {
    let fleet = Fleet::of(2).await;
    let deploy = json!({ "action": "deploy", "version": "1.0.0" });
    assert_eq!(spec_of(&fleet, deploy.clone()).await["strategy_name"], Value::Null);
    save(&fleet, "plain", json!({ "is_default": true, "strategy": { "batch": "50%" } })).await;
    assert_eq!(spec_of(&fleet, deploy.clone()).await["strategy_name"], "plain");
    save(&fleet, "careful", json!({ "environment": "prod", "is_default": true, "strategy": { "canary": 1 } })).await;
    assert_eq!(spec_of(&fleet, deploy.clone()).await["strategy"]["canary"], 1);
    let by_host = json!({ "action": "deploy", "version": "1.0.0", "targets": { "hosts": ["web-1"] } });
    assert_eq!(spec_of(&fleet, by_host).await["strategy_name"], "careful");
    // Whoever says how is not second-guessed.
    let mut said = deploy;
    said["strategy"] = json!({ "batch": "1" });
    let spec = spec_of(&fleet, said).await;
    assert_eq!((&spec["strategy_name"], &spec["strategy"]["canary"]), (&Value::Null, &json!(0)));
    let listed = fleet.server.get("/api/v1/strategies").await.expect(200);
    assert_eq!(listed["items"][0]["name"], "careful");
    assert_eq!(listed["total"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_strategy_of_another_environment_is_refused() {
    let fleet = Fleet::of(1).await;
    save(&fleet, "quick", json!({ "environment": "test" })).await;
    let deploy = json!({ "action": "deploy", "version": "1.0.0", "strategy_name": "quick" });
    let refused = fleet.server.post("/api/v1/plans", fleet.spec(deploy)).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "strategy_of_other_environment"));
    let bad = json!({ "strategy": { "unit_timeout_seconds": 0 } });
    assert_eq!(fleet.server.put("/api/v1/strategies/bad", bad).await.code(), "bad_strategy");
    let unknown = json!({ "strategy": { "canry": 1 } });
    assert_eq!(fleet.server.put("/api/v1/strategies/bad", unknown).await.code(), "bad_body");
    assert_eq!(fleet.server.get("/api/v1/strategies/bad").await.code(), "strategy_not_found");
}
