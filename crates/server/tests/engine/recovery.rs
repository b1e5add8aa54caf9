//! Hosts that vanish and come back, hosts that are replaced, and servers that are restarted.

use std::collections::BTreeSet;

use serde_json::json;

use super::driver::Luck;
use super::fixture::Fleet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_host_is_unknown_and_settled_when_it_is_back() {
    let mut fleet = Fleet::with_1_0_0(3).await;
    fleet.host("web-1").is_stuck = true;
    let strategy = json!({ "max_unavailable": "1" });
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "strategy": strategy })).await;
    fleet.settle().await;
    fleet.pass_without(&["web-1"], 25).await;
    insta::assert_debug_snapshot!(fleet.standing(&id).await, @r#"
    [
        "web-1 unknown",
        "web-2 prepared",
        "web-3 prepared",
    ]
    "#);
    insta::assert_json_snapshot!(fleet.waiting(&id).await, @r#"
    [
      {
        "hosts": [
          "web-1"
        ],
        "waits_for": "unreachable"
      },
      {
        "down": [
          "web-1"
        ],
        "limit": 1,
        "waits_for": "slot"
      }
    ]
    "#);
    // Its slot is kept: nobody else switches.
    assert_eq!(fleet.host("web-2").version(), Some("1.0.0"));

    fleet.host("web-1").is_stuck = false;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_host_that_only_prepared_goes_on_where_it_was() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "strategy": { "batch": "2" } })).await;
    packhorse_server::reconcile(&fleet.server.app).await;
    fleet.pass_without(&["web-1"], 25).await;
    insta::assert_debug_snapshot!(fleet.standing(&id).await, @r#"
    [
        "web-1 unknown",
        "web-2 prepared",
    ]
    "#);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replaced_host_sends_its_inventory_before_it_gets_work() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    fleet.host("web-1").is_stuck = true;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1" })).await;
    fleet.settle().await;
    let old = fleet.host("web-1").identity;
    let identity = fleet.join("web-1").await;
    let fresh = fleet.host("web-1").replaced(identity);
    *fleet.host("web-1") = fresh;
    fleet.settle().await;
    insta::assert_debug_snapshot!(fleet.standing(&id).await, @r#"
    [
        "web-1 unknown",
        "web-2 succeeded",
    ]
    "#);
    assert_eq!(fleet.state(&id).await, "halted");
    // Nothing is on it, as it says itself.
    insta::assert_debug_snapshot!(fleet.versions().await, @r#"
    [
        "web-2 1.0.1 running healthy",
    ]
    "#);
    // The machine that it replaces is not heard any more.
    let reply = fleet
        .server
        .agent(old, http::Method::POST, "/agent/v1/sync", json!({ "protocol": 1, "generation": 1, "wait_seconds": 0 }))
        .await;
    assert_eq!((reply.status.as_u16(), reply.code()), (403, "host_rejoined"));
    // A new deployment puts it right.
    let newer = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1" })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&newer).await, "succeeded");
    assert_eq!(fleet.host("web-1").version(), Some("1.0.1"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_gone_for_good_is_removed_and_nobody_waits_for_it() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    fleet.host("web-1").is_stuck = true;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1" })).await;
    fleet.settle().await;
    let refused = fleet.server.delete("/api/v1/hosts/web-1").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "host_has_instances"));
    fleet.act(&id, "abort").await.expect(200);
    fleet.pass_without(&["web-1"], 91).await;
    assert_eq!(fleet.state(&id).await, "aborting");
    fleet.server.delete("/api/v1/hosts/web-1").await.expect(204);
    fleet.hosts.remove(0);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "aborted");
    assert_eq!(fleet.standing(&id).await, ["web-1 unknown", "web-2 succeeded"]);
    fleet.deploy(json!({ "action": "restart" })).await;
    fleet.settle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_at_any_moment_changes_nothing() {
    // So many rounds go by before the server is restarted, in each of the runs.
    for rounds in 0..8 {
        let mut fleet = Fleet::with_1_0_0(3).await;
        let strategy = json!({ "canary": 1, "batch": "1" });
        let id = fleet.deploy(json!({ "action": "upgrade", "version": "1.0.1", "strategy": strategy })).await;
        for _ in 0..rounds {
            fleet.round().await;
        }
        let mut fleet = fleet.restart().await;
        fleet.settle().await;
        assert_eq!(fleet.state(&id).await, "succeeded", "after {rounds} rounds");
        for host in &fleet.hosts {
            assert_eq!(host.version(), Some("1.0.1"));
            let effects: BTreeSet<_> = host.effects.iter().collect();
            assert_eq!(effects.len(), host.effects.len(), "a step ran twice on {}", host.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_at_any_moment_of_the_way_back_changes_nothing() {
    for rounds in 2..12 {
        let mut fleet = Fleet::with_1_0_0(3).await;
        fleet.host("web-2").luck.insert("1.0.1".to_owned(), Luck::Unhealthy);
        let strategy = json!({ "batch": "1", "on_failure": "rollback" });
        let id = fleet.deploy(json!({ "action": "upgrade", "version": "1.0.1", "strategy": strategy })).await;
        for _ in 0..rounds {
            fleet.round().await;
        }
        let mut fleet = fleet.restart().await;
        fleet.settle().await;
        let detail = fleet.detail(&id).await;
        assert_eq!(detail["summary"]["state"], "rolled_back", "after {rounds} rounds");
        assert_eq!(detail["causes"][0]["host_name"], "web-2");
        for host in &fleet.hosts {
            assert_eq!(host.version(), Some("1.0.0"));
            let effects: BTreeSet<_> = host.effects.iter().collect();
            assert_eq!(effects.len(), host.effects.len(), "a step ran twice on {}", host.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_down_blames_nobody_for_silence() {
    let mut fleet = Fleet::with_1_0_0(1).await;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1" })).await;
    fleet.round().await;
    fleet.server.advance(jiff::SignedDuration::from_mins(10));
    let mut fleet = fleet.restart().await;
    packhorse_server::reconcile(&fleet.server.app).await;
    assert_eq!(fleet.standing(&id).await, ["web-1 preparing"]);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
}
