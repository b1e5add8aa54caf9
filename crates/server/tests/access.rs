//! Every route, without a caller and with wrong ones. The routes come from the OpenAPI document, which is made of the same table as the router, so
//! a new route is tested the moment it exists.

use http::{Method, Request, StatusCode, header};
use packhorse_model::ids::{HostId, Identifier as _};
use packhorse_server::AgentIdentity;
use serde_json::{Value, json};

use crate::harness::TestServer;

/// Routes that are for everyone: with what one signs in or joins.
const OPEN: &[(&str, &str)] =
    &[("POST", "/api/v1/session"), ("GET", "/agent/v1/authority"), ("POST", "/agent/v1/join")];

fn routes() -> Vec<(Method, String)> {
    let document = serde_json::to_value(packhorse_server::document()).unwrap();
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            if !matches!(method, Method::GET | Method::POST | Method::PUT | Method::DELETE | Method::PATCH) {
                continue;
            }
            if !OPEN.contains(&(method.as_str(), path)) {
                routes.push((method, filled(path)));
            }
        }
    }
    assert!(routes.len() > 10, "{routes:?}");
    routes
}

/// The path with something of the right form for each parameter.
fn filled(path: &str) -> String {
    let id = HostId::from_parts("2026-06-01T12:00:00Z".parse().unwrap(), 1).to_string();
    let parts = path.split('/').map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        None => part.to_owned(),
        Some("digest" | "from") => "0".repeat(64),
        Some("index") => "0".to_owned(),
        Some("version") => "1.0.0".to_owned(),
        Some("environment") => "prod".to_owned(),
        Some("name" | "package") => "some-name".to_owned(),
        Some(_) => id.clone(),
    });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_route_refuses_nobody_and_strangers() {
    let server = TestServer::start().await;
    let unknown = format!("Bearer ph_{}", "f".repeat(64));
    for (method, path) in routes() {
        let request = || Request::builder().method(method.clone()).uri(&path);
        if path.starts_with("/agent/") {
            let nobody = server.send_to_agents(request(), json!({})).await;
            assert_eq!(
                (nobody.status, nobody.code()),
                (StatusCode::UNAUTHORIZED, "unauthenticated"),
                "{method} {path}"
            );
            // A person's token is no certificate.
            let person = request().header(header::AUTHORIZATION, format!("Bearer {}", crate::harness::TOKEN));
            let person = server.send_to_agents(person, json!({})).await;
            assert_eq!(person.status, StatusCode::UNAUTHORIZED, "{method} {path}");
            let host = HostId::from_parts("2026-06-01T12:00:00Z".parse().unwrap(), 7);
            let removed = server.agent(AgentIdentity { host, incarnation: 1 }, method.clone(), &path, json!({})).await;
            assert_eq!((removed.status, removed.code()), (StatusCode::FORBIDDEN, "host_removed"), "{method} {path}");
            continue;
        }
        let nobody = server.send(request(), json!({})).await;
        assert_eq!((nobody.status, nobody.code()), (StatusCode::UNAUTHORIZED, "unauthenticated"), "{method} {path}");
        for (name, value) in [
            (header::AUTHORIZATION, unknown.as_str()),
            (header::AUTHORIZATION, "Bearer nonsense"),
            (header::AUTHORIZATION, "Basic YWRtaW46YWRtaW4="),
            (header::COOKIE, "packhorse_session=nonsense"),
            (header::COOKIE, &format!("packhorse_session=phs_{}", "f".repeat(64))),
        ] {
            let stranger = server.send(request().header(name, value), json!({})).await;
            assert_eq!(
                (stranger.status, stranger.code()),
                (StatusCode::UNAUTHORIZED, "unauthenticated"),
                "{method} {path} {value}"
            );
        }
    }
}

#[tokio::test]
async fn people_and_agents_do_not_share_routes() {
    let server = TestServer::start().await;
    assert_eq!(server.get("/agent/v1/authority").await.code(), "route_not_found");
    let reply = server.send_to_agents(Request::builder().uri("/api/v1/hosts"), Value::Null).await;
    assert_eq!(reply.code(), "route_not_found");
}
