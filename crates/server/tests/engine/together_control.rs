//! What a person says to a deployment of several packages, and what it binds.

use serde_json::{Value, json};

use super::driver::Luck;
use super::fixture::{Fleet, WEB};
use super::together::{done, shop, spec};

/// How many units each batch has.
async fn batches(fleet: &Fleet, id: &str) -> Vec<u64> {
    let detail = fleet.detail(id).await;
    let units = |batch: &Value| batch["units"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    detail["batches"].as_array().unwrap().iter().map(units).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn promote_and_resize_count_hosts_behind_the_database() {
    let (mut fleet, log) = shop().await;
    let id = fleet.deploy(spec(&json!({ "batch": "1", "pause": "between_batches" }))).await;
    fleet.settle().await;
    assert_eq!(fleet.waiting(&id).await, json!([{ "waits_for": "promote", "batch": 1 }]));
    assert_eq!(batches(&fleet, &id).await, [1, 2, 2, 2]);
    fleet.act(&id, "promote").await.expect(200);
    fleet.settle().await;
    assert_eq!(done(&log), "web-3 shop-db 1.1.0\nweb-1 shop-conf 2.0.1\nweb-1 shop-web 1.0.1");

    let resize = json!({ "batch": "2" });
    fleet.server.post(&format!("/api/v1/deployments/{id}/resize"), resize).await.expect(200);
    assert_eq!(batches(&fleet, &id).await, [1, 2, 4]);
    fleet.act(&id, "promote").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    assert_eq!(done(&log), "web-2 shop-conf 2.0.1\nweb-3 shop-conf 2.0.1\nweb-2 shop-web 1.0.1\nweb-3 shop-web 1.0.1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn skip_ahead_lets_the_next_hosts_begin_with_all_of_their_packages() {
    let (mut fleet, log) = shop().await;
    let mut wanted = spec(&json!({ "batch": "1", "bake_seconds": 600 }));
    wanted["also"].as_array_mut().unwrap().truncate(1);
    let id = fleet.deploy(wanted).await;
    fleet.settle().await;
    assert_eq!(fleet.standing(&id).await[..3], ["web-1 baking", "web-1 baking", "web-2 pending"]);
    fleet.act(&id, "skip-ahead").await.expect(200);
    fleet.settle().await;
    assert_eq!(
        fleet.standing(&id).await,
        ["web-1 baking", "web-1 baking", "web-2 baking", "web-2 baking", "web-3 pending", "web-3 pending"]
    );
    // One that falls ill goes back with its companion, and the others stay.
    fleet.host("web-2").falls_ill();
    fleet.settle().await;
    let conf = &fleet.units(&id).await[2];
    assert_eq!((&conf["state"], &conf["failure"]["companion"]), (&json!("failed"), &json!("shop-web")));
    assert!(done(&log).ends_with("web-2 shop-web restored\nweb-2 shop-conf restored"));
    assert_eq!(fleet.host("web-1").version(), Some("1.0.1"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_is_forced_or_left_out_with_all_of_its_packages() {
    let (mut fleet, log) = shop().await;
    for host in ["web-1", "web-2"] {
        fleet.host(host).luck.insert("1.0.1".to_owned(), Luck::Unhealthy);
    }
    let id = fleet.deploy(spec(&json!({}))).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "halted");
    done(&log);
    fleet.host("web-1").luck.clear();
    let force = json!({ "hosts": ["web-1"], "force": true });
    fleet.server.post(&format!("/api/v1/deployments/{id}/retry"), force).await.expect(200);
    fleet.settle().await;
    assert_eq!(done(&log), "web-1 shop-conf 2.0.1\nweb-1 shop-web 1.0.1");
    assert_eq!(fleet.state(&id).await, "halted", "web-2 holds it");
    fleet.server.post(&format!("/api/v1/deployments/{id}/skip"), json!({ "hosts": ["web-2"] })).await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    assert_eq!(fleet.standing(&id).await[3..5], ["web-2 skipped", "web-2 skipped"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_package_that_is_bound_nowhere_is_bound_to_the_modules_of_the_targets() {
    let (mut fleet, _) = shop().await;
    for package in ["shop-tools", "shop-more"] {
        fleet.push_package(package, "3.0.0").await;
    }
    let part = |package: &str| json!({ "package": package, "version": "3.0.0" });
    let mut wanted = spec(&json!({}));
    wanted["also"] = json!([part("shop-tools"), part("shop-more")]);
    let planned = fleet.server.post("/api/v1/plans", fleet.spec(wanted.clone())).await.expect(201);
    assert_eq!(planned["binds"], json!([WEB]));
    let binding = |package: &str| json!({ "package": package, "module": WEB });
    assert_eq!(planned["bindings"], json!([binding("shop-tools"), binding("shop-more")]));
    let apply = json!({ "plan": planned["id"] });
    let refused = fleet.server.post("/api/v1/deployments", apply.clone()).await;
    assert_eq!((refused.code(), &refused.body["params"]["package"]), ("not_bound", &json!("shop-tools")));
    fleet.server.post("/api/v1/deployments?bind=true", apply).await.expect(201);
    fleet.settle().await;
    for package in ["shop-tools", "shop-more"] {
        let bound = fleet.server.get(&format!("/api/v1/packages/{package}/bindings")).await.expect(200);
        assert_eq!(bound["items"][0]["module"], json!(WEB), "{bound:#}");
    }

    // By host alone, the modules are those of the hosts.
    fleet.push_package("shop-late", "3.0.0").await;
    let mut wanted = spec(&json!({}));
    wanted["also"] = json!([part("shop-late")]);
    wanted["targets"] = json!({ "hosts": ["web-2"] });
    wanted["version"] = json!("2.0.0");
    let planned = fleet.server.post("/api/v1/plans", fleet.spec(wanted)).await.expect(201);
    assert_eq!(planned["bindings"], json!([binding("shop-late")]), "{planned:#}");
}
