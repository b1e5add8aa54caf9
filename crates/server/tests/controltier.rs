//! Packages as ControlTier knows them: files that are kept as they are, their headers and attributes, their order, and what they are related to.

use serde_json::{Value, json};

use crate::harness::{TestServer, on_both};
use crate::projects::{import, outcomes};
use crate::registry::{download, push, shop};

/// The header of an rpm, as the tool writes it.
fn section(texts: &[(u32, &str)]) -> Vec<u8> {
    let (mut index, mut values) = (Vec::new(), Vec::new());
    for (tag, text) in texts {
        for number in [*tag, 6, u32::try_from(values.len()).unwrap(), 1] {
            index.extend(number.to_be_bytes());
        }
        values.extend(text.bytes().chain([0]));
    }
    let mut bytes = vec![0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0];
    bytes.extend(u32::try_from(texts.len()).unwrap().to_be_bytes());
    bytes.extend(u32::try_from(values.len()).unwrap().to_be_bytes());
    [bytes, index, values].concat()
}

fn rpm(name: &str) -> Vec<u8> {
    let mut bytes = vec![0xed, 0xab, 0xee, 0xdb, 3, 0];
    bytes.resize(96, 0);
    bytes.extend(section(&[]));
    bytes.extend(section(&[
        (1000, name),
        (1001, "5.1.8"),
        (1002, "6.el9"),
        (1004, "The GNU shell"),
        (1014, "GPLv3+"),
        (1022, "x86_64"),
    ]));
    // What is installed is long enough to be cut into pieces.
    bytes.extend((0..400_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()));
    bytes
}

async fn attributes(server: &TestServer, path: &str) -> Value {
    let found = server.get(&format!("/api/v1/packages/{path}/metadata")).await.expect(200);
    let all = found["attributes"].as_array().unwrap().iter();
    all.map(|one| (one["name"].as_str().unwrap().to_owned(), one["value"].clone())).collect()
}

async fn a_package_of_a_distribution_says_what_it_is(server: TestServer) {
    let bytes = rpm("bash");
    let pushed = push(&server, "file_name=bash-5.1.8-6.el9.x86_64.rpm&installrank=3", &bytes).await.expect(201);
    assert_eq!(pushed["warnings"].as_array().unwrap().iter().filter(|w| w["rule"] == "HEADER_NAME").count(), 0);
    let summary = &pushed["version"]["summary"];
    assert_eq!((&summary["package"], &summary["version"]), (&json!("bash"), &json!("5.1.8-6.el9")));
    assert_eq!((&summary["installrank"], &summary["files"]), (&json!(3), &json!(1)));
    let manifest = &pushed["version"]["manifest"];
    assert_eq!(manifest["description"], "The GNU shell");
    assert_eq!(manifest["metadata"]["more"]["license"], "GPLv3+");
    let known = attributes(&server, "bash/versions/5.1.8-6.el9").await;
    assert_eq!((&known["type"], &known["arch"], &known["release"]), (&json!("rpm"), &json!("x86_64"), &json!("6.el9")));
    assert_eq!((&known["filetype"], &known["installrank"]), (&json!("rpm"), &json!("3")));
    assert_eq!(download(&server, "/api/v1/packages/bash/versions/5.1.8-6.el9/archive").await, bytes);
    let tree = server.get("/api/v1/packages/bash/versions/5.1.8-6.el9/tree").await.expect(200);
    assert_eq!(tree["items"][0]["path"], "bash.rpm");
    let found = server.get("/api/v1/packages?meta.license=gplv3%2B").await.expect(200);
    assert_eq!(found["items"][0]["name"], "bash");

    let other = push(&server, "file_name=bash-5.1.9-1.el9.x86_64.rpm", &rpm("zsh")).await.expect(201);
    let warning = other["warnings"].as_array().unwrap().iter().find(|warning| warning["rule"] == "HEADER_NAME");
    let expected = "its header says zsh 5.1.8-6.el9, and it is pushed as bash 5.1.9-1.el9";
    assert_eq!(warning.unwrap()["message"], expected);
}

