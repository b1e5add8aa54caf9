//! Operations over many instances, and the history of one.

use jiff::SignedDuration;
use packhorse_model::order::InstanceReport;
use serde_json::{Value, json};

use super::fixture::{Fleet, WEB};

const PLAN: &str = "/api/v1/instances/operations/plan";
const OPERATIONS: &str = "/api/v1/instances/operations";
const APPLY: &str = "/api/v1/instances/operations/apply";

/// Two hosts with shop-web, one of them with shop-api, too.
async fn with_two_packages() -> Fleet {
    let mut fleet = Fleet::with_1_0_0(2).await;
    fleet.push_package("shop-api", "1.0.0").await;
    let api = fleet.server.get("/api/v1/packages/shop-api/versions/1.0.0").await.expect(200);
    let tree = api["summary"]["tree"].clone();
    let host = fleet.host("web-1");
    let web = host.instance.clone().unwrap();
    let api = InstanceReport {
        package: "shop-api".parse().unwrap(),
        tree: serde_json::from_value(tree).unwrap(),
        install_root: "/data/app/shop-api".to_owned(),
        ..web.clone()
    };
    let mut request = host.request();
    request.instances = Some(vec![web, api]);
    let host = &fleet.hosts[0];
    host.send(&fleet.server, &request).await.expect(200);
    fleet
}

/// `shop-web restart web-1 web-2` for each plan.
fn planned(reply: &Value) -> Vec<String> {
    let plan = |plan: &Value| {
        let hosts = plan["changes"].as_array().unwrap().iter().flat_map(|change| change["hosts"].as_array().unwrap());
        let hosts: Vec<&str> = hosts.map(|host| host.as_str().unwrap()).collect();
        let text = |key: &str| plan["spec"][key].as_str().unwrap().to_owned();
        format!("{} {} {}", text("package"), text("action"), hosts.join(" "))
    };
    reply["plans"].as_array().unwrap().iter().map(plan).collect()
}

