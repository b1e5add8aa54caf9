//! Deployments that do not go well.

use serde_json::json;

use super::driver::Luck;
use super::fixture::Fleet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_stops_what_has_not_begun() {
    let mut fleet = Fleet::with_1_0_0(4).await;
    fleet.host("web-2").luck.insert("1.0.1".to_owned(), Luck::Unhealthy);
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "strategy": { "batch": "2" } })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "halted");
    insta::assert_debug_snapshot!(fleet.standing(&id).await, @r#"
    [
        "web-1 succeeded",
        "web-2 failed",
        "web-3 pending",
        "web-4 pending",
    ]
    "#);
    insta::assert_json_snapshot!(fleet.waiting(&id).await, @r#"
    [
      {
        "failed": [
          "web-2"
        ],
        "waits_for": "decision"
      }
    ]
    "#);
    let failed = &fleet.units(&id).await[1]["failure"];
    insta::assert_json_snapshot!(failed, { ".attempt" => "[id]" }, @r#"
    {
      "aftermath": "restored",
      "attempt": "[id]",
      "message": "http://10.0.0.1:8080/healthz answers with 503",
      "step": "validate"
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_brings_every_host_back() {
    let mut fleet = Fleet::with_1_0_0(4).await;
    fleet.host("web-3").luck.insert("1.0.1".to_owned(), Luck::Unhealthy);
    let strategy = json!({ "canary": 1, "batch": "1", "on_failure": "rollback" });
    let id = fleet.deploy(json!({ "action": "upgrade", "version": "1.0.1", "strategy": strategy })).await;
    fleet.settle().await;
    let detail = fleet.detail(&id).await;
    assert_eq!(
        (detail["summary"]["state"].as_str(), detail["summary"]["direction"].as_str()),
        (Some("rolled_back"), Some("back"))
    );
    insta::assert_debug_snapshot!(fleet.standing(&id).await, @r#"
    [
        "web-2 succeeded",
        "web-1 succeeded",
    ]
    "#);
    insta::assert_debug_snapshot!(fleet.versions().await, @r#"
    [
        "web-1 1.0.0 running healthy",
        "web-2 1.0.0 running healthy",
        "web-3 1.0.0 running healthy",
        "web-4 1.0.0 running healthy",
    ]
    "#);
    assert!(fleet.hosts.iter().all(|host| host.version() == Some("1.0.0")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_could_not_restore_itself_is_brought_back_too() {
    let mut fleet = Fleet::with_1_0_0(3).await;
    fleet.host("web-2").luck.insert("1.0.1".to_owned(), Luck::Broken);
    let strategy = json!({ "batch": "1", "on_failure": "rollback" });
    let id = fleet.deploy(json!({ "action": "upgrade", "version": "1.0.1", "strategy": strategy })).await;
    fleet.settle().await;
    let detail = fleet.detail(&id).await;
    assert_eq!(detail["summary"]["state"], "rolled_back");
    assert_eq!(detail["causes"][0]["failure"]["aftermath"], "broken");
    assert!(fleet.versions().await.iter().all(|host| host.ends_with("1.0.0 running healthy")));
    assert_eq!(fleet.standing(&id).await, ["web-2 succeeded", "web-1 succeeded"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_first_deployment_leaves_nothing() {
    let mut fleet = Fleet::of(2).await;
    fleet.host("web-2").luck.insert("1.0.0".to_owned(), Luck::Unhealthy);
    let strategy = json!({ "batch": "1", "on_failure": "rollback" });
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.0", "strategy": strategy })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "rolled_back");
    assert!(fleet.versions().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_falls_ill_while_it_bakes_goes_back() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    let strategy = json!({ "bake_seconds": 600 });
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "strategy": strategy })).await;
    fleet.settle().await;
    fleet.host("web-1").falls_ill();
    fleet.settle().await;
    assert_eq!(fleet.host("web-1").version(), Some("1.0.0"));
    insta::assert_debug_snapshot!(fleet.standing(&id).await, @r#"
    [
        "web-1 failed",
        "web-2 baking",
    ]
    "#);
    assert_eq!(fleet.state(&id).await, "halted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_tries_what_failed_again() {
    let mut fleet = Fleet::with_1_0_0(3).await;
    fleet.host("web-1").luck.insert("1.0.1".to_owned(), Luck::Unfetchable);
    fleet.host("web-3").luck.insert("1.0.1".to_owned(), Luck::Killed);
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1" })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "halted");
    fleet.hosts.iter_mut().for_each(|host| host.luck.clear());

    let refused = fleet.server.post(&format!("/api/v1/deployments/{id}/retry"), json!({ "hosts": ["web-9"] })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "host_not_failed"));
    fleet.act(&id, "retry").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    insta::assert_debug_snapshot!(fleet.standing(&id).await, @r#"
    [
        "web-1 succeeded",
        "web-2 succeeded",
        "web-3 succeeded",
    ]
    "#);
    let attempts: Vec<u64> = fleet.units(&id).await.iter().map(|unit| unit["attempts"].as_u64().unwrap()).collect();
    assert!(attempts.contains(&2), "{attempts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attempt_that_nobody_can_know_keeps_its_slot() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    fleet.host("web-1").luck.insert("1.0.1".to_owned(), Luck::Killed);
    let strategy = json!({ "max_unavailable": "1" });
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "strategy": strategy })).await;
    fleet.settle().await;
    insta::assert_debug_snapshot!(fleet.standing(&id).await, @r#"
    [
        "web-1 unknown",
        "web-2 cancelled",
    ]
    "#);
    assert_eq!(fleet.host("web-2").version(), Some("1.0.0"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_host_is_retried_and_another_left_out() {
    let mut fleet = Fleet::with_1_0_0(4).await;
    for host in ["web-1", "web-2", "web-3"] {
        fleet.host(host).luck.insert("1.0.1".to_owned(), Luck::Unfetchable);
    }
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "strategy": { "batch": "3" } })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "halted");
    fleet.host("web-1").luck.clear();

    let path = |word: &str| format!("/api/v1/deployments/{id}/{word}");
    let retried = fleet.server.post(&path("retry"), json!({ "hosts": ["web-1"] })).await.expect(200);
    assert_eq!(retried["summary"]["state"], "halted", "the others hold it");
    fleet.settle().await;
    insta::assert_debug_snapshot!(fleet.standing(&id).await, @r#"
    [
        "web-1 succeeded",
        "web-2 failed",
        "web-3 failed",
        "web-4 pending",
    ]
    "#);
    insta::assert_json_snapshot!(fleet.waiting(&id).await, @r#"
    [
      {
        "failed": [
          "web-2",
          "web-3"
        ],
        "waits_for": "decision"
      }
    ]
    "#);

    assert_eq!(fleet.server.post(&path("skip"), json!({ "hosts": [] })).await.code(), "no_hosts");
    assert_eq!(fleet.server.post(&path("skip"), json!({ "hosts": ["web-1"] })).await.code(), "host_not_failed");
    let skipped = fleet.server.post(&path("skip"), json!({ "hosts": ["web-2"] })).await.expect(200);
    assert_eq!(skipped["summary"]["state"], "halted");
    fleet.host("web-3").luck.clear();
    fleet.server.post(&path("retry"), json!({ "hosts": ["web-3"] })).await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    insta::assert_debug_snapshot!(fleet.standing(&id).await, @r#"
    [
        "web-1 succeeded",
        "web-2 skipped",
        "web-3 succeeded",
        "web-4 succeeded",
    ]
    "#);
    assert_eq!(fleet.host("web-2").version(), Some("1.0.0"));
    let log = fleet.server.get(&format!("/api/v1/audit?action=deployment.skip&object={id}")).await.expect(200);
    assert_eq!(log["items"][0]["detail"]["hosts"], json!(["web-2"]));
}
