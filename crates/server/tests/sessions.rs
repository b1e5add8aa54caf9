//! Signing in and out.

use http::{HeaderMap, Method, Request, header};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::{PASSWORD, Reply, TestServer};

async fn sign_in(server: &TestServer, user: &str, password: &str) -> Reply {
    let request = Request::builder().method(Method::POST).uri("/api/v1/session");
    server.send(request, json!({ "user": user, "password": password })).await
}

fn cookie(headers: &HeaderMap) -> String {
    headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
}

fn with_cookie(method: Method, path: &str, cookie: &str) -> http::request::Builder {
    Request::builder().method(method).uri(path).header(header::COOKIE, cookie)
}

#[tokio::test]
async fn a_session_begins_with_the_password_and_ends_with_signing_out() {
    let server = TestServer::start().await;
    let reply = sign_in(&server, "admin", PASSWORD).await;
    let set = reply.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(set.ends_with("; Path=/; HttpOnly; SameSite=Strict; Max-Age=604800"), "{set}");
    let cookie = cookie(&reply.headers);
    assert_eq!(reply.expect(200)["user"], "admin");

    assert_eq!(
        server.send(with_cookie(Method::GET, "/api/v1/session", &cookie), Value::Null).await.expect(200)["user"],
        "admin"
    );
    let out = with_cookie(Method::DELETE, "/api/v1/session", &cookie).header("sec-fetch-site", "same-origin");
    server.send(out, Value::Null).await.expect(204);
    server.send(with_cookie(Method::GET, "/api/v1/session", &cookie), Value::Null).await.expect(401);
}

#[tokio::test]
async fn a_session_that_is_not_used_ends() {
    let server = TestServer::start().await;
    let reply = sign_in(&server, "admin", PASSWORD).await;
    let idle = cookie(&reply.headers);
    server.advance(SignedDuration::from_hours(8));
    let reply = server.send(with_cookie(Method::GET, "/api/v1/session", &idle), Value::Null).await;
    assert_eq!(reply.code(), "unauthenticated");
}

#[tokio::test]
async fn a_session_that_is_used_lasts_a_week_and_no_longer() {
    let server = TestServer::start().await;
    let used = cookie(&sign_in(&server, "admin", PASSWORD).await.headers);
    // 23 times 7 hours are just under a week.
    for _ in 0..23 {
        server.advance(SignedDuration::from_hours(7));
        server.send(with_cookie(Method::GET, "/api/v1/session", &used), Value::Null).await.expect(200);
        server.flush().await;
    }
    server.advance(SignedDuration::from_hours(7));
    server.send(with_cookie(Method::GET, "/api/v1/session", &used), Value::Null).await.expect(401);
}

#[tokio::test]
async fn signing_in_again_ends_the_session_before() {
    let server = TestServer::start().await;
    let before = cookie(&sign_in(&server, "admin", PASSWORD).await.headers);
    let request = with_cookie(Method::POST, "/api/v1/session", &before);
    let after = cookie(&server.send(request, json!({ "user": "admin", "password": PASSWORD })).await.headers);
    assert_ne!(before, after);
    server.send(with_cookie(Method::GET, "/api/v1/session", &before), Value::Null).await.expect(401);
    server.send(with_cookie(Method::GET, "/api/v1/session", &after), Value::Null).await.expect(200);
}

#[tokio::test]
async fn a_change_by_cookie_must_come_from_our_own_pages() {
    let server = TestServer::start().await;
    let cookie = cookie(&sign_in(&server, "admin", PASSWORD).await.headers);
    let request =
        || with_cookie(Method::POST, "/api/v1/tokens", &cookie).header(header::HOST, "packhorse.example:7433");
    let body = json!({ "name": "ci" });
    for (header, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("x-forwarded-host", "packhorse.example:7433"),
    ] {
        assert_eq!(
            server.send(request().header(header, value), body.clone()).await.code(),
            "cross_site",
            "{header}: {value}"
        );
    }
    assert_eq!(server.send(request(), body.clone()).await.code(), "cross_site", "a browser always says where it is");
    server.send(request().header("origin", "http://packhorse.example:7433"), body.clone()).await.expect(201);
    server.send(request().header("sec-fetch-site", "same-origin"), body).await.expect(201);
}

#[tokio::test]
async fn a_wrong_user_and_a_wrong_password_look_alike_and_are_counted() {
    let server = TestServer::start().await;
    let wrong_user = sign_in(&server, "nobody", PASSWORD).await;
    let wrong_password = sign_in(&server, "admin", "wrong").await;
    assert_eq!((wrong_user.status, &wrong_user.body), (wrong_password.status, &wrong_password.body));
    insta::assert_json_snapshot!(wrong_password.body, @r#"
    {
      "code": "wrong_credentials",
      "hint": "the first administrator's password was printed once, when the server first started",
      "status": 401,
      "title": "the user or the password is wrong"
    }
    "#);
    for _ in 0..4 {
        assert_eq!(sign_in(&server, "admin", "wrong").await.code(), "wrong_credentials");
    }
    let refused = sign_in(&server, "admin", PASSWORD).await;
    assert_eq!(refused.code(), "too_many_attempts");
    assert_eq!(refused.headers[header::RETRY_AFTER], "300");
    server.advance(SignedDuration::from_mins(5));
    sign_in(&server, "admin", PASSWORD).await.expect(200);
}
