//! A person's word to a deployment.

use serde_json::json;

use super::driver::Luck;
use super::fixture::{Fleet, WEB};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_lets_nothing_new_start() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "strategy": { "batch": "1" } })).await;
    fleet.round().await;
    let paused = fleet.act(&id, "pause").await.expect(200);
    assert_eq!(paused["summary"]["state"], "paused");
    fleet.settle().await;
    insta::assert_debug_snapshot!(fleet.standing(&id).await, @r#"
    [
        "web-1 prepared",
        "web-2 pending",
    ]
    "#);
    insta::assert_json_snapshot!(fleet.waiting(&id).await, @r#"
    [
      {
        "waits_for": "resume"
      }
    ]
    "#);
    assert!(fleet.hosts.iter().all(|host| host.version() == Some("1.0.0")));
    // Said twice, it stays as it is.
    fleet.act(&id, "pause").await.expect(200);
    fleet.act(&id, "resume").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    let refused = fleet.act(&id, "pause").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "wrong_state"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_abort_lets_a_switch_come_to_its_end() {
    let mut fleet = Fleet::with_1_0_0(3).await;
    fleet.host("web-1").is_stuck = true;
    let strategy = json!({ "max_unavailable": "1" });
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "strategy": strategy })).await;
    fleet.settle().await;
    fleet.act(&id, "abort").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "aborting");
    insta::assert_debug_snapshot!(fleet.standing(&id).await, @r#"
    [
        "web-1 switching",
        "web-2 cancelled",
        "web-3 cancelled",
    ]
    "#);
    fleet.host("web-1").is_stuck = false;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "aborted");
    assert_eq!(fleet.host("web-1").version(), Some("1.0.1"));
    assert_eq!(fleet.host("web-2").version(), Some("1.0.0"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_brings_a_deployment_back() {
    let mut fleet = Fleet::with_1_0_0(3).await;
    let strategy = json!({ "canary": 1, "bake_seconds": 3600 });
    let id = fleet.deploy(json!({ "action": "upgrade", "version": "1.0.1", "strategy": strategy })).await;
    fleet.settle().await;
    assert_eq!(fleet.host("web-1").version(), Some("1.0.1"));
    fleet.act(&id, "rollback").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "rolled_back");
    assert_eq!(fleet.host("web-1").version(), Some("1.0.0"));
    let plan = fleet.detail(&id).await["plan"].as_str().unwrap().to_owned();
    let plan = fleet.server.get(&format!("/api/v1/plans/{plan}")).await.expect(200);
    insta::assert_json_snapshot!(plan["batches"], @r#"
    [
      {
        "host_count": 1,
        "hosts": [
          "web-1"
        ],
        "kind": "rolling"
      }
    ]
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_at_once_on_the_same_hosts_are_refused() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    let first = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1" })).await;
    let refused = fleet.try_deploy(json!({ "action": "restart" })).await;
    assert_eq!(refused.code(), "deployment_open");
    insta::assert_json_snapshot!(refused.expect(409), {
        ".title" => insta::dynamic_redaction(move |value, _| value.as_str().unwrap().replace(&first, "[id]")),
    }, @r#"
    {
      "code": "deployment_open",
      "hint": "wait for its end, or abort it with `packhorse deployment abort`, and try again",
      "status": 409,
      "title": "deployment [id] of the package is open on web-1"
    }
    "#);
    fleet.settle().await;
    fleet.deploy(json!({ "action": "restart" })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_one_takes_over_from_a_halted_one() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    fleet.push("1.0.2").await;
    fleet.host("web-2").luck.insert("1.0.1".to_owned(), Luck::Unhealthy);
    let halted = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "strategy": { "batch": "1" } })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&halted).await, "halted");
    let newer = fleet.deploy(json!({ "action": "deploy", "version": "1.0.2" })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&halted).await, "superseded");
    assert_eq!(fleet.state(&newer).await, "succeeded");
    let refused = fleet.act(&halted, "retry").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "wrong_state"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_at_once_on_different_hosts_of_a_module_do_not_meet() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    let on = |host: &str| json!({ "action": "deploy", "version": "1.0.1", "targets": { "modules": [WEB], "hosts": [host] } });
    let (first, second) = (fleet.deploy(on("web-1")).await, fleet.deploy(on("web-2")).await);
    fleet.settle().await;
    assert_eq!(
        (fleet.state(&first).await, fleet.state(&second).await),
        ("succeeded".to_owned(), "succeeded".to_owned())
    );
}
