//! Watching a deployment, and agents that wait.

use axum::body::{Body, BodyDataStream};
use futures::StreamExt as _;
use http::Method;
use packhorse_model::order::SyncRequest;
use packhorse_server::reconcile;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::fixture::Fleet;
use crate::harness::authorized;

/// A reader of server-sent events.
struct Watcher {
    body: BodyDataStream,
    text: String,
}

#[derive(Debug)]
struct Seen {
    name: String,
    id: Option<u64>,
    data: Value,
}

impl Watcher {
    async fn new(fleet: &Fleet, id: &str, last: Option<u64>) -> Self {
        Self::with(fleet, id, "", last).await
    }

    async fn with(fleet: &Fleet, id: &str, query: &str, last: Option<u64>) -> Self {
        let mut request = authorized(Method::GET, &format!("/api/v1/deployments/{id}/events{query}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        let response = fleet.server.people.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    async fn next(&mut self) -> Seen {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let field =
                    |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(|v| v.trim().to_owned());
                let Some(data) = field("data:") else { continue };
                return Seen {
                    name: field("event:").unwrap(),
                    id: field("id:").map(|id| id.parse().unwrap()),
                    data: serde_json::from_str(&data).unwrap(),
                };
            }
            let piece = self.body.next().await.expect("the stream goes on").unwrap();
            self.text.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }

    /// Reads until the deployment is in a state, and gives the revision with which it is.
    async fn until(&mut self, state: &str) -> u64 {
        let mut reached = false;
        loop {
            let seen = self.next().await;
            reached |= seen.data["deployment"]["summary"]["state"] == state;
            if let (true, Some(id)) = (reached, seen.id) {
                return id;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watcher_sees_the_state_and_then_every_change() {
    let mut fleet = Fleet::of(2).await;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.0" })).await;
    let mut watcher = Watcher::new(&fleet, &id, None).await;
    let first = watcher.next().await;
    assert_eq!((first.name.as_str(), first.id), ("deployment", None));
    assert_eq!(first.data["deployment"]["summary"]["state"], "running");
    let second = watcher.next().await;
    assert_eq!((second.name.as_str(), second.id), ("units", Some(1)));
    assert_eq!(second.data["units"].as_array().unwrap().len(), 2);

    fleet.settle().await;
    let end = watcher.until("succeeded").await;
    assert_eq!(Value::from(end), fleet.detail(&id).await["revision"]);

    // Whoever saw all of it is told only how it stands; whoever missed the end is told what changed.
    let again = Watcher::new(&fleet, &id, Some(end)).await.next().await;
    assert_eq!((again.name.as_str(), again.id), ("deployment", Some(end)));
    let mut late = Watcher::new(&fleet, &id, Some(1)).await;
    late.next().await;
    assert_eq!(late.next().await.data["units"].as_array().unwrap().len(), 2);
    let missing = fleet.server.get("/api/v1/deployments/01hxxxxxxxxxxxxxxxxxxxxxxx/events").await;
    assert_eq!((missing.status.as_u16(), missing.code()), (404, "deployment_not_found"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watcher_of_many_hosts_is_told_only_of_units_that_change() {
    let mut fleet = Fleet::of(3).await;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.0", "strategy": { "canary": 1 } })).await;
    let mut watcher = Watcher::with(&fleet, &id, "?units=changing", None).await;
    let first = watcher.next().await;
    assert_eq!((first.name.as_str(), first.id.is_some()), ("deployment", true), "and no units behind it");
    fleet.round().await;
    let told = loop {
        let seen = watcher.next().await;
        if seen.name == "units" {
            break seen;
        }
    };
    let hosts: Vec<&Value> = told.data["units"].as_array().unwrap().iter().map(|unit| &unit["host_name"]).collect();
    assert_eq!(hosts, ["web-1"], "the others wait for their batch");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_that_waits_is_told_at_once() {
    let mut fleet = Fleet::with_1_0_0(1).await;
    let waiting = SyncRequest { wait_seconds: 55, ..fleet.hosts[0].request() };
    let started = async {
        fleet.deploy(json!({ "action": "restart" })).await;
        reconcile(&fleet.server.app).await;
    };
    let (reply, ()) = futures::future::join(fleet.hosts[0].send(&fleet.server, &waiting), started).await;
    let reply = reply.expect(200);
    assert_eq!(reply["assignment"]["attempts"].as_array().unwrap().len(), 1);
    fleet.settle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_lets_agents_and_watchers_go() {
    let mut fleet = Fleet::with_1_0_0(1).await;
    let id = fleet.deploy(json!({ "action": "restart" })).await;
    fleet.settle().await;
    let mut watcher = Watcher::new(&fleet, &id, None).await;
    let waiting = SyncRequest { wait_seconds: 55, ..fleet.hosts[0].request() };
    let stop = async { fleet.server.app.stopping.cancel() };
    let (reply, ()) = futures::future::join(fleet.hosts[0].send(&fleet.server, &waiting), stop).await;
    assert_eq!(reply.expect(200)["assignment"], Value::Null);
    while let Some(piece) = watcher.body.next().await {
        piece.unwrap();
    }
}
