//! Deployments that go well.

use jiff::SignedDuration;
use serde_json::json;

use super::fixture::Fleet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_deployment_reaches_every_host() {
    let mut fleet = Fleet::of(3).await;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.0" })).await;
    fleet.settle().await;
    insta::assert_json_snapshot!(fleet.detail(&id).await, { ".**.id" => "[id]", ".plan" => "[id]", ".revision" => "[revision]" }, @r#"
    {
      "batches": [
        {
          "kind": "rolling",
          "number": 0,
          "units": {
            "succeeded": 3
          }
        }
      ],
      "causes": [],
      "guarded": {
        "approvals": [],
        "approvals_needed": 0,
        "begun_at": "2026-06-01T12:00:00Z",
        "ended_because": null,
        "freeze_override": null,
        "not_before": null
      },
      "plan": "[id]",
      "revision": "[revision]",
      "spec": {
        "action": "deploy",
        "package": "shop-web",
        "strategy": {
          "bake_seconds": 0,
          "batch": "100%",
          "canary": 0,
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
        "version": "1.0.0"
      },
      "strategy": {
        "bake_seconds": 0,
        "batch": "100%",
        "canary": 0,
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
      "summary": {
        "action": "deploy",
        "created_at": "2026-06-01T12:00:00Z",
        "creator": "admin",
        "direction": "forward",
        "ended_at": "2026-06-01T12:00:00Z",
        "id": "[id]",
        "package": "shop-web",
        "state": "succeeded",
        "total": 3,
        "units": {
          "succeeded": 3
        },
        "version": "1.0.0"
      },
      "waiting": []
    }
    "#);
    insta::assert_debug_snapshot!(fleet.standing(&id).await, @r#"
    [
        "web-1 succeeded",
        "web-2 succeeded",
        "web-3 succeeded",
    ]
    "#);
    insta::assert_debug_snapshot!(fleet.versions().await, @r#"
    [
        "web-1 1.0.0 running healthy",
        "web-2 1.0.0 running healthy",
        "web-3 1.0.0 running healthy",
    ]
    "#);
    let package = fleet.server.get("/api/v1/packages/shop-web").await.expect(200);
    assert_eq!((package["instances"].as_u64(), package["modules"].as_u64()), (Some(3), Some(1)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_canary_goes_first_and_bakes() {
    let mut fleet = Fleet::with_1_0_0(4).await;
    let strategy = json!({ "canary": 1, "batch": "2", "bake_seconds": 60 });
    let id = fleet.deploy(json!({ "action": "upgrade", "version": "1.0.1", "strategy": strategy })).await;
    fleet.settle().await;
    insta::assert_debug_snapshot!(fleet.standing(&id).await, @r#"
    [
        "web-1 baking",
        "web-2 pending",
        "web-3 pending",
        "web-4 pending",
    ]
    "#);
    insta::assert_json_snapshot!(fleet.waiting(&id).await, @r#"
    [
      {
        "batch": 0,
        "until": "2026-06-01T12:01:00Z",
        "waits_for": "bake"
      }
    ]
    "#);

    fleet.server.advance(SignedDuration::from_secs(61));
    fleet.settle().await;
    insta::assert_debug_snapshot!(fleet.standing(&id).await, @r#"
    [
        "web-1 succeeded",
        "web-2 baking",
        "web-3 baking",
        "web-4 pending",
    ]
    "#);
    fleet.server.advance(SignedDuration::from_secs(61));
    fleet.settle().await;
    fleet.server.advance(SignedDuration::from_secs(61));
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    assert!(fleet.hosts.iter().all(|host| host.version() == Some("1.0.1")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_are_down_than_allowed() {
    let mut fleet = Fleet::with_1_0_0(5).await;
    for host in &mut fleet.hosts {
        host.is_stuck = true;
    }
    let id =
        fleet.deploy(json!({ "action": "deploy", "version": "1.0.1", "strategy": { "max_unavailable": "2" } })).await;
    fleet.settle().await;
    insta::assert_debug_snapshot!(fleet.standing(&id).await, @r#"
    [
        "web-1 switching",
        "web-2 switching",
        "web-3 prepared",
        "web-4 prepared",
        "web-5 prepared",
    ]
    "#);
    for host in &mut fleet.hosts {
        host.is_stuck = false;
    }
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_deploy_of_the_same_ends_at_once() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.0" })).await;
    fleet.settle().await;
    let detail = fleet.detail(&id).await;
    assert_eq!(
        (detail["summary"]["state"].as_str(), detail["summary"]["total"].as_u64()),
        (Some("succeeded"), Some(0))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances_stop_start_and_go() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    for (action, shown) in [("stop", "stopped"), ("start", "running"), ("restart", "running")] {
        let id = fleet.deploy(json!({ "action": action })).await;
        fleet.settle().await;
        assert_eq!(fleet.state(&id).await, "succeeded", "{action}");
        assert!(fleet.versions().await.iter().all(|host| host.contains(shown)), "{action}");
    }
    let id = fleet.deploy(json!({ "action": "uninstall" })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    assert!(fleet.versions().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_goes_back_to_what_it_had() {
    let mut fleet = Fleet::with_1_0_0(2).await;
    fleet.deploy(json!({ "action": "upgrade", "version": "1.0.1" })).await;
    fleet.settle().await;
    let id = fleet.deploy(json!({ "action": "rollback" })).await;
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    insta::assert_debug_snapshot!(fleet.versions().await, @r#"
    [
        "web-1 1.0.0 running healthy",
        "web-2 1.0.0 running healthy",
    ]
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_shows_its_steps_and_their_output() {
    let mut fleet = Fleet::of(1).await;
    let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.0" })).await;
    fleet.settle().await;
    let unit = fleet.units(&id).await[0]["id"].as_str().unwrap().to_owned();
    let shown = fleet.server.get(&format!("/api/v1/units/{unit}")).await.expect(200);
    insta::assert_json_snapshot!(shown, { ".**.id" => "[id]", ".**.attempt" => "[id]", ".**.host" => "[id]" }, @r#"
    {
      "attempts": [
        {
          "created_at": "2026-06-01T12:00:00Z",
          "ended_at": "2026-06-01T12:00:00Z",
          "epoch": 1,
          "id": "[id]",
          "steps": [
            {
              "index": 0,
              "kind": "preflight",
              "millis": 12,
              "outcome": {
                "note": "done",
                "result": "done"
              },
              "output_bytes": 0,
              "started_at": "2026-06-01T12:00:00Z"
            },
            {
              "index": 1,
              "kind": "fetch",
              "millis": 12,
              "outcome": {
                "note": "done",
                "result": "done"
              },
              "output_bytes": 0,
              "started_at": "2026-06-01T12:00:00Z"
            },
            {
              "index": 2,
              "kind": "switch",
              "millis": 12,
              "outcome": {
                "note": "done",
                "result": "done"
              },
              "output_bytes": 0,
              "started_at": "2026-06-01T12:00:00Z"
            },
            {
              "index": 3,
              "kind": "start",
              "millis": 12,
              "outcome": {
                "note": "done",
                "result": "done"
              },
              "output_bytes": 0,
              "started_at": "2026-06-01T12:00:00Z"
            },
            {
              "index": 4,
              "kind": "validate",
              "millis": 12,
              "outcome": {
                "note": "done",
                "result": "done"
              },
              "output_bytes": 0,
              "started_at": "2026-06-01T12:00:00Z"
            },
            {
              "index": 5,
              "kind": "retire",
              "millis": 12,
              "outcome": {
                "note": "done",
                "result": "done"
              },
              "output_bytes": 0,
              "started_at": "2026-06-01T12:00:00Z"
            }
          ]
        }
      ],
      "unit": {
        "attempt": "[id]",
        "attempts": 1,
        "batch": 0,
        "failure": null,
        "fetched_bytes": 1000,
        "from": null,
        "host": "[id]",
        "host_name": "web-1",
        "id": "[id]",
        "package": "shop-web",
        "state": "succeeded",
        "step": "retire",
        "to": "1.0.0",
        "updated_at": "2026-06-01T12:00:00Z"
      }
    }
    "#);
}
