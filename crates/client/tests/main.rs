//! The client against connections that break, answers that are cut, and servers that are none.

#![expect(clippy::unwrap_used, reason = "a helper of tests ends the test where it fails")]

mod scripted;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use packhorse_client::{Access, Client, ClientError, Follow, IdempotencyKey, PackageFilter, Progress, Push, Secret};
use packhorse_model::api::deployments::DeploymentEvent;
use packhorse_model::api::packages::VersionDetail;
use packhorse_model::api::sessions::CreateToken;
use scripted::{Scripted, body, cut, problem};
use serde_json::json;

fn client(server: &Scripted) -> Client {
    let url = Client::parse_url(&server.url()).unwrap();
    Client::new(url, &Access::Token(Secret::new("ph_token"))).unwrap()
}

#[tokio::test]
async fn a_post_whose_connection_broke_is_sent_again_under_the_same_key() {
    let created = json!({
        "token": {"id": "0".repeat(26), "name": "ci", "created_at": "1970-01-01T00:00:00Z", "expires_at": null, "last_used_at": null},
        "secret": "ph_new",
    });
    let server =
        Scripted::start(vec![cut("HTTP/1.1 201 Created\r\nContent-Le"), body("200 OK", "", &created.to_string())]);
    let key = IdempotencyKey::from_random(7);
    let token = CreateToken { name: "ci".to_owned(), expires_in_days: None };
    assert_eq!(client(&server).create_token(&token, &key).await.unwrap().secret, "ph_new");
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert!(request.starts_with("POST /api/v1/tokens HTTP/1.1\r\n"), "{request}");
        assert!(request.contains(&format!("idempotency-key: {key}\r\n")), "{request}");
        assert!(request.contains("authorization: Bearer ph_token\r\n"), "{request}");
    }
}

#[tokio::test]
async fn what_the_server_refuses_is_not_sent_again() {
    let server = Scripted::start(vec![problem(409, "version_exists")]);
    let error = client(&server).session().await.unwrap_err();
    assert_eq!(error.problem().unwrap().code, "version_exists");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_answer_of_something_else_is_not_taken_for_a_server_s() {
    let page = body("200 OK", "Content-Type: text/html\r\n", "<html>");
    let gone = body("404 Not Found", "Content-Type: text/html\r\n", "<html>");
    for answer in [page, gone] {
        let server = Scripted::start(vec![answer]);
        let error = client(&server).session().await.unwrap_err();
        assert!(matches!(error, ClientError::Unexpected { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_list_that_does_not_go_on_ends_with_an_error() {
    let page = json!({"items": [], "next": "same", "total": 9}).to_string();
    let server = Scripted::start(vec![body("200 OK", "", &page), body("200 OK", "", &page)]);
    let client = client(&server);
    let pages: Vec<_> = client.packages(&PackageFilter::default()).collect().await;
    assert!(matches!(&pages[..], [Ok(_), Err(ClientError::Unexpected { .. })]), "{pages:?}");
    assert!(server.requests()[1].contains("cursor=same"));
}

/// Version 1.0.0 of `shop`, whose archive is these bytes.
fn version(archive: &[u8]) -> VersionDetail {
    use sha2::Digest;
    let sha256: String = sha2::Sha256::digest(archive).iter().map(|byte| format!("{byte:02x}")).collect();
    serde_json::from_value(json!({
        "summary": {
            "id": "0".repeat(26), "package": "shop", "version": "1.0.0", "build": null, "description": "", "state": "published",
            "tree": "0".repeat(64), "files": 1, "size": 1, "new_bytes": 1, "instances": 0, "modules": 0, "creator": "admin",
            "created_at": "1970-01-01T00:00:00Z",
        },
        "layout": "symlink", "manifest": {},
        "archive": {
            "file_name": "shop.tar", "format": "tar", "size": archive.len(), "sha256": sha256, "md5": "", "kept_as": "original",
        },
    }))
    .unwrap()
}

#[tokio::test]
async fn an_upload_whose_connection_broke_begins_again_at_the_beginning() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("build.tar");
    std::fs::write(&file, b"0123456789").unwrap();
    let reply = json!({"version": version(b"0123456789"), "outcome": "created", "warnings": []}).to_string();
    let server = Scripted::start(vec![cut(""), body("201 Created", "", &reply)]);
    let push = Push {
        file,
        package: Some("shop".parse().unwrap()),
        version: Some("1.0.0".parse().unwrap()),
        ..Push::default()
    };
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let progress = Progress::new(move |bytes| heard.lock().unwrap().push(bytes));
    client(&server).upload(&push, &IdempotencyKey::from_random(7), &progress).await.unwrap();
    for request in server.requests() {
        let line = "POST /api/v1/uploads?file_name=build.tar&package=shop&version=1.0.0 HTTP/1.1\r\n";
        assert!(request.starts_with(line), "{request}");
        assert!(request.contains("content-length: 10\r\n") && !request.contains("chunked"), "{request}");
    }
    assert_eq!(*told.lock().unwrap(), [10, 10]);
}

#[tokio::test]
async fn a_download_goes_on_where_it_broke() {
    let archive = b"0123456789";
    let server = Scripted::start(vec![
        cut("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123"),
        body("206 Partial Content", "Content-Range: bytes 4-9/10\r\n", "456789"),
    ]);
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("shop.tar");
    client(&server).download(&version(archive), &to, &Progress::new(|_| {})).await.unwrap();
    assert_eq!(std::fs::read(&to).unwrap(), archive);
    assert!(server.requests()[1].contains("range: bytes=4-\r\n"));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no part is left");
}

#[tokio::test]
async fn a_download_of_other_bytes_leaves_nothing() {
    let server = Scripted::start(vec![body("200 OK", "", "0123456780")]);
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("shop.tar");
    let error = client(&server).download(&version(b"0123456789"), &to, &Progress::new(|_| {})).await.unwrap_err();
    assert!(matches!(error, ClientError::Corrupt { .. }), "{error:?}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn two_downloads_never_write_one_file() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("shop.tar");
    let other = std::fs::File::create(dir.path().join(".shop.tar.part")).unwrap();
    other.lock().unwrap();
    let server = Scripted::start(vec![]);
    let error = client(&server).download(&version(b"0"), &to, &Progress::new(|_| {})).await.unwrap_err();
    assert!(matches!(error, ClientError::Busy { .. }), "{error:?}");
}

#[tokio::test]
async fn a_follower_comes_back_and_says_what_it_saw_last() {
    let event = |id: &str| format!("id: {id}\nevent: units\ndata: {{\"type\": \"units\", \"units\": []}}\n\n");
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    let server = Scripted::start(vec![cut(&format!("{head}{}", event("7"))), cut(&format!("{head}{}", event("8")))]);
    let client = client(&server);
    let id = "0".repeat(26).parse().unwrap();
    let told: Vec<Follow> = client.follow_deployment(id, Duration::from_secs(60)).take(4).try_collect().await.unwrap();
    assert!(
        matches!(&told[..], [Follow::Event(one), Follow::Interrupted(_), Follow::Restored, Follow::Event(_)]
            if matches!(**one, DeploymentEvent::Units { .. })),
        "{told:?}"
    );
    let requests = server.requests();
    assert!(!requests[0].contains("last-event-id"));
    assert!(requests[1].contains("last-event-id: 7\r\n"), "{}", requests[1]);
}
