//! Several packages in one deployment: in which order they go, and that a host gets all of them or none.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::databases::{push_all, target};
use super::driver::Luck;
use super::fixture::Fleet;

/// Three hosts with `shop-web` 1.0.0 and `shop-conf` 2.0.0, of which the third brings `shop-db` 1.0.0 into a database; and what is done on
/// them from now on.
pub(super) async fn shop() -> (Fleet, Arc<Mutex<Vec<String>>>) {
    let mut fleet = Fleet::with_1_0_0(3).await;
    for version in ["2.0.0", "2.0.1"] {
        fleet.push_package("shop-conf", version).await;
    }
    push_all(&fleet.server).await;
    fleet.server.post("/api/v1/database-targets", target(&json!({ "host": "web-3" }))).await.expect(201);
    for (package, version) in [("shop-conf", "2.0.0"), ("shop-db", "1.0.0")] {
        let id = fleet.deploy(json!({ "action": "deploy", "package": package, "version": version })).await;
        fleet.settle().await;
        assert_eq!(fleet.state(&id).await, "succeeded");
    }
    let log = Arc::default();
    fleet.hosts.iter_mut().for_each(|host| host.log = Arc::clone(&log));
    (fleet, log)
}

/// Configuration before the web, by its rank, and the database before both.
pub(super) fn spec(strategy: &Value) -> Value {
    json!({
        "action": "deploy", "package": "shop-conf", "version": "2.0.1", "strategy": strategy,
        "also": [{ "package": "shop-web", "version": "1.0.1" }, { "package": "shop-db", "version": "1.1.0" }],
    })
}

