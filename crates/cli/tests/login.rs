//! Signing in, and what is kept of it.

use insta::assert_snapshot;

use crate::environment::{TestEnvironment, deaf_address};

#[test]
fn nobody_can_be_asked_without_a_terminal() {
    let environment = TestEnvironment::new();
    assert_snapshot!(environment.run(&["login", "http://127.0.0.1:1", "--user", "admin"]).seen(), @r"
    exit 2
    --- stderr
    error: nobody can be asked: this is not a terminal
    hint: use --user NAME --password-stdin and write the password to standard input
    ");
    assert_snapshot!(environment.run(&["login", "http://127.0.0.1:1", "--user", "admin", "--password-stdin"]).seen(), @r"
    exit 2
    --- stderr
    error: nothing came on standard input
    ");
}

#[test]
fn a_login_that_fails_leaves_nothing() {
    let mut environment = TestEnvironment::new();
    let address = deaf_address();
    environment.call(&address, "$ADDRESS");
    let url = format!("http://{address}");
    let run = environment.run_with(&["login", &url, "--user", "admin", "--password-stdin"], &[], "secret\n");
    assert_eq!(run.code, 5, "{}", run.seen());
    assert!(!run.seen().contains("secret"));
    assert!(!environment.path(".config").exists());
}

#[test]
fn credentials_that_are_broken_are_said_to_be() {
    let environment = TestEnvironment::new();
    std::fs::create_dir_all(environment.path(".config/packhorse")).unwrap();
    environment.write(".config/packhorse/credentials.toml", "current = 7\n");
    assert_snapshot!(environment.run(&["host", "list"]).seen(), @r"
    exit 1
    --- stderr
    error: $HOME/.config/packhorse/credentials.toml is not what `packhorse login` wrote (line 1)
    hint: remove the file and sign in again with `packhorse login URL`
    ");
}
