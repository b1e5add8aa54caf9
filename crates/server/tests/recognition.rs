//! What a push and a draft find out about a package: manifests of other systems, jars, variables; and the check of a text in an editor.

use axum::body::Body;
use http::Method;
use packhorse_content::{Entry, EntryKind, EntryPath, MemorySource, Tree, archive_out, digest_of};
use serde_json::{Value, json};

use crate::harness::TestServer;
use crate::registry::push;

fn tar(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(if path.ends_with(".sh") { 0o755 } else { 0o644 });
        header.set_mtime(1);
        builder.append_data(&mut header, path, content.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn lines(findings: &Value, start: &str) -> Vec<String> {
    let of = |finding: &&Value| finding["rule"].as_str().unwrap().starts_with(start);
    let line = |finding: &Value| {
        let place = &finding["place"];
        format!(
            "{}:{} {}",
            place["path"].as_str().unwrap_or_default(),
            place["line"],
            finding["message"].as_str().unwrap()
        )
    };
    findings.as_array().unwrap().iter().filter(of).map(line).collect()
}

const INIT: &str = "<base_info>\nname=\"shop\"\napp_name=\"shop:1,4\"\nport=\"8080\"\n</base_info>\n<crontab>\n* * * * * a\n</crontab>\n";

#[tokio::test(flavor = "multi_thread")]
async fn manifests_of_other_systems_are_taken_over() {
    let server = TestServer::start().await;
    let pushed =
        push(&server, "file_name=shop_1.0.0.tar", &tar(&[("init.xml", INIT), ("bin/deploy.sh", "#!/bin/sh\n")])).await;
    let pushed = pushed.expect(201);
    let manifest = &pushed["version"]["manifest"];
    assert_eq!(manifest["process"][0]["name"], "shop");
    assert_eq!(manifest["health"][0]["port"], 8080);
    assert_eq!(manifest["lifecycle"]["install"]["command"], "bin/deploy.sh");
    assert_eq!(manifest["lifecycle"]["update"]["command"], "bin/deploy.sh");
    insta::assert_snapshot!(lines(&pushed["warnings"], "IMPORT").join("\n"), @r"
    init.xml:6 not taken over: the block <crontab>
    init.xml:2 taken over: name, as an attribute
    init.xml:3 taken over: the process shop
    init.xml:4 taken over: the port 8080, as a health check
    ");

    let ours = [("init.xml", INIT), ("packhorse.toml", "description = 'ours'\n")];
    let pushed = push(&server, "file_name=shop_1.0.1.tar", &tar(&ours)).await.expect(201);
    assert_eq!(pushed["version"]["manifest"]["process"], Value::Null);
    assert_eq!(lines(&pushed["warnings"], "IMPORT"), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_refuses_a_package_is_said_all_at_once() {
    let server = TestServer::start().await;
    let files = [("bin/1_deploy.sh", "#!/bin/sh\n"), ("bin/2_deploy.sh", "#!/bin/sh\n")];
    let refused = push(&server, "file_name=shop_1.0.0.tar", &tar(&files)).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "PACKAGE"));
    insta::assert_snapshot!(refused.body["detail"].as_str().unwrap(), @"bin/1_deploy.sh DEPLOY_SCRIPTS there are 2 deploy scripts: bin/1_deploy.sh, bin/2_deploy.sh");
    insta::assert_snapshot!(refused.body["hint"].as_str().unwrap(), @"write scripts/install.sh with `set -e` that runs, in this order, ./bin/1_deploy.sh, ./bin/2_deploy.sh");
    let manifest =
        "[[config]]\nfile = 'a.json'\ntarget = '/etc/a.json'\n[[config]]\nfile = 'b.json'\ntarget = '/etc/b.json'\n";
    let refused =
        push(&server, "file_name=shop_1.0.0.tar", &tar(&[("packhorse.toml", manifest), ("a.json", "{\n")])).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "PACKAGE"));
    insta::assert_snapshot!(refused.body["detail"].as_str().unwrap(), @r#"
    a.json:2:1 CONFIG_SYNTAX it is not JSON: EOF while parsing an object
    packhorse.toml CONFIG_MISSING "b.json" is not a file of the package
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jar_says_who_made_it() {
    let server = TestServer::start().await;
    let text = b"Manifest-Version: 1.0\nImplementation-Title: The shop\nImplementation-Vendor: We\nBuild-Jdk: 17\n\n";
    let file = |path: &str, bytes: &[u8]| Entry {
        path: EntryPath::new(path).unwrap(),
        mode: 0o644,
        kind: EntryKind::File { size: bytes.len() as u64, digest: digest_of(bytes) },
    };
    let folder = Entry { path: EntryPath::new("META-INF").unwrap(), mode: 0o755, kind: EntryKind::Directory };
    let tree = Tree::new(vec![folder, file("META-INF/MANIFEST.MF", text), file("a.class", b"\xca\xfe")]).unwrap();
    let mut source = MemorySource::new();
    source.insert([&text[..]]).unwrap();
    source.insert([b"\xca\xfe"]).unwrap();
    let mut jar = Vec::new();
    archive_out::write_zip(&tree, &source, &mut jar).unwrap();
    let pushed = push(&server, "file_name=shop_1.0.0.jar", &jar).await.expect(201);
    assert_eq!(pushed["warnings"], json!([]));
    insta::assert_json_snapshot!(pushed["version"]["manifest"]["metadata"], @r#"
    {
      "more": {
        "Build-Jdk": "17",
        "Implementation-Title": "The shop",
        "Implementation-Vendor": "We"
      },
      "vendor": "We"
    }
    "#);
    let metadata = server.get("/api/v1/packages/shop/versions/1.0.0/metadata").await.expect(200);
    let vendor = metadata["attributes"].as_array().unwrap().iter().find(|one| one["name"] == "vendor").unwrap();
    assert_eq!(vendor["value"], "We");
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_are_listed_by_page_and_doubts_apart() {
    let server = TestServer::start().await;
    let files = [
        ("conf/shop.conf", "ip=[@db_ip]\nport=[#port]\npw=[!pw]\n"),
        ("conf/log.xml", "<a p=\"[%t] %m\"/>\n"),
        ("packhorse.toml", "render = ['conf/shop.conf']\n"),
    ];
    push(&server, "file_name=shop_1.0.0.tar", &tar(&files)).await.expect(201);
    let path = "/api/v1/packages/shop/versions/1.0.0/variables";
    let first = server.get(&format!("{path}?limit=2")).await.expect(200);
    assert_eq!((&first["total"], first["items"].as_array().unwrap().len()), (&json!(3), 2));
    let next = first["next"].as_str().unwrap();
    let last = server.get(&format!("{path}?limit=2&cursor={next}")).await.expect(200);
    insta::assert_json_snapshot!(last["items"], @r#"
    [
      {
        "column": 4,
        "kind": "encrypted",
        "length": 5,
        "line": 3,
        "name": "pw",
        "path": "conf/shop.conf",
        "prefix": "!"
      }
    ]
    "#);
    let doubts = server.get(&format!("{path}?which=doubts")).await.expect(200);
    insta::assert_json_snapshot!(doubts["items"], @r#"
    [
      {
        "column": 7,
        "doubt": {
          "kind": "log_pattern",
          "reason": "it is a conversion of a log pattern"
        },
        "kind": "encrypted",
        "length": 4,
        "line": 1,
        "name": "t",
        "path": "conf/log.xml",
        "prefix": "%"
      }
    ]
    "#);
    assert_eq!(server.get(&format!("{path}?which=other")).await.status.as_u16(), 400);
    assert_eq!(server.get("/api/v1/packages/shop/versions/2.0.0/variables").await.status.as_u16(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_draft_has_its_variables() {
    let server = TestServer::start().await;
    let draft = server
        .post("/api/v1/drafts", json!({ "package": "shop", "start": { "with": "directories" } }))
        .await
        .expect(201);
    let draft = format!("/api/v1/drafts/{}", draft["id"].as_str().unwrap());
    let put = crate::harness::authorized(Method::PUT, &format!("{draft}/files/conf/a.conf"));
    let put = put.header(http::header::IF_NONE_MATCH, "*");
    let reply =
        tower::ServiceExt::oneshot(server.people.clone(), put.body(Body::from("a=[@a]\n")).unwrap()).await.unwrap();
    assert!(reply.status().is_success(), "{}", reply.status());
    server.post(&format!("{draft}/publish"), json!({ "version": "1.0.0" })).await.expect(201);
    let listed = server.get("/api/v1/packages/shop/versions/1.0.0/variables").await.expect(200);
    assert_eq!(listed["items"][0]["name"], "a");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_in_an_editor_is_checked() {
    let server = TestServer::start().await;
    let check = json!({ "path": "conf/a.json", "text": "{\"port\": [@port],\n}" });
    insta::assert_json_snapshot!(server.post("/api/v1/config/check", check).await.expect(200), @r#"
    {
      "doubts": [],
      "findings": [
        {
          "hint": "correct it, or give it another extension",
          "message": "it is not JSON: key must be a string",
          "place": {
            "column": 1,
            "line": 2,
            "path": "conf/a.json"
          },
          "rule": "CONFIG_SYNTAX",
          "severity": "warning"
        }
      ],
      "is_truncated": false,
      "language": "json",
      "variables": [
        {
          "column": 10,
          "kind": "plain",
          "length": 7,
          "line": 1,
          "name": "port",
          "prefix": "@"
        }
      ]
    }
    "#);
    let said = json!({ "language": "toml", "text": "a = 1\n" });
    assert_eq!(server.post("/api/v1/config/check", said).await.expect(200)["findings"], json!([]));
    let long = json!({ "text": "x".repeat((512 << 10) + 1) });
    let refused = server.post("/api/v1/config/check", long).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "text_too_long"));
    let unknown = json!({ "text": "", "language": "cobol" });
    assert_eq!(server.post("/api/v1/config/check", unknown).await.status.as_u16() / 100, 4);
}
