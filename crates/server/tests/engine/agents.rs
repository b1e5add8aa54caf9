//! What agents may do, and what happens when they do it twice.

use http::Method;
use packhorse_store::audit::{self, Verdict};
use serde_json::{Value, json};

use super::fixture::Fleet;
use crate::harness::{Reply, authorized};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_reports_twice_change_nothing() {
    let mut fleet = Fleet::with_1_0_0(1).await;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1" })).await;
    for _ in 0..4 {
        packhorse_server::reconcile(&fleet.server.app).await;
        // The answer to the first is lost; the second says the same again.
        fleet.hosts[0].sync_into_the_void(&fleet.server).await;
        let before = fleet.units(&id).await;
        fleet.hosts[0].sync_into_the_void(&fleet.server).await;
        assert_eq!(fleet.units(&id).await, before);
        fleet.hosts[0].sync(&fleet.server).await;
    }
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    let unit = fleet.units(&id).await[0]["id"].as_str().unwrap().to_owned();
    let steps = fleet.server.get(&format!("/api/v1/units/{unit}")).await.expect(200)["attempts"][0]["steps"].clone();
    let kinds: Vec<&str> = steps.as_array().unwrap().iter().map(|step| step["kind"].as_str().unwrap()).collect();
    insta::assert_debug_snapshot!(kinds, @r#"
    [
        "preflight",
        "fetch",
        "switch",
        "start",
        "validate",
        "retire",
    ]
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_reports_about_its_own_attempts_only() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1" })).await;
    fleet.round().await;
    let stolen = fleet.hosts[0].request();
    assert!(!stolen.reports.is_empty());
    let before = fleet.units(&id).await;
    let refused = fleet.hosts[1].send(&fleet.server, &stolen).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "not_your_attempt"));
    assert_eq!(fleet.units(&id).await, before);
    let entries = fleet.server.get("/api/v1/audit").await.expect(200);
    let newest = &entries["items"][0];
    assert_eq!(
        (newest["action"].as_str(), newest["actor"].as_str()),
        (Some("attempt.foreign_report"), Some("host:web-2"))
    );
    let path = format!("/agent/v1/attempts/{}/steps/0/output?offset=0", stolen.reports[0].attempt);
    let refused = fleet.server.agent(fleet.hosts[1].identity, Method::POST, &path, json!("x")).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "not_your_attempt"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_that_knows_more_than_the_database_is_overtaken() {
    let mut fleet = Fleet::with_1_0_0(1).await;
    fleet.hosts[0].generation = 1000;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1" })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    assert!(fleet.hosts[0].generation > 1000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn generations_only_rise() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    fleet.deploy(json!({ "action": "restart" })).await;
    fleet.settle().await;
    for host in &fleet.hosts {
        assert!(host.generations.is_sorted() && host.generations.len() > 4, "{:?}", host.generations);
    }
}

async fn post_output(fleet: &Fleet, attempt: &str, offset: u64, text: &str) -> Reply {
    let path = format!("/agent/v1/attempts/{attempt}/steps/1/output?offset={offset}");
    // A JSON string is as good an output as any.
    fleet.server.agent(fleet.hosts[0].identity, Method::POST, &path, json!(text)).await
}

async fn read_output(fleet: &Fleet, attempt: &str, offset: u64) -> (String, String, Value) {
    let path = format!("/api/v1/attempts/{attempt}/steps/1/output?offset={offset}");
    let reply = fleet.server.send(authorized(Method::GET, &path), Value::Null).await;
    assert_eq!(reply.status, 200);
    let header = |name: &str| reply.headers[name].to_str().unwrap().to_owned();
    (header("x-next-offset"), header("x-complete"), reply.body)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn output_comes_in_order_and_can_be_read_while_it_comes() {
    let mut fleet = Fleet::with_1_0_0(1).await;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1" })).await;
    fleet.round().await;
    let attempt = fleet.units(&id).await[0]["attempt"].as_str().unwrap().to_owned();
    post_output(&fleet, &attempt, 0, "abc").await.expect(204);
    let refused = post_output(&fleet, &attempt, 0, "abc").await;
    assert_eq!(refused.code(), "output_offset");
    assert_eq!(refused.expect(409)["detail"], "5");
    assert_eq!(read_output(&fleet, &attempt, 0).await, ("5".to_owned(), "false".to_owned(), json!("abc")));
    post_output(&fleet, &attempt, 5, "de").await.expect(204);
    assert_eq!(read_output(&fleet, &attempt, 5).await, ("9".to_owned(), "false".to_owned(), json!("de")));
    fleet.settle().await;
    assert_eq!(read_output(&fleet, &attempt, 9).await.1, "true");
    let missing = fleet.server.get(&format!("/api/v1/attempts/{attempt}/steps/200/output")).await;
    assert_eq!((missing.status.as_u16(), missing.code()), (404, "step_not_found"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audit_log_holds_every_attempt() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    let conn = &mut *fleet.server.app.store.read().await.unwrap();
    let entries = audit::list(conn, &audit::Filter::default(), None, 500).await.unwrap();
    assert!(matches!(audit::verify(conn).await.unwrap(), Verdict::Intact { .. }));
    let mut actions: Vec<&str> = entries
        .iter()
        .map(|entry| entry.action.as_str())
        .filter(|a| a.contains("attempt") || a.contains("deployment"))
        .collect();
    actions.reverse();
    insta::assert_debug_snapshot!(actions, @r#"
    [
        "deployment.create",
        "attempt.admit",
        "attempt.admit",
        "attempt.switch",
        "attempt.switch",
        "deployment.state",
    ]
    "#);
    fleet.settle().await;
}
