//! How many may be down: over all packages and deployments, and until there is evidence.

use packhorse_model::order::Health;
use serde_json::{Value, json};

use super::driver::Luck;
use super::fixture::Fleet;

/// Three hosts with `shop-web` 1.0.0 and `shop-conf` 2.0.0.
async fn shop() -> Fleet {
    let mut fleet = Fleet::with_1_0_0(3).await;
    for version in ["2.0.0", "2.0.1"] {
        fleet.push_package("shop-conf", version).await;
    }
    let id = fleet.deploy(json!({ "action": "deploy", "package": "shop-conf", "version": "2.0.0" })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    fleet
}

/// Brings `shop-conf` 2.0.1 to all hosts at once, of which one may be down.
async fn deploy_conf(fleet: &mut Fleet) -> String {
    let strategy = json!({ "max_unavailable": "1", "batch": "3" });
    let spec = json!({ "action": "deploy", "package": "shop-conf", "version": "2.0.1", "strategy": strategy });
    let id = fleet.deploy(spec).await;
    fleet.settle().await;
    id
}

fn slot(down: &[&str]) -> Value {
    json!([{ "waits_for": "slot", "limit": 1, "down": down }])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_on_which_another_package_is_unhealthy_is_down() {
    let mut fleet = shop().await;
    fleet.host("web-3").falls_ill();
    fleet.settle().await;
    let id = deploy_conf(&mut fleet).await;
    // It is not made worse, and nobody else may go beside it.
    assert_eq!(fleet.standing(&id).await, ["web-1 prepared", "web-2 prepared", "web-3 succeeded"]);
    assert_eq!(fleet.waiting(&id).await, slot(&["web-3"]));

    // Whoever mends it needs no slot.
    let strategy = json!({ "max_unavailable": "1" });
    let restart = json!({ "action": "restart", "targets": { "hosts": ["web-3"] }, "strategy": strategy });
    let mending = fleet.deploy(restart).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&mending).await, "succeeded");
    assert_eq!(fleet.state(&id).await, "succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_of_which_nobody_knows_is_down_for_all_when_its_deployment_has_ended() {
    let mut fleet = shop().await;
    fleet.host("web-3").luck.insert("1.0.1".to_owned(), Luck::Killed);
    let first = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1" })).await;
    fleet.settle().await;
    fleet.act(&first, "abort").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&first).await, "aborted");
    fleet.host("web-3").tells(Health::Unknown);
    let id = deploy_conf(&mut fleet).await;
    assert_eq!(fleet.standing(&id).await, ["web-1 prepared", "web-2 prepared", "web-3 succeeded"]);
    assert_eq!(fleet.waiting(&id).await, slot(&["web-3"]));

    fleet.host("web-3").tells(Health::Healthy);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_joined_anew_and_is_tried_again_keeps_its_slot() {
    let mut fleet = Fleet::with_1_0_0(3).await;
    fleet.host("web-1").luck.insert("1.0.1".to_owned(), Luck::Unfetchable);
    fleet.host("web-2").is_stuck = true;
    let strategy = json!({ "max_unavailable": "1", "batch": "3", "on_failure": "ignore" });
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "strategy": strategy })).await;
    fleet.settle().await;
    assert_eq!(fleet.standing(&id).await, ["web-1 failed", "web-2 switching", "web-3 prepared"]);
    let identity = fleet.join("web-2").await;
    let fresh = fleet.host("web-2").replaced(identity);
    *fleet.host("web-2") = fresh;
    fleet.host("web-2").is_stuck = true;
    fleet.settle().await;

    fleet.host("web-1").luck.clear();
    let hosts = json!({ "hosts": ["web-1", "web-2"] });
    fleet.server.post(&format!("/api/v1/deployments/{id}/retry"), hosts).await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.standing(&id).await, ["web-1 prepared", "web-2 switching", "web-3 prepared"]);
    fleet.host("web-2").is_stuck = false;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_takes_no_part_holds_nobody_up_unless_somebody_said_how_many_may_be_down() {
    let mut fleet = Fleet::with_1_0_0(3).await;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "targets": { "hosts": ["web-3"] } })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    let limited = json!({ "action": "deploy", "version": "1.0.1", "strategy": { "max_unavailable": "1" } });
    let id = fleet.deploy(limited).await;
    // It falls ill when the plan has left it out already.
    fleet.host("web-3").tells(Health::Unhealthy);
    fleet.settle().await;
    assert_eq!(fleet.standing(&id).await, ["web-1 prepared", "web-2 prepared"]);
    assert_eq!(fleet.waiting(&id).await, slot(&["web-3"]));
    fleet.act(&id, "abort").await.expect(200);
    fleet.host("web-3").tells(Health::Healthy);
    fleet.settle().await;

    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "strategy": { "batch": "1" } })).await;
    fleet.host("web-3").tells(Health::Unhealthy);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_machine_that_joins_anew_no_health_is_known() {
    let fleet = Fleet::with_1_0_0(1).await;
    let health = async || fleet.server.get("/api/v1/instances").await.expect(200)["items"][0]["health"].clone();
    assert_eq!(health().await, "healthy");
    fleet.join("web-1").await;
    assert_eq!(health().await, "unknown");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_machine_before_told_of_its_health_is_no_evidence() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    fleet.host("web-1").is_stuck = true;
    let strategy = json!({ "max_unavailable": "1", "batch": "2", "on_failure": "ignore" });
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "strategy": strategy })).await;
    fleet.settle().await;
    assert_eq!(fleet.standing(&id).await, ["web-1 switching", "web-2 prepared"]);
    let identity = fleet.join("web-1").await;
    packhorse_server::reconcile(&fleet.server.app).await;
    assert_eq!(fleet.standing(&id).await, ["web-1 unknown", "web-2 prepared"]);

    let fresh = fleet.host("web-1").replaced(identity);
    *fleet.host("web-1") = fresh;
    fleet.settle().await;
    assert_eq!(fleet.waiting(&id).await, slot(&["web-1"]), "nothing is on it");
    fleet.server.post(&format!("/api/v1/deployments/{id}/retry"), json!({ "hosts": ["web-1"] })).await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
}
