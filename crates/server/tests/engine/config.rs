//! Config packages and shared places, from the package that is pushed to what a plan says.

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::fixture::{Fleet, WEB};
use crate::harness::{TestServer, authorized};

async fn push(fleet: &Fleet, name: &str, files: &[(&str, &str, u32)]) {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, text, mode) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(*mode);
        tar.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    let uri = format!("/api/v1/uploads?file_name={name}_1.0.0.tar");
    let request = authorized(Method::POST, &uri).body(Body::from(tar.into_inner().unwrap())).unwrap();
    assert_eq!(fleet.server.people.clone().oneshot(request).await.unwrap().status(), 201);
}

fn spec(package: &str) -> Value {
    json!({ "package": package, "action": "deploy", "version": "1.0.0", "targets": { "modules": [WEB] } })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_shows_what_a_config_package_writes_and_where() {
    let mut fleet = Fleet::of(1).await;
    let manifest = "[[config]]\nfile = 'shop.toml'\ntarget = '/etc/[@site]/shop.toml'\nmode = '640'\nowner = 'root:shop'\n\
                    [lifecycle.pre]\ncommand = 'scripts/pre.sh'\n[lifecycle.post]\ncommand = 'scripts/post.sh'\n";
    let files = [
        ("packhorse.toml", manifest, 0o644),
        ("shop.toml", "port = [@port]\n", 0o644),
        ("scripts/pre.sh", "#!/bin/sh\n", 0o755),
        ("scripts/post.sh", "#!/bin/sh\n", 0o755),
    ];
    push(&fleet, "shop-conf", &files).await;
    let asked = json!({ "spec": spec("shop-conf") });
    let refused = fleet.server.post("/api/v1/deployments?bind=true", asked).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "variables_unresolved"));
    insta::assert_snapshot!(refused.body["detail"].as_str().unwrap(), @"
    packhorse.toml, config.shop.toml.target: [@site] has no value on web-1
    shop.toml:1: [@port] has no value on web-1
    ");
    for (name, value) in [("site", "north"), ("port", "8080")] {
        let body = json!({ "name": name, "scope": "global", "type": "text", "value": value });
        fleet.server.put("/api/v1/variables", body).await.expect(200);
    }
    let plan = fleet.server.post("/api/v1/plans", spec("shop-conf")).await.expect(201);
    let change = &plan["changes"][0];
    let kinds: Vec<&str> =
        change["steps"].as_array().unwrap().iter().map(|step| step["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["preflight", "fetch", "stage", "render", "pre", "switch", "validate", "post", "retire"]);
    assert_eq!(change["rendered"], json!(["shop.toml"]));
    insta::assert_json_snapshot!(change["config"], @r#"
    [
      {
        "file": "shop.toml",
        "mode": "640",
        "owner": "root:shop",
        "pattern": "/etc/[@site]/shop.toml",
        "target": "/etc/north/shop.toml"
      }
    ]
    "#);
    let path = format!("/api/v1/plans/{}/files?host=web-1&path=shop.toml", plan["id"].as_str().unwrap());
    let file = fleet.server.get(&path).await.expect(200);
    assert_eq!((&file["targets"], &file["after"]), (&json!(["/etc/north/shop.toml"]), &json!("port = 8080\n")));

    fleet.server.post("/api/v1/deployments?bind=true", json!({ "plan": plan["id"] })).await.expect(201);
    fleet.round().await;
    let order = &fleet.hosts[0].open().unwrap().order;
    assert_eq!((order.variables["site"].as_str(), order.variables["port"].as_str()), ("north", "8080"));
    assert!(order.values.is_some(), "another place is a change as another value in the file is");
}

/// Packages that all want one directory, or one inside it, started in the same moment: one of them gets it.
async fn one_of_many_gets_the_place(fleet: Fleet) {
    let names: Vec<String> = (1..=6).map(|number| format!("cart-{number}")).collect();
    for (number, name) in names.iter().enumerate() {
        let root = if number % 2 == 0 { "/opt/cart" } else { "/opt/cart/inside" };
        let manifest = format!("install_root = '{root}'\n");
        push(&fleet, name, &[("packhorse.toml", &manifest, 0o644), ("scripts/start.sh", "#!/bin/sh\n", 0o755)]).await;
    }
    let server = &fleet.server;
    let start = |name: &String| server.post("/api/v1/deployments?bind=true", json!({ "spec": spec(name) }));
    let started = futures::future::join_all(names.iter().map(start)).await;
    let mut codes: Vec<String> = started.iter().map(|answer| answer.status.to_string()).collect();
    codes.sort();
    assert_eq!(codes.len(), 6);
    assert_eq!(codes.iter().filter(|code| code.starts_with("201")).count(), 1, "{codes:?}");
    for refused in started.iter().filter(|answer| answer.status.as_u16() != 201) {
        assert!(["place_taken", "no_target_left"].contains(&refused.code()), "{:?}", refused.body);
    }
    // As long as it is on its way there, planning leaves the host out as well.
    let plan = fleet.server.post("/api/v1/plans", spec("cart-2")).await.expect(201);
    assert_eq!(plan["excluded"].as_array().unwrap().len(), 1, "{plan}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_packages_that_start_at_once_do_not_get_one_directory() {
    one_of_many_gets_the_place(Fleet::of(1).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nor_do_they_on_postgres() {
    one_of_many_gets_the_place(Fleet::at(TestServer::on_postgres().await, 1).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_on_which_the_place_is_taken_is_left_out() {
    let fleet = Fleet::with_1_0_0(1).await;
    for root in ["/data/app/shop-web", "/data/app/shop-web/cart"] {
        let name = format!("cart-{}", root.matches('/').count());
        let manifest = format!("install_root = '{root}'\n");
        push(&fleet, &name, &[("packhorse.toml", &manifest, 0o644), ("scripts/start.sh", "#!/bin/sh\n", 0o755)]).await;
        let plan = fleet.server.post("/api/v1/plans", spec(&name)).await.expect(201);
        let expected =
            format!("shop-web lies in {root}, around it or inside it: give one of them another install_root");
        let params = json!({ "occupant": "shop-web", "root": root });
        let cause = json!({ "code": "place_occupied", "params": params });
        assert_eq!(plan["excluded"], json!([{ "host": "web-1", "reason": expected, "cause": cause }]));
    }
}