async fn file_types_are_what_the_bytes_are(server: TestServer) {
    let archive = shop("1.0.0", "x");
    for (query, bytes, code) in [
        ("file_name=bash-1.0-1.noarch.rpm", &archive[..], "PKG_FORMAT"),
        ("file_name=bash-1.0-1.noarch.rpm", &rpm("bash")[..150], "PKG_TRUNCATED"),
        (
            "file_name=a_1.0_all.deb",
            b"!<arch>\ndebian-binary   0           0     0     100644  4         `\n2.0\n",
            "PKG_TRUNCATED",
        ),
        ("file_name=a_1.0.pkg", b"xar!", "PKG_FORMAT"),
        ("file_name=a_1.0.bin", b"MZ", "PKG_FORMAT"),
        ("file_name=a_1.0.ear", b"#!/bin/sh\n", "PKG_FORMAT"),
        ("file_name=a_1.0.tar&type=zip", &archive[..], "NAME_TYPE"),
        ("file_name=a_1.0.iso&type=rar", b"x", "NAME_TYPE"),
        ("file_name=a_1.0.iso", b"x", "NAME_EXTENSION"),
        ("file_name=a_1.0.bin&installroot=relative", b"#!/bin/sh\n", "ATTRIBUTE"),
    ] {
        let refused = push(&server, query, bytes).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, code), "{query}: {:#}", refused.body);
        assert!(refused.body["hint"].is_string(), "{query}");
    }
    assert_eq!(server.get("/api/v1/packages").await.expect(200)["total"], 0);
    let script =
        push(&server, "file_name=jdk_6.18.bin&installroot=/opt/jdk&vendor=Sun", b"#!/bin/sh\nexit\n").await.expect(201);
    assert_eq!(script["version"]["manifest"]["install_root"], "/opt/jdk");
    let tree = server.get("/api/v1/packages/jdk/versions/6.18/tree").await.expect(200);
    assert_eq!((&tree["items"][0]["path"], &tree["items"][0]["mode"]), (&json!("jdk.bin"), &json!("755")));
    let any = push(&server, "file_name=rhel-5.4.iso&type=file&package=rhel&version=5.4", b"anything").await.expect(201);
    assert_eq!(any["version"]["archive"]["format"], "file");
    let tree = server.get("/api/v1/packages/rhel/versions/5.4/tree").await.expect(200);
    assert_eq!(tree["items"][0]["path"], "rhel.iso");
    let pkg = push(&server, "file_name=sunw_1.0.pkg", b"# PaCkAgE DaTaStReAm\nSUNWtool 1 2\n").await.expect(201);
    assert_eq!(attributes(&server, "sunw/versions/1.0").await["type"], "pkg");
    assert_eq!(pkg["outcome"], "created");
}

async fn what_a_repeated_push_says_is_noted(server: TestServer) {
    let query = "file_name=shop_1.0.0.tar";
    push(&server, &format!("{query}&installrank=5"), &shop("1.0.0", "x")).await.expect(201);
    let rank =
        async || server.get("/api/v1/packages/shop/versions").await.expect(200)["items"][0]["installrank"].clone();
    assert_eq!(rank().await, 5);
    push(&server, query, &shop("1.0.0", "x")).await.expect(200);
    assert_eq!(rank().await, 5, "what is not said stays");
    push(&server, &format!("{query}&installrank=-2&vendor=We"), &shop("1.0.0", "x")).await.expect(200);
    assert_eq!(rank().await, -2);
    assert_eq!(attributes(&server, "shop/versions/1.0.0").await["vendor"], "We");
    let audit = server.get("/api/v1/audit?limit=50").await.expect(200);
    let updates = audit["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "object.update");
    assert_eq!(updates.count(), 1);
}

const SITE: &str = r#"<project>
  <package type="zip" name="b.zip" version="1.0" installrank="2"/>
  <package type="zip" name="a.zip" version="1.0" installrank="10"/>
  <deployment type="Service" name="shop"><resources><resource type="zip" name="a.zip"/>
    <resource type="zip" name="b.zip"/></resources></deployment>
  <deployment type="Site" name="live"><resources><resource type="Service" name="shop"/></resources></deployment>
</project>"#;

async fn relations_are_walked_both_ways_in_the_order_of_installation(server: TestServer) {
    import(&server, "", SITE).await.expect(200);
    let id = async |name: &str| {
        let found = server.get(&format!("/api/v1/objects?name=^{name}$")).await.expect(200);
        found["items"][0]["id"].as_str().unwrap().to_owned()
    };
    let related = async |name: &str, query: &str| {
        let path = format!("/api/v1/objects/{}/relations{query}", id(name).await);
        let page = server.get(&path).await.expect(200);
        let names = page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned());
        (names.collect::<Vec<_>>().join(" "), page["next"].as_str().map(str::to_owned), page["total"].clone())
    };
    let (names, next, total) = related("shop", "?limit=1").await;
    assert_eq!((names.as_str(), total), ("b.zip", json!(2)), "10 comes after 2");
    assert_eq!(related("shop", &format!("?limit=1&cursor={}", next.unwrap())).await.0, "a.zip");
    assert_eq!(related("shop", "?side=parents").await.0, "live");
    assert_eq!(related("a.zip", "?side=parents").await.0, "shop");
    assert_eq!(related("a.zip", "").await, (String::new(), None, json!(0)));
    let missing = server.get("/api/v1/objects/01arz3ndektsv4rrffq69g5fav/relations").await;
    assert_eq!((missing.status.as_u16(), missing.code()), (404, "object_not_found"));
}

