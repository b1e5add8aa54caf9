//! Yanked and banned versions, and the hosts that have them.

use serde_json::json;

use super::fixture::Fleet;

const YANK: &str = "/api/v1/packages/shop-web/versions/1.0.1/yank";
const BAN: &str = "/api/v1/packages/shop-web/versions/1.0.1/ban";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_yanked_version_stays_with_those_who_have_it() {
    let mut fleet = Fleet::with_1_0_0(3).await;
    let one = json!({ "modules": [], "hosts": ["web-1"] });
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "targets": one })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    fleet.server.post(YANK, json!({ "reason": "loses carts" })).await.expect(200);

    // Who has it may have it again, and go on with it; the others may not get it.
    let id = fleet.deploy(json!({ "action": "stop", "targets": one })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    let plan = fleet
        .server
        .post("/api/v1/plans", fleet.spec(json!({ "action": "deploy", "version": "1.0.1" })))
        .await
        .expect(201);
    insta::assert_json_snapshot!(plan["excluded"], @r#"
    [
      {
        "cause": {
          "code": "yanked",
          "params": {
            "package": "shop-web",
            "version": "1.0.1"
          }
        },
        "host": "web-2",
        "reason": "shop-web 1.0.1 was yanked, and is not on it: choose another version"
      },
      {
        "cause": {
          "code": "yanked",
          "params": {
            "package": "shop-web",
            "version": "1.0.1"
          }
        },
        "host": "web-3",
        "reason": "shop-web 1.0.1 was yanked, and is not on it: choose another version"
      }
    ]
    "#);
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1" })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    assert_eq!(fleet.host("web-1").version(), Some("1.0.1"));
    assert_eq!(fleet.host("web-2").version(), Some("1.0.0"));

    // It is the way back, too.
    fleet.push("1.0.2").await;
    let id = fleet.deploy(json!({ "action": "upgrade", "version": "1.0.2", "targets": one })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    let id = fleet.deploy(json!({ "action": "rollback", "targets": one })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    assert_eq!(fleet.host("web-1").version(), Some("1.0.1"));

    let others = json!({ "modules": [], "hosts": ["web-2", "web-3"] });
    let refused = fleet.try_deploy(json!({ "action": "deploy", "version": "1.0.1", "targets": others })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "version_yanked"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_failed_before_the_yank_can_be_tried_again() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    fleet.host("web-2").luck.insert("1.0.1".to_owned(), super::driver::Luck::Unhealthy);
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "strategy": { "batch": "1" } })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "halted");
    fleet.server.post(YANK, json!({})).await.expect(200);
    fleet.host("web-2").luck.clear();
    fleet.act(&id, "retry").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ban_aborts_what_brings_the_version_anywhere() {
    let mut fleet = Fleet::with_1_0_0(3).await;
    let strategy = json!({ "canary": 1, "bake_seconds": 3600 });
    let id = fleet.deploy(json!({ "action": "upgrade", "version": "1.0.1", "strategy": strategy })).await;
    fleet.settle().await;
    assert_eq!(fleet.host("web-1").version(), Some("1.0.1"));
    let kept = fleet.server.delete("/api/v1/packages/shop-web/versions/1.0.1").await;
    assert_eq!(kept.code(), "has_instances");
    fleet.server.post(BAN, json!({ "reason": "leaks passwords" })).await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "aborted");
    assert_eq!(fleet.host("web-2").version(), Some("1.0.0"));
    let refused = fleet.try_deploy(json!({ "action": "deploy", "version": "1.0.1" })).await;
    assert_eq!(refused.code(), "version_banned");
    // What runs it can be brought away from it.
    let id = fleet.deploy(json!({ "action": "rollback", "targets": { "modules": [], "hosts": ["web-1"] } })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    assert_eq!(fleet.host("web-1").version(), Some("1.0.0"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_of_an_open_deployment_is_not_deleted() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    for host in &mut fleet.hosts {
        host.is_stuck = true;
    }
    fleet.deploy(json!({ "action": "deploy", "version": "1.0.1" })).await;
    let refused = fleet.server.delete("/api/v1/packages/shop-web/versions/1.0.1").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "deployment_open"));
    let refused = fleet.server.delete("/api/v1/packages/shop-web/versions/1.0.0").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "has_instances"));
}
