//! ControlTier's projects: loaded, found, written, and what becomes of packages that are registered before their content comes.

use http::{Method, header};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::harness::{Reply, TestServer, authorized, on_both};

const SHOP: &str = r#"<?xml version="1.0"?>
<!DOCTYPE project PUBLIC "-//ControlTier Software Inc.//DTD Project Document 1.0//EN" "project.dtd">
<project>
  <node type="Node" name="web 1"/>
  <package type="zip" name="apache-tomcat-5.5.26.zip" version="5.5.26" installrank="7" vendor="Apache"
    installroot="${env.CTIER_ROOT}/demo"/>
  <deployment type="Service" name="shop">
    <resources><resource type="zip" name="apache-tomcat-5.5.26.zip"/></resources>
    <referrers><resource type="Node" name="web 1"/></referrers>
  </deployment>
</project>"#;

pub(crate) async fn import(server: &TestServer, query: &str, xml: &str) -> Reply {
    let path = format!("/api/v1/projects/import{query}");
    let request = authorized(Method::POST, &path).header(header::CONTENT_TYPE, "application/xml");
    let request = request.body(axum::body::Body::from(xml.to_owned())).unwrap();
    let response = server.people.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    Reply { status, headers, body: serde_json::from_slice(&bytes).unwrap() }
}

async fn names(server: &TestServer, query: &str) -> Vec<String> {
    let found = server.get(&format!("/api/v1/objects{query}")).await.expect(200);
    found["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

pub(crate) fn outcomes(report: &Value) -> Vec<&str> {
    report["objects"].as_array().unwrap().iter().map(|object| object["outcome"].as_str().unwrap()).collect()
}

async fn a_project_is_loaded_found_and_written(server: TestServer) {
    let dry = import(&server, "?dry_run=true", SHOP).await.expect(200);
    assert_eq!(outcomes(&dry), ["created", "created", "created"]);
    assert!(names(&server, "").await.is_empty(), "a dry run changes nothing");
    let loaded = import(&server, "", SHOP).await.expect(200);
    assert_eq!(loaded, dry);
    let again = import(&server, "?relations=replace", SHOP).await.expect(200);
    assert_eq!(outcomes(&again), ["unchanged", "unchanged", "unchanged"]);

    assert_eq!(names(&server, "?type=zip&name=.*").await, ["apache-tomcat-5.5.26.zip"]);
    assert_eq!(names(&server, "?type=Package&attr.vendor=^Apa").await, ["apache-tomcat-5.5.26.zip"]);
    assert!(names(&server, "?type=^Package$").await.is_empty());
    assert!(names(&server, "?attr.vendor=Sun").await.is_empty());
    assert_eq!(server.get("/api/v1/objects?name=(").await.code(), "bad_pattern");
    let first = server.get("/api/v1/objects?limit=2").await.expect(200);
    let next = first["next"].as_str().unwrap();
    assert_eq!(names(&server, &format!("?limit=2&cursor={next}")).await, ["apache-tomcat-5.5.26.zip"]);

    let written = server.get("/api/v1/projects/export").await.expect(200);
    let written = written.as_str().unwrap();
    assert!(written.contains(r#"installroot="${env.CTIER_ROOT}/demo""#), "{written}");
    let reloaded = import(&server, "?strict=true&relations=replace", written).await.expect(200);
    assert_eq!(outcomes(&reloaded), ["unchanged", "unchanged", "unchanged"]);
    assert!(reloaded["objects"].as_array().unwrap().iter().all(|object| object["removed"] == json!([])));
}

async fn a_file_with_a_fault_changes_nothing(server: TestServer) {
    let wrong = "<project><node type='Node' name='a'/><setting type='Port' name='p'><referrers><resource type='Node' name='x'/></referrers></setting></project>";
    let refused = import(&server, "", wrong).await;
    insta::allow_duplicates! {
        insta::assert_json_snapshot!(refused.expect(422), @r#"
        {
          "code": "object_missing",
          "detail": "(Port) p: no object exists by that name and type: type: Node, name: x",
          "hint": "add what is missing to the file, or correct type and name; nothing was changed",
          "status": 422,
          "title": "no object exists by that name and type: type: Node, name: x"
        }
        "#);
    }
    assert_eq!(import(&server, "", "<project>\n<setting ... />").await.code(), "project_xml");
    assert!(names(&server, "").await.is_empty());
}

async fn what_is_registered_gets_its_content_later(server: TestServer) {
    import(&server, "", SHOP).await.expect(200);
    let path = "/api/v1/packages/apache-tomcat/versions/5.5.26/metadata";
    let registered = server.get(path).await.expect(200);
    assert_eq!(registered["has_content"], json!(false));
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_size(2);
    header.set_mode(0o644);
    header.set_cksum();
    tar.append_data(&mut header, "a", &b"1\n"[..]).unwrap();
    let upload = "/api/v1/uploads?file_name=tomcat.tar&package=apache-tomcat&version=5.5.26";
    let request = authorized(Method::POST, upload).body(axum::body::Body::from(tar.into_inner().unwrap())).unwrap();
    assert_eq!(server.people.clone().oneshot(request).await.unwrap().status(), 201);
    let metadata = server.get(path).await.expect(200);
    assert_eq!(metadata["has_content"], json!(true));
    let value = |name: &str| {
        let found = metadata["attributes"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap();
        format!("{} {}", found["value"].as_str().unwrap(), found["source"].as_str().unwrap_or("none"))
    };
    assert_eq!(value("installrank"), "7 said");
    assert_eq!(value("installroot"), "/data/app/apache-tomcat default");
    assert_eq!(value("filename"), "tomcat.tar derived");
    assert_eq!(names(&server, "?type=Package").await, ["apache-tomcat-5.5.26.zip"], "it is one object");
}

on_both! {
    a_project_is_loaded_found_and_written: loading_on_sqlite, loading_on_postgres;
    a_file_with_a_fault_changes_nothing: faults_on_sqlite, faults_on_postgres;
    what_is_registered_gets_its_content_later: registering_on_sqlite, registering_on_postgres;
}