async fn what_is_registered_is_listed_and_not_deployed(server: TestServer) {
    server
        .put(
            "/api/v1/topology",
            json!({ "business": [{ "name": "Shop", "system": [
                { "name": "Live", "environment": "prod", "module": [{ "name": "Web" }] }] }] }),
        )
        .await
        .expect(200);
    let whole = r#"<package type="tar" name="shop_1.0.0.tar" description="The shop" version="1.0.0" filename="shop_1.0.0.tar" installrank="1"
        installroot="/data/app/shop" base="shop" repoUrl="/tar/shop_1.0.0.tar"/>"#;
    let registered = r#"<package type="zip" name="blog.zip" version="2.0"/>"#;
    import(&server, "", &format!("<project>{whole}{registered}</project>")).await.expect(200);
    let listed = server.get("/api/v1/packages").await.expect(200);
    let shown = listed["items"].as_array().unwrap().iter();
    let shown: Vec<_> =
        shown.map(|item| format!("{} {} {}", item["name"], item["versions"], item["registered"])).collect();
    assert_eq!(shown, [r#""blog" 0 1"#, r#""shop" 0 1"#]);
    assert_eq!(listed["items"][1]["description"], "The shop");
    let plan = async |package: &str, version: &str| {
        let spec = json!({ "package": package, "action": "deploy", "version": version, "targets": { "modules": ["Shop/Live/Web"] } });
        server.post("/api/v1/plans", spec).await
    };
    let (part, whole) = (plan("blog", "2.0").await, plan("shop", "1.0.0").await);
    insta::allow_duplicates! {
        insta::assert_json_snapshot!(part.expect(422), @r#"
        {
          "code": "metadata_missing",
          "detail": "a deployment needs base, filename, installroot, name, repoUrl, type, version",
          "hint": "say them in a project.xml and load it with `packhorse import project FILE`, or push the content",
          "status": 422,
          "title": "blog@2.0 lacks base, filename, installroot, repoUrl"
        }
        "#);
        insta::assert_json_snapshot!(whole.expect(409), @r#"
        {
          "code": "content_missing",
          "hint": "push it: `packhorse package push FILE --name shop --version 1.0.0`",
          "status": 409,
          "title": "shop@1.0.0 is registered, and has no content yet"
        }
        "#);
    }
    push(&server, "file_name=shop_1.0.0.tar", &shop("1.0.0", "x")).await.expect(201);
    let listed = server.get("/api/v1/packages/shop").await.expect(200);
    assert_eq!((&listed["versions"], &listed["registered"]), (&json!(1), &json!(0)));
    let refused = plan("shop", "1.0.0").await;
    assert!(!["content_missing", "metadata_missing"].contains(&refused.code()), "{:#}", refused.body);
    // The kind of a package that has no version yet is that of the first.
    let pushed = push(&server, "file_name=blog_2.0.tar", &config()).await.expect(201);
    assert_eq!(pushed["outcome"], "created");
    assert_eq!(server.get("/api/v1/packages/blog").await.expect(200)["kind"], "config");
}

fn config() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, text) in [("packhorse.toml", "[[config]]\nfile = 'a'\ntarget = '/etc/a'\n"), ("a", "x")] {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

async fn an_export_that_is_imported_again_changes_nothing(server: TestServer) {
    import(&server, "", SITE).await.expect(200);
    push(&server, "file_name=shop_1.0.0.tar&vendor=We", &shop("1.0.0", "x")).await.expect(201);
    // Content that was registered under another file name than it has.
    push(&server, "file_name=other_1.0.tar&package=a&version=1.0", &shop("1.0", "x")).await.expect(201);
    push(&server, "file_name=bash-5.1.8-6.el9.x86_64.rpm", &rpm("bash")).await.expect(201);
    let export = async || server.get("/api/v1/projects/export").await.expect(200).as_str().unwrap().to_owned();
    let written = export().await;
    for query in ["", "?relations=replace&strict=true"] {
        let again = import(&server, query, &written).await.expect(200);
        assert_eq!(outcomes(&again), ["unchanged"; 6], "{query}: {again:#}");
    }
    assert_eq!(export().await, written);
    let updated = written.replace(r#"vendor="We""#, r#"vendor="They""#);
    let again = import(&server, "", &updated).await.expect(200);
    assert_eq!(outcomes(&again).iter().filter(|outcome| **outcome == "updated").count(), 1);
}

on_both! {
    a_package_of_a_distribution_says_what_it_is: headers_on_sqlite, headers_on_postgres;
    file_types_are_what_the_bytes_are: types_on_sqlite, types_on_postgres;
    what_a_repeated_push_says_is_noted: attributes_on_sqlite, attributes_on_postgres;
    relations_are_walked_both_ways_in_the_order_of_installation: relations_on_sqlite, relations_on_postgres;
    what_is_registered_is_listed_and_not_deployed: registered_on_sqlite, registered_on_postgres;
    an_export_that_is_imported_again_changes_nothing: exports_on_sqlite, exports_on_postgres;
}
