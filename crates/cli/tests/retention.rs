//! Rules for the retention of versions, from the command line.

use insta::assert_snapshot;

use crate::lint::tar;
use crate::server::Site;

#[test]
fn a_rule_is_said_tried_and_taken_back() {
    let site = Site::start();
    let nothing = site.run(&["retention", "show"]);
    assert!(nothing.code == 0 && nothing.stdout.starts_with("every version is kept\n"), "{}", nothing.seen());
    for version in ["1.0.0", "1.0.1"] {
        let files = [
            ("packhorse.toml", "[[health]]\nport = 8080\n"),
            ("version", version),
            ("scripts/start.sh", "#!/bin/sh\n"),
        ];
        site.environment.write(&format!("shop_{version}.tar"), tar(&files));
        assert_eq!(site.run(&["package", "push", &format!("shop_{version}.tar"), "-q"]).code, 0);
    }
    let set =
        ["package", "retention", "set", "shop", "--keep-last", "1", "--keep-used-days", "30", "--keep-tag", "lts"];
    assert_snapshot!(site.run(&set).seen(), @r"
    exit 0
    --- stdout
    kept are the last 1, those used within 30 days, those with the tag lts; the rest is deleted (the package's own rule)
    ");
    let preview = site.run(&["package", "retention", "preview", "shop", "--keep-last", "1", "-o", "json"]).json();
    assert_eq!((&preview["kept"], &preview["items"][1]["kept_because"]), (&2.into(), &"fresh".into()));
    assert_snapshot!(site.run(&["package", "retention", "preview", "shop"]).stdout.replace("second ago", "seconds ago").lines().last().unwrap(), @"2 versions would be kept, 0 deleted (0 B)");
    assert_snapshot!(site.run(&["package", "retention", "set", "shop", "--keep-tag", "lts"]).seen(), @r#"
    exit 1
    --- stderr
    error: a rule says at least one of keep_last, keep_last_deployed and keep_used_days; one that says nothing would keep nothing
    hint: say a rule as {"keep_last": 10}, or null to keep every version
    "#);
    assert_eq!(site.run(&["package", "retention", "set", "shop"]).code, 2);
    assert_eq!(site.run(&["package", "retention", "set", "shop", "--keep-all", "--keep-last", "1"]).code, 2);
    assert_eq!(site.run(&["retention", "set", "--keep-last-deployed", "3"]).code, 0);
    assert_snapshot!(site.run(&["package", "retention", "clear", "shop"]).seen(), @r"
    exit 0
    --- stdout
    kept are the last 3 that were deployed; the rest is deleted (the rule of the site)
    ");
    assert_eq!(site.run(&["package", "retention", "show", "nothing"]).code, 4);
}
