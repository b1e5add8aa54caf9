//! The same engine on PostgreSQL: the paths on which the two databases could differ.

use serde_json::json;

use super::driver::Luck;
use super::fixture::Fleet;
use crate::harness::TestServer;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_goes_well_and_another_comes_back() {
    let mut fleet = Fleet::at(TestServer::on_postgres().await, 3).await.deployed().await;
    let strategy = json!({ "canary": 1, "batch": "1", "on_failure": "rollback" });
    let id = fleet.deploy(json!({ "action": "upgrade", "version": "1.0.1", "strategy": strategy })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    fleet.push("1.0.2").await;
    fleet.host("web-3").luck.insert("1.0.2".to_owned(), Luck::Unhealthy);
    let id = fleet.deploy(json!({ "action": "upgrade", "version": "1.0.2", "strategy": strategy })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "rolled_back");
    assert!(fleet.hosts.iter().all(|host| host.version() == Some("1.0.1")));
    let plan = fleet.server.post("/api/v1/plans", fleet.spec(json!({ "action": "rollback" }))).await.expect(201);
    assert_eq!(plan["changes"][0]["from"], "1.0.1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_halted_deployment_is_retried_and_a_silent_host_settled() {
    let mut fleet = Fleet::at(TestServer::on_postgres().await, 2).await.deployed().await;
    fleet.host("web-1").luck.insert("1.0.1".to_owned(), Luck::Unfetchable);
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1" })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "halted");
    fleet.host("web-1").luck.clear();
    fleet.act(&id, "retry").await.expect(200);
    fleet.round().await;
    fleet.pass_without(&["web-2"], 25).await;
    assert_eq!(fleet.standing(&id).await[1], "web-2 unknown");
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn hosts_that_report_at_once_do_not_stand_in_each_others_way() {
    let mut fleet = Fleet::at(TestServer::on_postgres().await, 12).await;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.0" })).await;
    for _ in 0..40 {
        let server = &fleet.server;
        let reconciler = packhorse_server::reconcile(&server.app);
        let hosts = futures::future::join_all(fleet.hosts.iter_mut().map(|host| host.sync(server)));
        futures::future::join(reconciler, hosts).await;
    }
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
}
