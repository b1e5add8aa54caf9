//! The way back of several packages: of some hosts, and of all when the deployment has ended.

use serde_json::{Value, json};

use super::driver::Luck;
use super::fixture::Fleet;
use super::together::{done, shop, spec};
use crate::harness::Reply;

async fn roll_back(fleet: &Fleet, id: &str, hosts: &[&str]) -> Reply {
    fleet.server.post(&format!("/api/v1/deployments/{id}/rollback"), json!({ "hosts": hosts })).await
}

fn id_of(reply: Reply) -> String {
    reply.expect(201)["summary"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn some_hosts_go_back_with_all_that_they_got_in_reverse_order() {
    let (mut fleet, log) = shop().await;
    let id = fleet.deploy(spec(&json!({}))).await;
    fleet.settle().await;
    done(&log);
    let back = id_of(roll_back(&fleet, &id, &["web-1"]).await);
    fleet.settle().await;
    assert_eq!(fleet.state(&back).await, "succeeded");
    assert_eq!(done(&log), "web-1 shop-web 1.0.0\nweb-1 shop-conf 2.0.0");
    let detail = fleet.detail(&back).await;
    assert_eq!((&detail["spec"]["action"], &detail["spec"]["package"]), (&json!("rollback"), &json!("shop-conf")));
    assert_eq!(detail["spec"]["also"], json!([{ "package": "shop-web" }]));
    let listed = fleet.server.get("/api/v1/deployments?package=shop-web").await.expect(200);
    assert!(listed["items"].as_array().unwrap().iter().any(|item| item["id"] == json!(back)), "{listed:#}");

    // The host that runs the database takes it back as well, last.
    let back = id_of(roll_back(&fleet, &id, &["web-3"]).await);
    fleet.settle().await;
    assert_eq!(fleet.state(&back).await, "succeeded");
    assert_eq!(done(&log), "web-3 shop-web 1.0.0\nweb-3 shop-conf 2.0.0\nweb-3 shop-db 1.0.0");
    assert_eq!(fleet.host("web-2").version(), Some("1.0.1"));
    for (hosts, code) in [(&["nobody"], "host_not_in_deployment"), (&["web-2"], "instance_moved")] {
        if code == "instance_moved" {
            fleet.push("1.0.2").await;
            fleet.deploy(json!({ "action": "deploy", "version": "1.0.2" })).await;
            fleet.settle().await;
        }
        assert_eq!(roll_back(&fleet, &id, hosts).await.code(), code);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_cannot_go_back_with_everything_keeps_everything() {
    let (mut fleet, log) = shop().await;
    let id = fleet.deploy(spec(&json!({}))).await;
    fleet.settle().await;
    done(&log);
    fleet.host("web-1").luck.insert("2.0.0".to_owned(), Luck::Unhealthy);
    let back = id_of(roll_back(&fleet, &id, &["web-1", "web-2"]).await);
    fleet.settle().await;
    assert_eq!(fleet.state(&back).await, "halted");
    assert_eq!(fleet.host("web-1").version(), Some("1.0.1"));
    let units = fleet.units(&back).await;
    let web = units.iter().find(|unit| unit["host_name"] == "web-1" && unit["package"] == "shop-web").unwrap();
    assert_eq!(web["failure"]["companion"], json!("shop-conf"), "{web:#}");

    fleet.host("web-1").luck.clear();
    let retry = json!({ "hosts": ["web-1"], "force": true });
    fleet.server.post(&format!("/api/v1/deployments/{back}/retry"), retry).await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&back).await, "succeeded");
    assert!(done(&log).ends_with("web-1 shop-web 1.0.0\nweb-1 shop-conf 2.0.0"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_that_has_ended_goes_back_as_one() {
    let (mut fleet, log) = shop().await;
    let id = fleet.deploy(spec(&json!({ "batch": "2" }))).await;
    fleet.settle().await;
    done(&log);
    let back = id_of(fleet.act(&id, "rollback").await);
    fleet.settle().await;
    assert_eq!(fleet.state(&back).await, "succeeded");
    let said = done(&log);
    let order: Vec<&str> = said.lines().collect();
    assert_eq!((order.len(), order.last()), (7, Some(&"web-3 shop-db 1.0.0")), "{said}");
    for host in ["web-1", "web-2", "web-3"] {
        let place = |what: &str| order.iter().position(|line| *line == format!("{host} {what}"));
        assert!(place("shop-web 1.0.0").unwrap() < place("shop-conf 2.0.0").unwrap(), "{said}");
    }
    assert_eq!(fleet.state(&id).await, "succeeded", "what has ended stays as it ended");
    assert_eq!(fleet.detail(&back).await["spec"]["strategy"]["max_unavailable"], json!("2"));

    // What went back itself has nothing that could be taken back.
    let failing = fleet.deploy(spec(&json!({ "on_failure": "rollback" }))).await;
    fleet.round().await;
    fleet.act(&failing, "rollback").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&failing).await, "rolled_back");
    let refused = fleet.act(&failing, "rollback").await;
    assert!(["wrong_state", "nothing_to_take_back"].contains(&refused.code()), "{:#}", refused.body);
}

/// All of it, of which the former web works with the former database only, and the new one with the new.
async fn bound_to_their_database() -> (Fleet, Value) {
    let (mut fleet, _) = shop().await;
    let need = |range: &str| format!("[[needs]]\ndatabase = 'shop-db'\n{range}\n");
    fleet.push_with("shop-web", "1.1.0", &need("below = '1.1.0'")).await;
    fleet.push_with("shop-web", "1.2.0", &need("from = '1.1.0'")).await;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.1.0" })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    let mut all = spec(&json!({ "batch": "1", "pause": "between_batches" }));
    all["also"][0]["version"] = json!("1.2.0");
    (fleet, all)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_goes_back_to_a_database_that_does_not_fit() {
    let (mut fleet, mut all) = bound_to_their_database().await;
    all["strategy"] = json!({});
    let id = fleet.deploy(all).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded", "{:#}", fleet.detail(&id).await);
    let said =
        |reply: Reply| format!("{} {}: {}", reply.status.as_u16(), reply.code(), reply.body["title"].as_str().unwrap());
    insta::assert_snapshot!(said(roll_back(&fleet, &id, &["web-1"]).await), @"409 former_version_unmet: web-1 cannot go back: shop-web 1.1.0 needs shop-db below 1.1.0, and shop is 1.1.0: bring it there first");
    insta::assert_snapshot!(said(roll_back(&fleet, &id, &["web-3"]).await), @"409 database_still_needed: shop-web 1.2.0 on web-1 needs shop-db from 1.1.0, and shop-db would be 1.0.0");
    let back = id_of(roll_back(&fleet, &id, &["web-1", "web-2", "web-3"]).await);
    fleet.settle().await;
    assert_eq!(fleet.state(&back).await, "succeeded");
    assert_eq!(fleet.host("web-2").version(), Some("1.1.0"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_deployment_keeps_the_database_that_it_builds_on() {
    let (mut fleet, all) = bound_to_their_database().await;
    let id = fleet.deploy(all).await;
    fleet.settle().await;
    assert_eq!(fleet.standing(&id).await[0], "web-3 succeeded");
    let refused = roll_back(&fleet, &id, &["web-3"]).await;
    assert_eq!(refused.code(), "database_still_needed", "{:#}", refused.body);
    assert_eq!(refused.body["params"]["host"], json!("web-1"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_of_an_open_deployment_goes_back_and_gets_nothing_more() {
    let (mut fleet, log) = shop().await;
    let id = fleet.deploy(spec(&json!({ "batch": "2", "pause": "between_batches" }))).await;
    fleet.settle().await;
    let back = id_of(roll_back(&fleet, &id, &["web-3"]).await);
    fleet.settle().await;
    assert_eq!(fleet.state(&back).await, "succeeded");
    assert_eq!(done(&log), "web-3 shop-db 1.1.0\nweb-3 shop-db 1.0.0");
    fleet.act(&id, "promote").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    assert_eq!(fleet.standing(&id).await[5..], ["web-3 skipped", "web-3 skipped"]);
    assert_eq!(fleet.host("web-2").version(), Some("1.0.1"));
}
