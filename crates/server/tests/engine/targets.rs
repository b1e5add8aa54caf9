//! Which hosts a deployment is aimed at: labels, states, failures, bindings.

use http::Method;
use serde_json::{Value, json};

use super::driver::Luck;
use super::fixture::{Fleet, WEB};
use crate::harness::authorized;

const BINDINGS: &str = "/api/v1/packages/shop-web/bindings";

async fn label(fleet: &Fleet, host: &str, labels: Value) -> Value {
    fleet.server.put(&format!("/api/v1/hosts/{host}/labels"), json!({ "labels": labels })).await.expect(200)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_are_chosen_by_label() {
    let mut fleet = Fleet::of(3).await;
    assert_eq!(label(&fleet, "web-1", json!({ "zone": "a", "old": "" })).await["labels"]["old"], "");
    label(&fleet, "web-1", json!({ "zone": "a" })).await;
    label(&fleet, "web-2", json!({ "zone": "b" })).await;
    let listed = fleet.server.get("/api/v1/hosts?labels=zone%20in%20(a,b)").await.expect(200);
    assert_eq!((listed["total"].as_u64(), &listed["items"][0]["labels"]), (Some(2), &json!({ "zone": "a" })));
    let refused = fleet.server.put("/api/v1/hosts/web-1/labels", json!({ "labels": { "a b": "" } })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "bad_body"));
    let spec = json!({ "action": "deploy", "version": "1.0.0", "targets": { "labels": "zone,zone!=b" } });
    let id = fleet.deploy(spec).await;
    fleet.settle().await;
    assert_eq!(fleet.standing(&id).await, ["web-1 succeeded"]);
    let nobody = json!({ "action": "deploy", "version": "1.0.0", "targets": { "labels": "zone=c" } });
    assert_eq!(fleet.try_deploy(nobody).await.code(), "no_host_meant");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_that_failed_last_time_are_chosen() {
    let mut fleet = Fleet::with_1_0_0(3).await;
    fleet.host("web-2").luck.insert("1.0.1".to_owned(), Luck::Unhealthy);
    let strategy = json!({ "error_threshold": "1" });
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "strategy": strategy })).await;
    fleet.settle().await;
    fleet.host("web-2").luck.clear();
    let targets = json!({ "failed_in": id });
    let again = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "targets": targets })).await;
    fleet.settle().await;
    assert_eq!(fleet.standing(&again).await, ["web-2 succeeded"]);
    let old = json!({ "version": "1.0.0", "modules": [WEB] });
    let nobody = fleet.try_deploy(json!({ "action": "restart", "targets": old })).await;
    assert_eq!(nobody.code(), "no_host_meant");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_target_says_what_is_on_it_and_why_it_cannot_be_chosen() {
    let mut fleet = Fleet::with_1_0_0(3).await;
    fleet.pass_without(&["web-3"], 120).await;
    let query = json!({
        "action": "deploy", "package": "shop-web", "version": "1.0.1", "targets": { "modules": [WEB] },
    });
    let first = fleet.server.post("/api/v1/deployments/targets?limit=2", query.clone()).await.expect(200);
    assert_eq!(first["total"], 3);
    insta::assert_json_snapshot!(first["items"][0], @r#"
    {
      "host": "web-1",
      "instance": {
        "health": "healthy",
        "previous": null,
        "state": "running",
        "version": "1.0.0"
      },
      "labels": {},
      "modules": [
        "Shop/Production/Web"
      ],
      "prospect": "changes",
      "reason": null,
      "state": "online"
    }
    "#);
    let next = format!("/api/v1/deployments/targets?limit=2&cursor={}", first["next"].as_str().unwrap());
    let second = fleet.server.post(&next, query).await.expect(200);
    assert_eq!(second["next"], Value::Null);
    let last = &second["items"][0];
    assert_eq!((last["host"].as_str(), last["prospect"].as_str()), (Some("web-3"), Some("excluded")));
    assert!(last["reason"].as_str().unwrap().starts_with("it is offline"));
    assert_eq!(last["cause"], json!({ "code": "offline" }));
    let nowhere = json!({ "action": "restart", "package": "shop-web", "targets": {} });
    let refused = fleet.server.post("/api/v1/deployments/targets", nowhere).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "no_targets"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_package_is_bound_before_it_is_deployed() {
    let fleet = Fleet::of(1).await;
    let spec = fleet.spec(json!({ "action": "deploy", "version": "1.0.0" }));
    let plan = fleet.server.post("/api/v1/plans", spec.clone()).await.expect(201);
    assert_eq!(plan["binds"], json!([WEB]));
    let refused = fleet.server.post("/api/v1/deployments", json!({ "plan": plan["id"] })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "not_bound"));
    let module = format!("{BINDINGS}/Shop%2FProduction%2FWeb");
    let call = async |method: Method, path: &str| {
        fleet.server.send(authorized(method, path), Value::Null).await.status.as_u16()
    };
    assert_eq!(call(Method::PUT, &module).await, 204);
    assert_eq!(call(Method::PUT, &module).await, 204, "said twice, it stays as it is");
    let bound = fleet.server.get(BINDINGS).await.expect(200);
    assert_eq!((bound["total"].as_u64(), bound["items"][0]["module"].as_str()), (Some(1), Some(WEB)));
    assert_eq!(call(Method::DELETE, &module).await, 204);
    assert_eq!(call(Method::PUT, &format!("{BINDINGS}/Shop%2FProduction%2FNowhere")).await, 404);
    assert_eq!(fleet.server.post("/api/v1/deployments", json!({ "spec": spec })).await.code(), "not_bound");
    call(Method::PUT, &module).await;
    let plan = fleet.server.post("/api/v1/plans", spec).await.expect(201);
    assert_eq!((&plan["binds"], &plan["warnings"]), (&json!([]), &json!([])));
    fleet.server.post("/api/v1/deployments", json!({ "plan": plan["id"] })).await.expect(201);
}
