//! The topology.

use serde_json::{Value, json};

use crate::harness::TestServer;

fn shop() -> Value {
    json!({ "business": [{ "name": "Shop", "system": [
        { "name": "Production", "environment": "prod", "module": [{ "name": "Web" }, { "name": "Cache" }] },
    ] }] })
}

#[tokio::test]
async fn applying_adds_once_and_removes_nothing() {
    let server = TestServer::start().await;
    let applied = server.put("/api/v1/topology", shop()).await.expect(200);
    insta::assert_json_snapshot!(applied["changes"], @r#"
    [
      "Shop: added",
      "Shop/Production: added",
      "Shop/Production/Web: added",
      "Shop/Production/Cache: added"
    ]
    "#);
    insta::assert_json_snapshot!(server.get("/api/v1/topology").await.expect(200), { ".**.id" => "[id]" }, @r#"
    {
      "businesses": [
        {
          "id": "[id]",
          "name": "Shop",
          "systems": [
            {
              "environment": "prod",
              "id": "[id]",
              "modules": [
                {
                  "hosts": 0,
                  "id": "[id]",
                  "instances": 0,
                  "name": "Cache",
                  "path": "Shop/Production/Cache"
                },
                {
                  "hosts": 0,
                  "id": "[id]",
                  "instances": 0,
                  "name": "Web",
                  "path": "Shop/Production/Web"
                }
              ],
              "name": "Production"
            }
          ]
        }
      ]
    }
    "#);
    let again = server.put("/api/v1/topology", shop()).await.expect(200);
    assert_eq!(again["changes"], json!([]));

    let staging =
        json!({ "business": [{ "name": "Shop", "system": [{ "name": "Production", "environment": "staging" }] }] });
    let changed = server.put("/api/v1/topology", staging).await.expect(200);
    assert_eq!(changed["changes"], json!(["Shop/Production: environment changed"]));
    assert_eq!(changed["topology"]["businesses"][0]["systems"][0]["modules"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_wrong_file_changes_nothing() {
    let server = TestServer::start().await;
    let twice = json!({ "business": [{ "name": "Shop" }, { "name": "Shop" }] });
    assert_eq!(server.put("/api/v1/topology", twice).await.code(), "topology_twice");
    let unknown = json!({ "business": [{ "name": "Shop", "role": "admin" }] });
    let refused = server.put("/api/v1/topology", unknown).await;
    insta::assert_json_snapshot!(refused.expect(422), @r#"
    {
      "code": "bad_body",
      "detail": "unknown field `role`, expected `name` or `system` at line 1 column 34",
      "status": 422,
      "title": "the body of the request is not what it should be"
    }
    "#);
    assert_eq!(server.get("/api/v1/topology").await.expect(200), json!({ "businesses": [] }));
}
