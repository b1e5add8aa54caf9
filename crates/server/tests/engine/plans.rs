//! Plans: what is shown before, and whether it still holds.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::driver::Luck;
use super::fixture::Fleet;
use crate::harness::authorized;

async fn plan(fleet: &Fleet, more: Value) -> Value {
    fleet.server.post("/api/v1/plans", fleet.spec(more)).await.expect(201)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_says_what_would_happen() {
    let mut fleet = Fleet::with_1_0_0(3).await;
    fleet.pass_without(&["web-3"], 91).await;
    let preview = plan(&fleet, json!({ "action": "upgrade", "version": "1.0.1", "strategy": { "canary": 1 } })).await;
    insta::assert_json_snapshot!(preview, { ".id" => "[id]" }, @r#"
    {
      "batches": [
        {
          "host_count": 1,
          "hosts": [
            "web-1"
          ],
          "kind": "canary"
        },
        {
          "host_count": 1,
          "hosts": [
            "web-2"
          ],
          "kind": "rolling"
        }
      ],
      "bindings": [],
      "binds": [],
      "cautions": [],
      "change_count": 1,
      "changes": [
        {
          "action": "install",
          "changes_values": false,
          "data": null,
          "disk_bytes": 87,
          "fetch": {
            "bytes": 6,
            "certainty": "estimate"
          },
          "files": {
            "added": 0,
            "changed": 1,
            "removed": 0
          },
          "from": "1.0.0",
          "host_count": 2,
          "hosts": [
            "web-1",
            "web-2"
          ],
          "install_root": "/data/app/shop-web",
          "interruption": {
            "cause": "version",
            "kind": "restart"
          },
          "package": "shop-web",
          "paths": [
            {
              "change": "changed",
              "path": "conf/version"
            }
          ],
          "rendered": [],
          "room": {
            "needed": 16777304
          },
          "steps": [
            {
              "kind": "preflight",
              "nature": "convergent",
              "phase": "prepare"
            },
            {
              "kind": "fetch",
              "nature": "convergent",
              "phase": "prepare"
            },
            {
              "kind": "stage",
              "nature": "convergent",
              "phase": "prepare"
            },
            {
              "command": {
                "command": "scripts/stop.sh",
                "timeout": 300
              },
              "kind": "stop",
              "nature": "opaque",
              "phase": "switch"
            },
            {
              "kind": "switch",
              "nature": "convergent",
              "phase": "switch"
            },
            {
              "command": {
                "command": "scripts/start.sh",
                "timeout": 300
              },
              "kind": "start",
              "nature": "opaque",
              "phase": "switch"
            },
            {
              "kind": "validate",
              "nature": "convergent",
              "phase": "switch"
            },
            {
              "kind": "retire",
              "nature": "convergent",
              "phase": "retire"
            }
          ],
          "to": "1.0.1"
        }
      ],
      "created_at": "2026-06-01T12:01:31Z",
      "excluded": [
        {
          "cause": {
            "code": "offline"
          },
          "host": "web-3",
          "reason": "it is offline: start its agent, or look whether it reaches the server"
        }
      ],
      "excluded_count": 1,
      "id": "[id]",
      "spec": {
        "action": "upgrade",
        "package": "shop-web",
        "strategy": {
          "bake_seconds": 0,
          "batch": "100%",
          "canary": 1,
          "error_threshold": null,
          "max_unavailable": null,
          "on_failure": "stop",
          "order": "name",
          "pause": "none",
          "pause_seconds": 0,
          "progress_seconds": null,
          "step_timeout_seconds": null,
          "success_threshold": null,
          "unit_timeout_seconds": 1800
        },
        "targets": {
          "hosts": [],
          "modules": [
            "Shop/Production/Web"
          ]
        },
        "version": "1.0.1"
      },
      "unchanged": [],
      "unchanged_count": 0,
      "warnings": []
    }
    "#);
    let id = preview["id"].as_str().unwrap();
    assert_eq!(fleet.server.get(&format!("/api/v1/plans/{id}")).await.expect(200), preview);
    assert!(fleet.server.get("/api/v1/deployments").await.expect(200)["items"].as_array().unwrap().len() == 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_plan_binds_the_package() {
    let mut fleet = Fleet::of(1).await;
    let preview = plan(&fleet, json!({ "action": "deploy", "version": "1.0.0" })).await;
    insta::assert_json_snapshot!(preview["warnings"], @r#"
    [
      "shop-web is not bound to Shop/Production/Web yet; applying the plan binds it"
    ]
    "#);
    let id = preview["id"].clone();
    fleet.server.post("/api/v1/deployments?bind=true", json!({ "plan": id })).await.expect(201);
    fleet.settle().await;
    let again = plan(&fleet, json!({ "action": "deploy", "version": "1.0.1" })).await;
    insta::assert_json_snapshot!(again["warnings"], @"[]");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_is_applied_once() {
    let mut fleet = Fleet::with_1_0_0(1).await;
    let preview = plan(&fleet, json!({ "action": "deploy", "version": "1.0.1" })).await;
    let body = json!({ "plan": preview["id"] });
    let created = fleet.server.post("/api/v1/deployments", body.clone()).await.expect(201);
    assert_eq!(created["plan"], preview["id"]);
    fleet.settle().await;
    let refused = fleet.server.post("/api/v1/deployments", body).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "plan_applied"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_that_something_moved_under_is_refused() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    let preview = plan(&fleet, json!({ "action": "deploy", "version": "1.0.1" })).await;
    fleet.host("web-2").luck.insert("1.0.1".to_owned(), Luck::Unhealthy);
    fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "strategy": { "batch": "1" } })).await;
    fleet.settle().await;
    let refused = fleet.server.post("/api/v1/deployments", json!({ "plan": preview["id"] })).await;
    insta::assert_json_snapshot!(refused.expect(409), @r#"
    {
      "code": "plan_outdated",
      "detail": "web-1 would not be changed any more",
      "hint": "make a new plan, look at it, and apply that one",
      "status": 409,
      "title": "what the plan rests on has changed since it was made"
    }
    "#);

    let preview = plan(&fleet, json!({ "action": "deploy", "version": "1.0.1" })).await;
    let identity = fleet.join("web-2").await;
    let fresh = fleet.host("web-2").replaced(identity);
    *fleet.host("web-2") = fresh;
    let refused = fleet.server.post("/api/v1/deployments", json!({ "plan": preview["id"] })).await;
    insta::assert_json_snapshot!(refused.expect(409)["detail"], @r#""web-2 has joined anew""#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_planned_is_refused() {
    let fleet = Fleet::of(1).await;
    let mut refusals = Vec::new();
    for more in [
        json!({ "action": "deploy", "version": "9.9.9" }),
        json!({ "action": "deploy" }),
        json!({ "action": "stop", "version": "1.0.0" }),
        json!({ "action": "deploy", "version": "1.0.0", "package": "nothing" }),
        json!({ "action": "deploy", "version": "1.0.0", "targets": {} }),
        json!({ "action": "deploy", "version": "1.0.0", "targets": { "modules": ["Shop/Production/Nowhere"] } }),
        json!({ "action": "deploy", "version": "1.0.0", "targets": { "modules": ["Shop/Production/Empty"] } }),
        json!({ "action": "deploy", "version": "1.0.0", "targets": { "hosts": ["web-7"] } }),
        json!({ "action": "deploy", "version": "1.0.0", "strategy": { "batch": "0" } }),
        json!({ "action": "deploy", "version": "1.0.0", "strategy": { "unit_timeout_seconds": 0 } }),
        json!({ "action": "deploy", "version": "1.0.0", "nonsense": 1 }),
    ] {
        let refused = fleet.server.post("/api/v1/plans", fleet.spec(more)).await;
        refusals.push(format!(
            "{} {}: {}",
            refused.status.as_u16(),
            refused.code(),
            refused.body["title"].as_str().unwrap()
        ));
    }
    insta::assert_debug_snapshot!(refusals, @r#"
    [
        "404 version_not_found: there is no version shop-web@9.9.9",
        "422 version_missing: deploy needs a version: write shop-web@VERSION",
        "422 version_not_wanted: stop takes no version: each host has its own",
        "404 package_not_found: there is no package nothing",
        "422 no_targets: the deployment has no targets: name modules (BUSINESS/SYSTEM/MODULE), hosts or labels",
        "404 module_not_found: there is no module Shop/Production/Nowhere",
        "422 no_hosts: no host belongs to Shop/Production/Empty: let hosts join it first",
        "422 unknown_hosts: no such hosts among the targets: web-7",
        "422 bad_body: the body of the request is not what it should be",
        "422 bad_strategy: unit_timeout_seconds must be from 1 to 86400",
        "422 bad_body: the body of the request is not what it should be",
    ]
    "#);
    let refused = fleet.try_deploy(json!({ "action": "stop" })).await;
    insta::assert_json_snapshot!(refused.expect(409), @r#"
    {
      "code": "no_target_left",
      "detail": "web-1: shop-web is not on it",
      "status": 409,
      "title": "none of the targets can be chosen"
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_request_under_one_key_makes_one_deployment() {
    let mut fleet = Fleet::with_1_0_0(1).await;
    let body = json!({ "spec": fleet.spec(json!({ "action": "deploy", "version": "1.0.1" })) });
    let post = || authorized(Method::POST, "/api/v1/deployments").header("idempotency-key", "build-7");
    let first = fleet.server.send(post(), body.clone()).await.expect(201);
    fleet.settle().await;
    assert_eq!(fleet.server.send(post(), body).await.expect(201), first);
    assert_eq!(fleet.server.get("/api/v1/deployments").await.expect(200)["total"], 2);

    let spec = fleet.spec(json!({ "action": "restart" }));
    let post = || authorized(Method::POST, "/api/v1/plans").header("idempotency-key", "plan-7");
    let first = fleet.server.send(post(), spec.clone()).await.expect(201);
    fleet.server.advance(SignedDuration::from_secs(1));
    assert_eq!(fleet.server.send(post(), spec).await.expect(201), first);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_shows_how_files_differ_and_who_is_meant() {
    let fleet = Fleet::with_1_0_0(3).await;
    let preview = plan(&fleet, json!({ "action": "deploy", "version": "1.0.1" })).await;
    let id = preview["id"].as_str().unwrap();
    let diff = fleet.server.get(&format!("/api/v1/plans/{id}/diff?change=0")).await.expect(200);
    insta::assert_json_snapshot!(diff, @r#"
    {
      "items": [
        {
          "change": "changed",
          "content": {
            "diff": "@@ -1 +1 @@\n-1.0.0\n+1.0.1\n",
            "is_cut": false,
            "kind": "text"
          },
          "is_rendered": false,
          "new_size": 6,
          "old_size": 6,
          "path": "conf/version"
        }
      ],
      "total": 1
    }
    "#);
    assert_eq!(
        fleet.server.get(&format!("/api/v1/plans/{id}/diff?host=web-2&path=conf/version")).await.expect(200),
        diff
    );
    let server = &fleet.server;
    let refused = |query: &'static str| async move {
        let refused = server.get(&format!("/api/v1/plans/{id}/{query}")).await;
        format!("{} {}", refused.status.as_u16(), refused.code())
    };
    assert_eq!(refused("diff").await, "422 host_or_change_missing");
    assert_eq!(refused("diff?change=1").await, "404 change_in_the_plan_not_found");
    assert_eq!(refused("diff?host=web-9").await, "404 host_in_the_plan_not_found");
    assert_eq!(refused("diff?change=0&path=conf").await, "404 difference_not_found");
    assert_eq!(refused("hosts").await, "422 change_missing");

    let hosts = fleet.server.get(&format!("/api/v1/plans/{id}/hosts?change=0&limit=2")).await.expect(200);
    insta::assert_json_snapshot!(hosts["items"], @r#"
    [
      {
        "host": "web-1"
      },
      {
        "host": "web-2"
      }
    ]
    "#);
    let next = hosts["next"].as_str().unwrap();
    let rest = fleet.server.get(&format!("/api/v1/plans/{id}/hosts?change=0&cursor={next}")).await.expect(200);
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["total"]), (1, &json!(3)));
    let unchanged = fleet.server.get(&format!("/api/v1/plans/{id}/hosts?standing=unchanged")).await.expect(200);
    assert_eq!(unchanged["total"], 0);
}
