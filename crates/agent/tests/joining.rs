//! Joining, and what is refused.

use std::os::unix::fs::PermissionsExt as _;

use crate::agent::Host;
use crate::server::Server;

fn said(output: &std::process::Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    format!("{}: {}", output.status.code().unwrap(), stderr.replace('\n', " "))
}

#[tokio::test]
async fn the_key_stays_here_and_is_nobody_elses() {
    let server = Server::start();
    let host = Host::new();
    let joined = host.join(&server.url(), &server.token());
    assert!(joined.status.success(), "{}", said(&joined));
    assert!(String::from_utf8_lossy(&joined.stdout).starts_with("web-1 has joined https://127.0.0.1:"));
    let mode = |path: &str| std::fs::metadata(host.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("var/lib/packhorse-agent"), 0o700);
    assert_eq!(mode("var/lib/packhorse-agent/identity.json"), 0o600);
    let state = server.state();
    assert_eq!(state.joined.len(), 1);
    assert_eq!(state.joined[0].facts.address, "127.0.0.1");
    assert!(!state.joined[0].certificate_request.contains("PRIVATE"));
}

#[tokio::test]
async fn a_server_that_the_token_does_not_vouch_for_gets_nothing() {
    let server = Server::start();
    let host = Host::new();
    let token = format!("pht_secret.{}", "0".repeat(64));
    let refused = host.join(&server.url(), &token);
    assert!(said(&refused).starts_with("3: error: https://127.0.0.1:"), "{}", said(&refused));
    assert!(said(&refused).contains("is not the server that this token is of"), "{}", said(&refused));
    assert!(server.state().joined.is_empty());
    assert!(!host.path().join("var/lib/packhorse-agent").exists());
}

#[tokio::test]
async fn a_wrong_token_an_absent_server_and_a_second_agent_are_told_apart() {
    let server = Server::start();
    let mut host = Host::new();
    let wrong = host.join(&server.url(), &format!("pht_wrong.{}", server.fingerprint));
    insta::assert_snapshot!(said(&wrong), @"3: error: token_unknown (token_unknown): no such token ");
    let absent = host.join("https://127.0.0.1:1", &server.token());
    assert!(said(&absent).starts_with("5: error: no answer from https://127.0.0.1:1/:"), "{}", said(&absent));
    let no_token = host.join(&server.url(), "secret");
    insta::assert_snapshot!(said(&no_token), @"2: error: this is no join token: it has the form pht_SECRET.FINGERPRINT  hint: make one with `packhorse host join-token --name HOST` ");
    let not_joined = host.command(&["run"]).output().unwrap();
    assert!(said(&not_joined).starts_with("4: error: this host has not joined a server"), "{}", said(&not_joined));

    assert!(host.join(&server.url(), &server.token()).status.success());
    host.start();
    server
        .until("the first sync", |state| {
            (!state.instances.is_empty() || host.log().contains("the agent runs")).then_some(())
        })
        .await;
    let second = host.command(&["run"]).output().unwrap();
    assert!(said(&second).starts_with("3: error: another agent is running on "), "{}", said(&second));
}
