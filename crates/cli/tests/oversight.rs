//! Tokens and the audit log against a real server.

use insta::assert_snapshot;

use crate::environment::{Run, TestEnvironment, TestServer};

/// What changes from run to run, by name.
fn steady(run: &Run) -> String {
    let word = |word: &str| match word {
        _ if word.len() == 26 && word.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase()) => {
            "[id]".to_owned()
        }
        _ if word.len() == 10 && word.matches('-').count() == 2 => "[date]".to_owned(),
        _ if word.ends_with('Z') && word.matches(':').count() == 2 => "[time]".to_owned(),
        _ => word.to_owned(),
    };
    let line = |line: &str| line.split_whitespace().map(word).collect::<Vec<_>>().join(" ");
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let seen = run.seen().replace(&format!("on {}", machine.trim()), "on MACHINE");
    seen.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn tokens_are_listed_and_deleted_and_the_log_tells_of_it() {
    let mut environment = TestEnvironment::new();
    let server = TestServer::start(&environment, &environment.path("data"));
    environment.call(&server.url, "$SERVER");
    let password = format!("{}\n", server.password.as_deref().unwrap());
    let login = ["login", &server.url, "--user", "admin", "--password-stdin"];
    assert_eq!(environment.run_with(&login, &[], &password).code, 0);

    assert_eq!(environment.run(&["token", "create", "--name", "ci", "--expires", "90"]).code, 0);
    assert_snapshot!(steady(&environment.run(&["token", "list"])), @r"
    exit 0
    --- stdout
    ID NAME MADE USED ENDS
    [id] ci just now never [date]
    [id] command line on MACHINE just now never
    ");
    let listed = environment.run(&["token", "list", "-o", "json"]).json();
    let ci = listed.as_array().unwrap().iter().find(|token| token["name"] == "ci").unwrap();
    let id = ci["id"].as_str().unwrap();
    assert_snapshot!(environment.run(&["token", "delete", id]).seen(), @r"
    exit 0
    --- stderr
    the token is at its end
    ");
    assert_snapshot!(steady(&environment.run(&["token", "delete", id])), @r"
    exit 4
    --- stderr
    error: there is no token [id]
    hint: `packhorse token list` shows those that there are
    ");

    assert_snapshot!(steady(&environment.run(&["audit", "list", "--object", "ci"])), @r"
    exit 0
    --- stdout
    NUMBER TIME ACTOR ACTION OBJECT
    6 [date] [time] token:command line on MACHINE token.delete ci
    5 [date] [time] token:command line on MACHINE token.create ci
    ");
    assert_snapshot!(environment.run(&["audit", "list", "--actor", "user:nobody"]).seen(), @r"
    exit 0
    --- stderr
    no entries; `packhorse audit list` without filters shows all
    ");
    assert_eq!(environment.run(&["audit", "list", "--since", "yesterday"]).code, 2);
    let verified = environment.run(&["audit", "verify"]);
    assert_eq!(verified.code, 0, "{}", verified.seen());
    assert!(verified.stdout.starts_with("intact: "), "{}", verified.seen());
    assert_eq!(environment.run(&["audit", "verify", "-o", "json"]).json()["verdict"], "intact");
}
