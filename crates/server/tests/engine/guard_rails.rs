//! Guard rails: what holds a deployment, who lets it go on, and that nothing starts meanwhile.

use http::{Method, Request, header};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::fixture::Fleet;
use crate::harness::{Reply, TestServer, on_both};

/// A second person.
struct Person {
    cookie: String,
}

impl Person {
    async fn join(server: &TestServer, name: &str) -> Self {
        let account = json!({ "name": name, "password": "a long enough password" });
        server.post("/api/v1/users", account).await.expect(201);
        let request = Request::builder().method(Method::POST).uri("/api/v1/session");
        let reply = server.send(request, json!({ "user": name, "password": "a long enough password" })).await;
        let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        reply.expect(200);
        Self { cookie }
    }

    async fn post(&self, server: &TestServer, path: &str, body: Value) -> Reply {
        let request = Request::builder().method(Method::POST).uri(path).header(header::COOKIE, &self.cookie);
        server.send(request.header("sec-fetch-site", "same-origin"), body).await
    }

    async fn says(&self, fleet: &Fleet, id: &str, verb: &str, comment: &str) -> Reply {
        self.post(&fleet.server, &format!("/api/v1/deployments/{id}/{verb}"), json!({ "comment": comment })).await
    }
}

async fn rules(fleet: &Fleet, rules: Value) {
    fleet.server.put("/api/v1/environments/prod", rules).await.expect(200);
}

async fn begins(fleet: &mut Fleet, id: &str) -> bool {
    fleet.round().await;
    fleet.units(id).await.iter().any(|unit| unit["state"] != "pending")
}

on_both! {
    a_second_person_approves: a_second_person_approves_on_sqlite, a_second_person_approves_on_postgres;
    the_oldest_goes_first: the_oldest_goes_first_on_sqlite, the_oldest_goes_first_on_postgres;
}

