//! Guard rails and named strategies, on a server.

use insta::assert_snapshot;

use crate::server::Site;

const TOPOLOGY: &str = "[[business]]\nname = 'Shop'\n[[business.system]]\nname = 'Live'\nenvironment = 'prod'\n";

#[test]
fn environments_freezes_and_locks_are_set_and_shown() {
    let site = Site::start();
    site.environment.write("topology.toml", TOPOLOGY);
    assert_eq!(site.run(&["topology", "apply", "topology.toml"]).code, 0);
    assert_snapshot!(site.run(&["environment", "set", "prod", "--approvals", "1", "--max-concurrent", "2"]).seen(), @r"
    exit 0
    --- stdout
    prod: 1 approvals, 2 at a time in a business
    ");
    assert_snapshot!(site.run(&["environment", "set", "prod", "--any-number"]).seen(), @r"
    exit 0
    --- stdout
    prod: 1 approvals, any number at a time in a business
    ");
    assert_snapshot!(site.run(&["environment", "list"]).seen(), @r"
    exit 0
    --- stdout
    ENVIRONMENT  APPROVALS  AT A TIME  BY
    dev                  0        any
    test                 0        any
    staging              0        any
    prod                 1        any  admin
    ");
    let once = ["--from", "2020-12-20T00:00:00Z", "--until", "2021-01-04T00:00:00Z", "--scope", "environment:prod"];
    let mut set = vec!["freeze", "set", "Year end", "-m", "books are closed"];
    set.extend(once);
    assert_snapshot!(site.run(&set).seen(), @r"
    exit 0
    --- stdout
    Year end: 2020-12-20T00:00:00Z to 2021-01-04T00:00:00Z in environment:prod
    ");
    let weekly = ["--days", "fri,sat", "--start", "18:00", "--end", "08:00", "--time-zone", "Asia/Shanghai"];
    let mut set = vec!["freeze", "set", "Nights"];
    set.extend(weekly);
    assert_eq!(site.run(&set).code, 0);
    let freezes = site.run(&["freeze", "list", "-o", "jsonl"]);
    let nights: serde_json::Value = serde_json::from_str(freezes.stdout.lines().next().unwrap()).unwrap();
    assert_eq!((&nights["name"], &nights["schedule"]["time_zone"]), (&"Nights".into(), &"Asia/Shanghai".into()));
    assert_eq!(freezes.stdout.lines().count(), 2);
    assert_eq!(site.run(&["freeze", "set", "x"]).code, 2, "a freeze needs a time");
    assert_eq!(
        site.run(&["freeze", "set", "x", "--scope", "business:Bank", "--from", once[1], "--until", once[3]]).code,
        4
    );
    assert_eq!(site.run(&["freeze", "delete", "Nights"]).code, 0);

    let lock = site.run(&["lock", "add", "site", "-m", "the data centre moves"]).stdout;
    let listed = site.run(&["lock", "list", "-o", "jsonl"]).json();
    assert_eq!((listed["scope"].as_str(), listed["created_by"].as_str()), (Some("global"), Some("admin")));
    assert_eq!(site.run(&["lock", "remove", lock.trim()]).code, 0);
    assert_snapshot!(site.run(&["lock", "list"]).seen(), @r"
    exit 0
    --- stderr
    no locks; `packhorse lock add SCOPE -m MESSAGE` makes one
    ");
}

#[test]
fn strategies_are_saved_shown_and_deleted() {
    let site = Site::start();
    let set = ["strategy", "set", "careful", "--environment", "prod", "--default", "--canary", "1", "--batch", "1 *3"];
    assert_eq!(site.run(&set).code, 0);
    let shown = site.run(&["strategy", "show", "careful", "-o", "json"]).json();
    assert_eq!((&shown["strategy"]["canary"], &shown["strategy"]["batch"]), (&1.into(), &"1 *3".into()));
    assert_eq!((&shown["environment"], &shown["is_default"]), (&"prod".into(), &true.into()));
    assert_snapshot!(site.run(&["strategy", "list"]).seen(), @r"
    exit 0
    --- stdout
    NAME     ENVIRONMENT  DEFAULT  CANARY  BATCH  DESCRIPTION  BY
    careful  prod         yes           1  1 *3                admin
    ");
    assert_eq!(site.run(&["strategy", "set", "Bad Name"]).code, 2);
    assert_eq!(site.run(&["strategy", "delete", "careful"]).code, 0);
    assert_eq!(site.run(&["strategy", "show", "careful"]).code, 4);
}

#[test]
fn a_second_person_gets_an_account() {
    let site = Site::start();
    let add = |name: &str, password: &str| {
        site.environment.run_with(&["user", "add", name, "--password-stdin"], &[], password)
    };
    assert_snapshot!(add("li", "a long enough password\n").seen(), @r"
    exit 0
    --- stdout
    li
    --- stderr
    they can sign in now
    ");
    assert_eq!(add("li", "a long enough password\n").code, 1, "the name is taken");
    assert_eq!(add("wu", "short\n").code, 1);
    let listed = site.run(&["user", "list", "-o", "jsonl"]);
    assert_eq!(listed.stdout.lines().count(), 2);
}
