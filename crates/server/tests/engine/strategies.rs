//! Pauses, thresholds and what a person may change while a deployment goes on.

use serde_json::{Value, json};

use super::driver::Luck;
use super::fixture::Fleet;
use crate::harness::Reply;

async fn say(fleet: &Fleet, id: &str, verb: &str, body: Value) -> Reply {
    fleet.server.post(&format!("/api/v1/deployments/{id}/{verb}"), body).await
}

async fn upgrade(fleet: &Fleet, strategy: Value) -> String {
    fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "strategy": strategy })).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_batch_waits_for_a_word() {
    let mut fleet = Fleet::with_1_0_0(3).await;
    let id = upgrade(&fleet, json!({ "batch": "1", "pause": "between_batches" })).await;
    fleet.settle().await;
    insta::assert_json_snapshot!(fleet.waiting(&id).await, @r#"
    [
      {
        "batch": 1,
        "waits_for": "promote"
      }
    ]
    "#);
    say(&fleet, &id, "promote", json!({ "batch": 1 })).await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.standing(&id).await, ["web-1 succeeded", "web-2 succeeded", "web-3 pending"]);
    // The same word once more lets no further batch go.
    say(&fleet, &id, "promote", json!({ "batch": 1 })).await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "running");
    let refused = say(&fleet, &id, "promote", json!({ "batch": 7 })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "other_batch"));
    fleet.act(&id, "promote").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    let refused = fleet.act(&id, "promote").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "wrong_state"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_of_seconds_ends_by_itself() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    let id = upgrade(&fleet, json!({ "batch": "1", "pause_seconds": 20 })).await;
    fleet.settle().await;
    assert_eq!(fleet.waiting(&id).await[0]["waits_for"], "pause");
    fleet.pass_without(&[], 19).await;
    assert_eq!(fleet.standing(&id).await, ["web-1 succeeded", "web-2 pending"]);
    fleet.pass_without(&[], 2).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_threshold_tolerates_stays_failed() {
    let mut fleet = Fleet::with_1_0_0(4).await;
    fleet.host("web-2").luck.insert("1.0.1".to_owned(), Luck::Unhealthy);
    let id = upgrade(&fleet, json!({ "batch": "2", "error_threshold": "1" })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "partly_succeeded");
    let standing = fleet.standing(&id).await;
    assert_eq!(standing, ["web-1 succeeded", "web-2 failed", "web-3 succeeded", "web-4 succeeded"]);
    let detail = fleet.detail(&id).await;
    assert_eq!(detail["summary"]["units"], json!({ "failed": 1, "succeeded": 3 }));
    // It has ended, and holds none of its hosts.
    fleet.host("web-2").luck.clear();
    let again = upgrade(&fleet, json!({})).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&again).await, "succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_that_asks_goes_on_by_one_word() {
    let mut fleet = Fleet::with_1_0_0(3).await;
    fleet.host("web-1").luck.insert("1.0.1".to_owned(), Luck::Unhealthy);
    let id = upgrade(&fleet, json!({ "batch": "1", "on_failure": "ask" })).await;
    fleet.settle().await;
    assert_eq!(fleet.waiting(&id).await, json!([{ "waits_for": "answer", "failed": ["web-1"] }]));
    fleet.act(&id, "promote").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.standing(&id).await, ["web-1 skipped", "web-2 succeeded", "web-3 succeeded"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rest_goes_in_other_batches() {
    let mut fleet = Fleet::with_1_0_0(5).await;
    let id = upgrade(&fleet, json!({ "batch": "1", "pause": "between_batches" })).await;
    fleet.settle().await;
    let before = fleet.detail(&id).await;
    let units = fleet.units(&id).await;
    let refused = say(&fleet, &id, "resize", json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "nothing_to_resize"));
    let resized = say(&fleet, &id, "resize", json!({ "batch": "3", "max_unavailable": "2" })).await.expect(200);
    let sizes: Vec<u64> = resized["batches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|batch| batch["units"].as_object().unwrap().values().filter_map(Value::as_u64).sum())
        .collect();
    assert_eq!(sizes, [1, 3, 1]);
    assert_eq!(resized["strategy"]["batch"], "3");
    assert_eq!(resized["spec"]["strategy"]["batch"], "1", "what was asked for never changes");
    assert_ne!(resized["plan"], before["plan"]);
    let ids = |units: &[Value]| units.iter().map(|unit| unit["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&fleet.units(&id).await), ids(&units), "units keep their identities");
    let plan = fleet.server.get(&format!("/api/v1/plans/{}", resized["plan"].as_str().unwrap())).await.expect(200);
    assert_eq!(plan["batches"][1]["hosts"], json!(["web-2", "web-3", "web-4"]));
    fleet.act(&id, "promote").await.expect(200);
    fleet.round().await;
    fleet.settle().await;
    fleet.act(&id, "skip-ahead").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    assert!(fleet.hosts.iter().all(|host| host.version() == Some("1.0.1")));
    // It comes back as a whole, by the plan that it had last.
    let refused = say(&fleet, &id, "resize", json!({ "batch": "1" })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "wrong_state"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_batch_goes_beside_a_bake() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    let id = upgrade(&fleet, json!({ "batch": "1", "bake_seconds": 3600 })).await;
    fleet.settle().await;
    assert_eq!(fleet.standing(&id).await, ["web-1 baking", "web-2 pending"]);
    fleet.act(&id, "skip-ahead").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.standing(&id).await, ["web-1 baking", "web-2 baking"]);
    let refused = fleet.act(&id, "skip-ahead").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "no_batch_left"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_get_on_is_a_failure() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    fleet.host("web-1").is_stuck = true;
    let id = upgrade(&fleet, json!({ "batch": "1", "progress_seconds": 60 })).await;
    fleet.settle().await;
    fleet.pass_without(&[], 61).await;
    assert_eq!(fleet.state(&id).await, "halted");
    assert_eq!(fleet.waiting(&id).await[0], json!({ "waits_for": "decision", "failed": ["web-1"] }));
    fleet.host("web-1").is_stuck = false;
    fleet.settle().await;
    assert_eq!(fleet.waiting(&id).await, json!([{ "waits_for": "resume" }]));
    fleet.act(&id, "resume").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_says_what_became_of_a_host() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    fleet.host("web-1").luck.insert("1.0.1".to_owned(), Luck::Killed);
    let id = upgrade(&fleet, json!({ "batch": "1" })).await;
    fleet.settle().await;
    assert_eq!(fleet.standing(&id).await, ["web-1 unknown", "web-2 pending"]);
    let unit = fleet.units(&id).await[0]["id"].as_str().unwrap().to_owned();
    let confirm = async |body: Value| fleet.server.post(&format!("/api/v1/units/{unit}/confirm"), body).await;
    assert_eq!(confirm(json!({ "outcome": "failed" })).await.code(), "bad_confirmation");
    let found = json!({ "outcome": "succeeded", "reason": "it answers" });
    let settled = confirm(found.clone()).await.expect(200);
    assert_eq!(settled["unit"]["state"], "succeeded");
    assert_eq!(confirm(found).await.code(), "unit_not_unknown");
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_away_is_tried_again_by_force() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    fleet.host("web-1").is_stuck = true;
    let id = upgrade(&fleet, json!({ "batch": "1" })).await;
    fleet.settle().await;
    fleet.pass_without(&["web-1"], 120).await;
    assert_eq!(fleet.standing(&id).await, ["web-1 unknown", "web-2 pending"]);
    let refused = say(&fleet, &id, "retry", json!({ "hosts": ["web-1"] })).await;
    assert_eq!(refused.status.as_u16(), 409);
    say(&fleet, &id, "retry", json!({ "hosts": ["web-1"], "force": true })).await.expect(200);
    assert_eq!(fleet.standing(&id).await, ["web-1 pending", "web-2 pending"]);
    let entries = fleet.server.get("/api/v1/audit?limit=10").await.expect(200);
    let actions: Vec<&str> =
        entries["items"].as_array().unwrap().iter().filter_map(|entry| entry["action"].as_str()).collect();
    assert!(actions.contains(&"attempt.supersede") && actions.contains(&"deployment.force"), "{actions:?}");
    // It is back, ends what it had begun, of which nothing counts, and does it anew.
    fleet.host("web-1").is_stuck = false;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    assert_eq!(fleet.units(&id).await[0]["attempts"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn some_hosts_go_back_while_the_others_go_on() {
    let mut fleet = Fleet::with_1_0_0(3).await;
    let id = upgrade(&fleet, json!({ "batch": "1", "pause": "between_batches" })).await;
    fleet.settle().await;
    let refused = say(&fleet, &id, "rollback", json!({ "hosts": ["web-2"] })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "host_unchanged"));
    let back = say(&fleet, &id, "rollback", json!({ "hosts": ["web-1"] })).await.expect(201);
    let back = back["summary"]["id"].as_str().unwrap().to_owned();
    assert_ne!(back, id);
    fleet.settle().await;
    assert_eq!(fleet.state(&back).await, "succeeded");
    assert_eq!(fleet.host("web-1").version(), Some("1.0.0"));
    for _ in 0..2 {
        fleet.act(&id, "promote").await.expect(200);
        fleet.settle().await;
    }
    assert_eq!(fleet.state(&id).await, "succeeded");
    assert_eq!(fleet.host("web-2").version(), Some("1.0.1"));
    // Also when it has ended, as long as the host has what it brought.
    let back = say(&fleet, &id, "rollback", json!({ "hosts": ["web-2"] })).await.expect(201);
    fleet.settle().await;
    assert_eq!(fleet.state(back["summary"]["id"].as_str().unwrap()).await, "succeeded");
    assert_eq!(fleet.host("web-2").version(), Some("1.0.0"));
    fleet.push("1.0.2").await;
    fleet.deploy(json!({ "action": "deploy", "version": "1.0.2" })).await;
    fleet.settle().await;
    let refused = say(&fleet, &id, "rollback", json!({ "hosts": ["web-3"] })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "instance_moved"));
}