async fn a_second_person_approves(server: TestServer) {
    let mut fleet = Fleet::at(server, 2).await;
    rules(&fleet, json!({ "approvals": 1 })).await;
    let li = Person::join(&fleet.server, "li").await;
    let created = fleet.try_deploy(json!({ "action": "deploy", "version": "1.0.0" })).await.expect(201);
    let id = created["summary"]["id"].as_str().unwrap().to_owned();
    insta::assert_json_snapshot!(created["waiting"], @r#"
    [
      {
        "given": 0,
        "needed": 1,
        "waits_for": "approval"
      }
    ]
    "#);
    assert!(!begins(&mut fleet, &id).await);
    let awaited = "/api/v1/deployments?approval=awaited";
    assert_eq!(fleet.server.get(awaited).await.expect(200)["total"], 1);

    let own = fleet.server.post(&format!("/api/v1/deployments/{id}/approve"), json!({})).await;
    assert_eq!((own.status.as_u16(), own.code()), (403, "own_deployment"));
    let other = json!({ "plan": "0".repeat(26) });
    let other = li.post(&fleet.server, &format!("/api/v1/deployments/{id}/approve"), other).await;
    assert_eq!((other.status.as_u16(), other.code()), (409, "plan_changed"));

    let approved = li.says(&fleet, &id, "approve", "looked at it").await.expect(200);
    insta::assert_json_snapshot!(approved["guarded"], { ".approvals[].at" => "[at]" }, @r#"
    {
      "approvals": [
        {
          "at": "[at]",
          "comment": "looked at it",
          "user": "li"
        }
      ],
      "approvals_needed": 1,
      "begun_at": null,
      "ended_because": null,
      "freeze_override": null,
      "not_before": null
    }
    "#);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    assert_eq!(fleet.server.get(awaited).await.expect(200)["total"], 0);
    let late = li.says(&fleet, &id, "approve", "").await;
    assert_eq!((late.status.as_u16(), late.code()), (409, "already_begun"));
    let audit = fleet.server.get("/api/v1/audit?action=deployment.approve").await.expect(200);
    assert_eq!(audit["items"][0]["actor"], "user:li");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_approvals_are_of_two_persons() {
    let mut fleet = Fleet::of(1).await;
    rules(&fleet, json!({ "approvals": 2 })).await;
    let (li, wu) = (Person::join(&fleet.server, "li").await, Person::join(&fleet.server, "wu").await);
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.0" })).await;
    for _ in 0..2 {
        li.says(&fleet, &id, "approve", "").await.expect(200);
        assert!(!begins(&mut fleet, &id).await, "one person, however often, is one approval");
    }
    wu.says(&fleet, &id, "approve", "").await.expect(200);
    assert!(begins(&mut fleet, &id).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rejected_deployment_ends_before_it_begins() {
    let mut fleet = Fleet::of(1).await;
    let li = Person::join(&fleet.server, "li").await;
    let free = fleet.deploy(json!({ "action": "deploy", "version": "1.0.0" })).await;
    assert_eq!(li.says(&fleet, &free, "reject", "no").await.code(), "no_approval_needed");
    fleet.settle().await;
    rules(&fleet, json!({ "approvals": 1 })).await;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1" })).await;
    assert_eq!(li.says(&fleet, &id, "reject", " ").await.code(), "remark_missing");
    li.says(&fleet, &id, "reject", "not before the audit").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "aborted");
    assert_eq!(fleet.detail(&id).await["guarded"]["ended_because"], "rejected by li: not before the audit");
    assert_eq!(fleet.host("web-1").version(), Some("1.0.0"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_approved_is_the_plan() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    rules(&fleet, json!({ "approvals": 1 })).await;
    let li = Person::join(&fleet.server, "li").await;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1" })).await;
    // A host comes back with something else on it while the deployment waits.
    fleet.host("web-2").instance.as_mut().unwrap().version = "0.9.0".parse().unwrap();
    fleet.host("web-2").tells_its_inventory();
    fleet.round().await;
    let refused = li.says(&fleet, &id, "approve", "").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "plan_outdated"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_that_moved_after_the_approval_is_refused_at_the_beginning() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    rules(&fleet, json!({ "approvals": 1 })).await;
    let li = Person::join(&fleet.server, "li").await;
    let at = fleet.server.advance(SignedDuration::ZERO).saturating_add(SignedDuration::from_secs(600)).unwrap();
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "not_before": at })).await;
    li.says(&fleet, &id, "approve", "").await.expect(200);
    fleet.host("web-2").instance.as_mut().unwrap().version = "0.9.0".parse().unwrap();
    fleet.host("web-2").tells_its_inventory();
    fleet.round().await;
    assert_eq!(fleet.waiting(&id).await[0]["waits_for"], "schedule");
    fleet.server.advance(SignedDuration::from_secs(601));
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "aborted");
    insta::assert_snapshot!(fleet.detail(&id).await["guarded"]["ended_because"].as_str().unwrap(), @"plan_outdated: what the plan rests on has changed since it was made: web-2 would not be changed any more");
    assert_eq!(fleet.host("web-1").version(), Some("1.0.0"), "nothing was touched");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_freeze_holds_what_goes_on_until_it_is_overridden_or_over() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "strategy": { "batch": "1" } })).await;
    fleet.round().await;
    let (from, until) = ("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z");
    let freeze = json!({
        "scope": "environment:prod", "message": "books are closed",
        "schedule": { "kind": "once", "from": from, "until": until },
    });
    fleet.server.put("/api/v1/freezes/Year%20end", freeze.clone()).await.expect(200);
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
        "message": "books are closed",
        "name": "Year end",
        "until": "2026-06-02T00:00:00Z",
        "waits_for": "freeze"
      }
    ]
    "#);
    let empty = fleet.server.post(&format!("/api/v1/deployments/{id}/override-freeze"), json!({ "reason": "" })).await;
    assert_eq!((empty.status.as_u16(), empty.code()), (422, "remark_missing"));
    let reason = json!({ "reason": "payments are down" });
    let said = fleet.server.post(&format!("/api/v1/deployments/{id}/override-freeze"), reason).await.expect(200);
    assert_eq!(said["guarded"]["freeze_override"]["by"], "admin");
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    let audit = fleet.server.get("/api/v1/audit?action=deployment.override_freeze").await.expect(200);
    assert_eq!(audit["items"][0]["detail"]["reason"], "payments are down");

    let next = fleet.deploy(json!({ "action": "restart" })).await;
    assert!(!begins(&mut fleet, &next).await);
    fleet.server.delete("/api/v1/freezes/Year%20end").await.expect(204);
    assert!(begins(&mut fleet, &next).await);
    fleet
        .server
        .put("/api/v1/freezes/x", json!({ "scope": "business:Bank", "schedule": freeze["schedule"] }))
        .await
        .expect(404);
    let backwards = json!({ "scope": "global", "schedule": { "kind": "once", "from": until, "until": from } });
    assert_eq!(fleet.server.put("/api/v1/freezes/x", backwards).await.code(), "bad_freeze");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_says_why_and_who() {
    let mut fleet = Fleet::of(1).await;
    let lock = json!({ "scope": "module:Shop/Production/Web", "message": "the database moves" });
    let lock = fleet.server.post("/api/v1/locks", lock).await.expect(201);
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.0" })).await;
    fleet.settle().await;
    insta::assert_json_snapshot!(fleet.waiting(&id).await, @r#"
    [
      {
        "by": "admin",
        "message": "the database moves",
        "scope": "module:Shop/Production/Web",
        "waits_for": "lock"
      }
    ]
    "#);
    assert_eq!(fleet.server.get("/api/v1/locks").await.expect(200)["total"], 1);
    let lock = format!("/api/v1/locks/{}", lock["id"].as_str().unwrap());
    fleet.server.delete(&lock).await.expect(204);
    assert_eq!(fleet.server.delete(&lock).await.code(), "lock_not_found");
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    let nowhere = json!({ "scope": "host:web-1", "message": "x" });
    assert_eq!(fleet.server.post("/api/v1/locks", nowhere).await.code(), "bad_body");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scheduled_deployment_waits_is_started_now_or_cancelled() {
    let mut fleet = Fleet::of(1).await;
    let spec = json!({ "action": "deploy", "version": "1.0.0", "not_before": "2026-06-01T22:00:00Z" });
    let id = fleet.deploy(spec.clone()).await;
    assert!(!begins(&mut fleet, &id).await);
    fleet.act(&id, "abort").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "aborted");

    let id = fleet.deploy(spec.clone()).await;
    fleet.act(&id, "start").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    assert_eq!(fleet.act(&id, "start").await.code(), "not_scheduled");

    let mut spec = spec;
    spec["version"] = json!("1.0.1");
    let id = fleet.deploy(spec.clone()).await;
    fleet.server.advance(SignedDuration::from_hours(10));
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    spec["not_before"] = json!("2036-06-01T22:00:00Z");
    assert_eq!(fleet.try_deploy(spec).await.code(), "bad_schedule");
}

async fn the_oldest_goes_first(server: TestServer) {
    let mut fleet = Fleet::at(server, 2).await;
    rules(&fleet, json!({ "max_concurrent": 1 })).await;
    let on =
        |host: &str, version: &str| json!({ "action": "deploy", "version": version, "targets": { "hosts": [host] } });
    let first = fleet.deploy(on("web-1", "1.0.0")).await;
    fleet.server.advance(SignedDuration::from_secs(1));
    let second = fleet.deploy(on("web-2", "1.0.0")).await;
    fleet.round().await;
    assert_eq!(fleet.standing(&second).await, ["web-2 pending"]);
    let waiting = fleet.waiting(&second).await;
    assert_eq!(
        (waiting[0]["waits_for"].as_str(), waiting[0]["ahead"][0].as_str()),
        (Some("turn"), Some(first.as_str()))
    );
    // One that is held for another reason keeps nobody up.
    fleet.act(&first, "pause").await.expect(200);
    fleet.round().await;
    assert_eq!(fleet.standing(&second).await, ["web-2 pending"], "the first has begun, and keeps its place");
    fleet.act(&first, "resume").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&first).await, "succeeded");
    assert_eq!(fleet.state(&second).await, "succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_are_kept_within_bounds() {
    let server = TestServer::start().await;
    insta::assert_json_snapshot!(server.get("/api/v1/environments").await.expect(200)[3], @r#"
    {
      "approvals": 0,
      "environment": "prod",
      "max_concurrent": null,
      "updated_at": null,
      "updated_by": null
    }
    "#);
    for rules in [json!({ "approvals": 11 }), json!({ "max_concurrent": 0 }), json!({ "max_concurrent": 1001 })] {
        assert_eq!(server.put("/api/v1/environments/prod", rules).await.code(), "bad_environment");
    }
    assert_eq!(server.put("/api/v1/environments/live", json!({})).await.code(), "bad_path");
    let short = json!({ "name": "li", "password": "short" });
    assert_eq!(server.post("/api/v1/users", short).await.code(), "bad_password");
    let twice = json!({ "name": "admin", "password": "a long enough password" });
    assert_eq!(server.post("/api/v1/users", twice).await.code(), "user_exists");
}