async fn deployments(fleet: &Fleet) -> u64 {
    fleet.server.get("/api/v1/deployments").await.expect(200)["total"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_operation_makes_a_deployment_for_each_package() {
    let fleet = with_two_packages().await;
    let filter = json!({ "modules": [WEB], "environment": "prod" });
    let restart = json!({ "action": "restart", "filter": filter, "strategy": { "canary": 1 } });
    let plans = fleet.server.post(PLAN, restart).await.expect(201);
    assert_eq!(plans["plans"][1]["spec"]["strategy"]["canary"], 1);
    assert_eq!(planned(&plans), ["shop-api restart web-1", "shop-web restart web-1 web-2"]);
    let drift = |drift: &str| json!({ "action": "restart", "filter": { "package": "shop-web", "drift": drift } });
    let whole = fleet.server.post(PLAN, drift("none")).await.expect(201);
    assert_eq!(planned(&whole), ["shop-web restart web-1 web-2"]);
    assert_eq!(fleet.server.post(PLAN, drift("some")).await.code(), "no_instances");
    assert_eq!(deployments(&fleet).await, 1, "a plan starts nothing");

    let ids: Vec<Value> = plans["plans"].as_array().unwrap().iter().map(|plan| plan["id"].clone()).collect();
    let started = fleet.server.post(APPLY, json!({ "plans": ids })).await.expect(201);
    let packages: Vec<&Value> =
        started["deployments"].as_array().unwrap().iter().map(|one| &one["summary"]["package"]).collect();
    assert_eq!(packages, ["shop-api", "shop-web"]);
    assert_eq!(deployments(&fleet).await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_deployments_of_an_operation_are_made_or_none() {
    let fleet = with_two_packages().await;
    let stop = json!({ "action": "stop", "filter": { "hosts": ["web-1"] } });
    let plans = fleet.server.post(PLAN, stop.clone()).await.expect(201);
    let ids: Vec<Value> = plans["plans"].as_array().unwrap().iter().map(|plan| plan["id"].clone()).collect();
    // Of one of the packages another deployment is open by now.
    fleet.deploy(json!({ "action": "restart" })).await;
    let refused = fleet.server.post(APPLY, json!({ "plans": ids })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "plan_outdated"), "{:?}", refused.body);
    let refused = fleet.server.post(OPERATIONS, stop).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "deployment_open"), "{:?}", refused.body);
    assert_eq!(deployments(&fleet).await, 2, "of the other package none was made");

    let chosen = json!({ "action": "stop", "instances": [{ "host": "web-1", "package": "shop-api" }] });
    let started = fleet.server.post(OPERATIONS, chosen).await.expect(201);
    assert_eq!(started["deployments"][0]["summary"]["action"], "stop");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_operation_is_refused() {
    let fleet = with_two_packages().await;
    let mut refusals = Vec::new();
    for body in [
        json!({ "action": "restart" }),
        json!({ "action": "restart", "filter": {} }),
        json!({ "action": "restart", "filter": { "hosts": ["web-1"] }, "instances": [{ "host": "web-1", "package": "shop-web" }] }),
        json!({ "action": "deploy", "version": "1.0.1", "filter": { "hosts": ["web-1"] } }),
        json!({ "action": "upgrade", "version": "1.0.1", "filter": { "hosts": ["web-1"] } }),
        json!({ "action": "upgrade", "filter": { "package": "shop-web" } }),
        json!({ "action": "restart", "filter": { "health": "unhealthy" } }),
        json!({ "action": "restart", "filter": { "modules": ["Shop/Production/Nowhere"] } }),
        json!({ "action": "restart", "filter": { "nonsense": 1 } }),
        json!({ "action": "restart", "filter": { "package": "shop-web" }, "strategy": { "canry": 1 } }),
        json!({ "action": "restart", "filter": { "package": "shop-web" }, "strategy_name": "careful" }),
    ] {
        let refused = fleet.server.post(PLAN, body).await;
        refusals.push(format!(
            "{} {}: {}",
            refused.status.as_u16(),
            refused.code(),
            refused.body["title"].as_str().unwrap()
        ));
    }
    insta::assert_debug_snapshot!(refusals, @r#"
    [
        "422 bad_operation: it is not said which instances are meant",
        "422 bad_operation: the filter says nothing, which would mean every instance there is",
        "422 bad_operation: instances and a filter are given",
        "422 bad_operation: an operation is about instances that there are: it neither deploys nor runs scripts",
        "422 bad_operation: a version is of one package, and several are meant",
        "422 version_missing: upgrade needs a version: write shop-web@VERSION",
        "422 no_instances: no instance is as the filter says",
        "404 module_not_found: there is no module Shop/Production/Nowhere",
        "422 bad_body: the body of the request is not what it should be",
        "422 bad_strategy: the strategy cannot be what was said of it",
        "404 strategy_not_found: there is no strategy careful",
    ]
    "#);
    let none = fleet.server.post(APPLY, json!({ "plans": [] })).await;
    assert_eq!((none.status.as_u16(), none.code()), (422, "bad_operation"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_downgrade_leaves_out_what_is_not_newer_and_history_tells_all() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    fleet.server.advance(SignedDuration::from_secs(1));
    fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "targets": { "hosts": ["web-1"] } })).await;
    fleet.settle().await;
    fleet.server.advance(SignedDuration::from_secs(1));
    let body = json!({ "action": "downgrade", "version": "1.0.0", "filter": { "package": "shop-web" } });
    let started = fleet.server.post(OPERATIONS, body).await.expect(201);
    fleet.settle().await;
    let id = started["deployments"][0]["summary"]["id"].as_str().unwrap();
    assert_eq!(fleet.standing(id).await, ["web-1 succeeded"]);

    let history = fleet.server.get("/api/v1/hosts/web-1/instances/shop-web/history?limit=2").await.expect(200);
    let rows: Vec<String> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let text = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
            format!("{} {} -> {} {} by {}", text("action"), text("from"), text("to"), text("outcome"), text("creator"))
        })
        .collect();
    assert_eq!(rows, ["downgrade 1.0.1 -> 1.0.0 succeeded by admin", "deploy 1.0.0 -> 1.0.1 succeeded by admin"]);
    assert_eq!(history["total"], 3);
    let next = history["next"].as_str().unwrap();
    let rest =
        fleet.server.get(&format!("/api/v1/hosts/web-1/instances/shop-web/history?cursor={next}")).await.expect(200);
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["items"][0]["from"]), (1, &Value::Null));
    let nobody = fleet.server.get("/api/v1/hosts/web-9/instances/shop-web/history").await;
    assert_eq!((nobody.status.as_u16(), nobody.code()), (404, "host_not_found"));
}
