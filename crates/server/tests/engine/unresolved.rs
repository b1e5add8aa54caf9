//! Plans whose variables have no value: they show all else, and are not applied.

use serde_json::{Value, json};

use super::fixture::Fleet;
use super::values::{push, set};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_names_what_has_no_value_and_shows_all_else() {
    let fleet = Fleet::of(2).await;
    push(&fleet, "2.0.0", "a = 1\nhost = '[@db_host]'\n").await;
    set(&fleet, "port", "global", "8080").await;
    set(&fleet, "db_host", "host:web-2", "10.0.0.5").await;
    let spec = fleet.spec(json!({ "action": "deploy", "version": "2.0.0" }));
    let plan = fleet.server.post("/api/v1/plans", spec.clone()).await.expect(201);
    let id = plan["id"].as_str().unwrap();
    assert_eq!(plan["batches"][0]["hosts"], json!(["web-1", "web-2"]));
    insta::assert_json_snapshot!(plan["cautions"][0], @r#"
    {
      "code": "unresolved_variable",
      "effect": "blocks",
      "host_count": 1,
      "hosts": [
        "web-1"
      ],
      "params": {
        "place": "conf/shop.toml:2",
        "variable": "db_host"
      },
      "text": "conf/shop.toml:2: [@db_host] has no value on web-1",
      "unresolved": {
        "hosts": [
          "web-1"
        ],
        "hosts_more": 0,
        "name": "db_host",
        "place": "conf/shop.toml:2",
        "reason": "has no value",
        "reason_code": "undefined",
        "token": "[@db_host]"
      }
    }
    "#);
    assert_eq!(plan["warnings"][0], plan["cautions"][0]["text"]);

    let file = async |host: &str| {
        let query = format!("/api/v1/plans/{id}/files?host={host}&path=conf/shop.toml");
        fleet.server.get(&query).await.expect(200)
    };
    let (lacking, whole) = (file("web-1").await, file("web-2").await);
    let uses = json!([{ "line": 2, "token": "[@db_host]" }]);
    assert_eq!((&lacking["after"], &lacking["unresolved"]), (&Value::Null, &uses));
    assert_eq!(whole["after"], "a = 1\nhost = '10.0.0.5'\n");
    let query = format!("/api/v1/plans/{id}/diff?host=web-1&path=conf/shop.toml");
    let diff = fleet.server.get(&query).await.expect(200);
    assert_eq!(diff["items"][0]["content"], json!({ "kind": "unresolved", "uses": uses }));

    let apply = async |plan: &str| fleet.server.post("/api/v1/deployments?bind=true", json!({ "plan": plan })).await;
    let refused = apply(id).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "variables_unresolved"));
    assert_eq!(refused.body["unresolved"], json!([plan["cautions"][0]["unresolved"]]));
    set(&fleet, "db_host", "global", "10.0.0.5").await;
    let refused = apply(id).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "plan_outdated"));
    let plan = fleet.server.post("/api/v1/plans", spec).await.expect(201);
    assert!(plan["cautions"].as_array().unwrap().iter().all(|caution| caution["effect"] == "advises"));
    apply(plan["id"].as_str().unwrap()).await.expect(201);
}
