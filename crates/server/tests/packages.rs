//! The list of packages, and what people say about one.

use axum::body::Body;
use http::{Method, header};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::harness::{TestServer, authorized};

async fn push(server: &TestServer, name: &str, manifest: &str) {
    let mut builder = tar::Builder::new(Vec::new());
    let mut files = vec![("packhorse.toml", manifest)];
    if name.contains("-db_") {
        files.push(("full-load/1_fullload.sql", "CREATE TABLE a (b INT);"));
    }
    for (path, text) in files {
        let mut head = tar::Header::new_ustar();
        head.set_size(text.len() as u64);
        head.set_mode(0o644);
        builder.append_data(&mut head, path, text.as_bytes()).unwrap();
    }
    let archive = builder.into_inner().unwrap();
    let path = format!("/api/v1/uploads?file_name={name}.tar");
    let request = authorized(Method::POST, &path).body(Body::from(archive)).unwrap();
    let response = server.people.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 201);
}

async fn names(server: &TestServer, query: &str) -> String {
    let page = server.get(&format!("/api/v1/packages?{query}")).await.expect(200);
    let names: Vec<&str> = page["items"].as_array().unwrap().iter().filter_map(|item| item["name"].as_str()).collect();
    names.join(" ")
}

async fn shop() -> TestServer {
    let server = TestServer::start().await;
    push(&server, "alpha_1.0.0", "description = '订单服务'\ntags = ['core']\n[metadata]\narch = 'x86_64'").await;
    server.advance(jiff::SignedDuration::from_secs(1));
    push(&server, "beta-db_1.0.0", "description = 'Tables'\n[metadata.more]\nteam = 'blue'").await;
    server.advance(jiff::SignedDuration::from_secs(1));
    push(&server, "gamma_1.0.0", "").await;
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn packages_are_searched_filtered_and_sorted() {
    let server = shop().await;
    for (query, found) in [
        ("", "alpha beta-db gamma"),
        ("sort=-name", "gamma beta-db alpha"),
        ("sort=-updated", "gamma beta-db alpha"),
        ("sort=newest", "gamma beta-db alpha"),
        ("sort=kind", "beta-db alpha gamma"),
        ("search=%E8%AE%A2%E5%8D%95", "alpha"),
        ("search=lph", "alpha"),
        ("tag=core", "alpha"),
        ("tag=core&tag=other", ""),
        ("meta.arch=x86_64", "alpha"),
        ("meta.team=blue", "beta-db"),
        ("kind=database", "beta-db"),
        ("creator=admin&search=ta", "beta-db"),
        ("creator=nobody", ""),
    ] {
        assert_eq!(names(&server, query).await, found, "{query}");
    }
    let page = server.get("/api/v1/packages?sort=-updated&limit=2").await.expect(200);
    assert_eq!((page["total"].as_u64(), page.get("counted")), (Some(3), None));
    let next = page["next"].as_str().unwrap();
    assert_eq!(names(&server, &format!("sort=-updated&limit=2&cursor={next}")).await, "alpha");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_asked_is_refused() {
    let server = shop().await;
    let page = server.get("/api/v1/packages?limit=1").await.expect(200);
    let next = page["next"].as_str().unwrap();
    let reply = server.get(&format!("/api/v1/packages?sort=versions&cursor={next}")).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (400, "bad_cursor"));
    let many = "tag=x&".repeat(17);
    let reply = server.get(&format!("/api/v1/packages?{many}")).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (400, "too_many_filters"));
    assert_eq!(server.get("/api/v1/packages?sort=size").await.code(), "bad_query");
}

async fn patch(server: &TestServer, tag: Option<&str>, body: Value) -> crate::harness::Reply {
    let mut request = authorized(Method::PATCH, "/api/v1/packages/alpha");
    if let Some(tag) = tag {
        request = request.header(header::IF_MATCH, tag);
    }
    server.send(request, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn people_describe_a_package_and_never_overwrite_each_other_unseen() {
    let server = shop().await;
    let seen = server.get("/api/v1/packages/alpha").await;
    let tag = seen.headers[header::ETAG].to_str().unwrap().to_owned();
    let edited = patch(&server, Some(&tag), json!({ "description": "The orders", "tags": ["web", "mine"] })).await;
    let fresh = edited.headers[header::ETAG].to_str().unwrap().to_owned();
    let body = edited.expect(200);
    assert_eq!(body["description"], "The orders");
    assert_eq!((&body["tags"], &body["own_tags"]), (&json!(["core", "mine", "web"]), &json!(["mine", "web"])));
    assert_eq!(names(&server, "tag=mine&search=orders").await, "alpha");

    let reply = patch(&server, Some(&tag), json!({ "tags": [] })).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (412, "package_changed"));
    push(&server, "alpha_1.0.1", "tags = ['later']").await;
    let body = patch(&server, Some(&fresh), json!({ "tags": [] })).await.expect(200);
    assert_eq!((&body["tags"], &body["description"]), (&json!(["later"]), &json!("The orders")));

    for body in [json!({ "tags": ["a,b"] }), json!({ "name": "x" }), json!({ "description": "x".repeat(2001) })] {
        assert_eq!(patch(&server, None, body).await.status.as_u16(), 422);
    }
    let audit = server.get("/api/v1/audit?limit=50").await.expect(200);
    let updates = audit["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "package.update").count();
    assert_eq!(updates, 2);
    let reply = server.send(authorized(Method::PATCH, "/api/v1/packages/nothing"), json!({})).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (404, "package_not_found"));
}