pub(super) fn done(log: &Mutex<Vec<String>>) -> String {
    std::mem::take(&mut *log.lock().unwrap()).join("\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn packages_go_in_their_order_and_batches_count_hosts() {
    let (mut fleet, log) = shop().await;
    let planned = fleet.server.post("/api/v1/plans", fleet.spec(spec(&json!({ "batch": "2" })))).await.expect(201);
    let batches: Vec<&Value> = planned["batches"].as_array().unwrap().iter().map(|batch| &batch["hosts"]).collect();
    assert_eq!(batches, [&json!(["web-3"]), &json!(["web-1", "web-2"]), &json!(["web-3"])]);
    let packages: Vec<&Value> =
        planned["changes"].as_array().unwrap().iter().map(|change| &change["package"]).collect();
    assert_eq!(packages, ["shop-db", "shop-conf", "shop-web"]);
    let diff = format!("/api/v1/plans/{}/diff?host=web-1&package=shop-web", planned["id"].as_str().unwrap());
    let diff = fleet.server.get(&diff).await.expect(200);
    assert!(diff["items"][0]["content"]["diff"].as_str().unwrap().contains("+1.0.1"), "{diff:#}");

    let id = fleet.deploy(spec(&json!({ "batch": "2" }))).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    insta::assert_snapshot!(done(&log), @"
    web-3 shop-db 1.1.0
    web-1 shop-conf 2.0.1
    web-2 shop-conf 2.0.1
    web-1 shop-web 1.0.1
    web-2 shop-web 1.0.1
    web-3 shop-conf 2.0.1
    web-3 shop-web 1.0.1
    ");
    let summary = fleet.detail(&id).await["summary"].clone();
    assert_eq!((&summary["package"], &summary["also"][0]["package"]), (&json!("shop-conf"), &json!("shop-web")));
    let units = fleet.units(&id).await;
    assert_eq!((&units[2]["package"], &units[2]["host_name"]), (&json!("shop-web"), &json!("web-1")));
    for package in ["shop-conf", "shop-web", "shop-db"] {
        let listed = fleet.server.get(&format!("/api/v1/deployments?package={package}")).await.expect(200);
        let is_listed = listed["items"].as_array().unwrap().iter().any(|item| item["id"] == json!(id));
        assert!(is_listed, "{package}: {listed:#}");
        let history = fleet.server.get(&format!("/api/v1/hosts/web-3/instances/{package}/history")).await.expect(200);
        let is_told = history["items"].as_array().unwrap().iter().any(|item| item["deployment"] == json!(id));
        assert!(is_told, "{package}: {history:#}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_does_not_get_all_goes_back_and_is_tried_again_in_order() {
    let (mut fleet, log) = shop().await;
    fleet.host("web-2").luck.insert("1.0.1".to_owned(), Luck::Unhealthy);
    let id = fleet.deploy(spec(&json!({ "on_failure": "stop" }))).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "halted");
    assert_eq!(fleet.waiting(&id).await, json!([{ "waits_for": "decision", "failed": ["web-2"] }]));
    let standing = fleet.standing(&id).await;
    assert_eq!(
        standing,
        [
            "web-3 succeeded",
            "web-1 succeeded",
            "web-1 succeeded",
            "web-2 failed",
            "web-2 failed",
            "web-3 succeeded",
            "web-3 succeeded"
        ]
    );
    let conf = &fleet.units(&id).await[3];
    let said = conf["failure"]["message"].as_str().unwrap();
    assert!(said.starts_with("it goes back with another package"), "{conf:#}");
    assert_eq!(
        (&conf["failure"]["aftermath"], &conf["failure"]["companion"]),
        (&json!("restored"), &json!("shop-web"))
    );
    assert_eq!(fleet.units(&id).await[4]["failure"]["companion"], json!(null));
    assert!(done(&log).ends_with("web-2 shop-conf restored"));
    assert_eq!(fleet.host("web-2").version(), Some("1.0.0"));

    fleet.host("web-2").luck.clear();
    fleet.server.post(&format!("/api/v1/deployments/{id}/retry"), json!({ "hosts": ["web-2"] })).await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    assert_eq!(done(&log), "web-2 shop-conf 2.0.1\nweb-2 shop-web 1.0.1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_takes_everything_back_the_database_last() {
    let (mut fleet, log) = shop().await;
    fleet.host("web-2").luck.insert("1.0.1".to_owned(), Luck::Unhealthy);
    let id = fleet.deploy(spec(&json!({ "batch": "1", "on_failure": "rollback" }))).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "rolled_back");
    insta::assert_snapshot!(done(&log), @"
    web-3 shop-db 1.1.0
    web-1 shop-conf 2.0.1
    web-1 shop-web 1.0.1
    web-2 shop-conf 2.0.1
    web-2 shop-conf restored
    web-1 shop-web 1.0.0
    web-1 shop-conf 2.0.0
    web-3 shop-db 1.0.0
    ");
    let claimed = fleet.try_deploy(json!({ "action": "deploy", "package": "shop-conf", "version": "2.0.1" })).await;
    claimed.expect(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_go_together_is_refused() {
    let (mut fleet, _) = shop().await;
    let plan = async |more: Value| {
        let mut whole = fleet.spec(spec(&json!({})));
        whole.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fleet.server.post("/api/v1/plans", whole).await
    };
    let part = |package: &str, version: &str| json!([{ "package": package, "version": version }]);
    for (more, code) in [
        (json!({ "also": part("shop-conf", "2.0.0") }), "bad_parts"),
        (json!({ "action": "uninstall", "version": null }), "bad_parts"),
        (json!({ "also": part("shop-none", "3.0.0") }), "package_not_found"),
        (json!({ "also": part("shop-web", "9.0.0") }), "version_not_found"),
        (json!({ "targets": { "hosts": ["web-1", "nobody"] }, "also": part("shop-web", "1.0.1") }), "unknown_hosts"),
        (json!({ "targets": { "hosts": ["web-1"] } }), "no_database_targets"),
    ] {
        let reply = plan(more.clone()).await;
        assert_eq!(reply.code(), code, "{more}: {:#}", reply.body);
    }

    // Another deployment of one of the packages goes on.
    fleet.host("web-2").is_stuck = true;
    let other = fleet.deploy(json!({ "action": "restart" })).await;
    fleet.round().await;
    fleet.round().await;
    let refused = fleet.try_deploy(spec(&json!({}))).await;
    assert_eq!(refused.code(), "deployment_open", "{:#}", refused.body);
    fleet.host("web-2").is_stuck = false;
    fleet.settle().await;
    assert_eq!(fleet.state(&other).await, "succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ban_of_any_package_stops_the_deployment() {
    let (mut fleet, _) = shop().await;
    let id = fleet.deploy(spec(&json!({}))).await;
    fleet.round().await;
    let ban = json!({ "reason": "it loses orders" });
    fleet.server.post("/api/v1/packages/shop-web/versions/1.0.1/ban", ban).await.expect(200);
    fleet.round().await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "aborted");
    assert_eq!(fleet.host("web-1").version(), Some("1.0.0"));
}
