//! Danger rules from the command line.

use insta::assert_snapshot;

use crate::server::Site;

#[test]
fn rules_are_added_changed_and_deleted() {
    let site = Site::start();
    let rule = |args: &[&str]| site.run(&[&["danger-rule"], args].concat()).seen();
    let listed = site.run(&["danger-rule", "list"]);
    assert!(
        listed.stdout.lines().any(|line| line.starts_with("rm-root ") && line.contains("block")),
        "{}",
        listed.seen()
    );
    assert_snapshot!(rule(&["add", "no-telnet", "--pattern", r"\btelnet\b", "--message", "sends passwords in the clear"]), @r"
    exit 0
    --- stdout
    no-telnet
    ");
    assert_snapshot!(rule(&["add", "no-telnet", "--pattern", "x", "--message", "y"]), @r"
    exit 1
    --- stderr
    error: there is a danger rule no-telnet
    hint: edit that one, or choose another name
    ");
    assert_snapshot!(rule(&["add", "look", "--pattern", "(?!x)", "--message", "y"]), @r"
    exit 1
    --- stderr
    error: pattern: look-around, including look-ahead and look-behind, is not supported
    hint: docs/scripts.md shows what a rule consists of; its pattern has no look-ahead and no back references
    ");
    assert_snapshot!(rule(&["edit", "no-telnet", "--action", "block", "--level", "high"]), @r"
    exit 0
    --- stdout
    no-telnet
    ");
    assert_snapshot!(rule(&["edit", "reboot", "--message", "x"]), @r"
    exit 1
    --- stderr
    error: reboot comes with Packhorse: only its action, and whether it looks at all, can be changed
    hint: switch it off, and make one of your own
    ");
    assert_snapshot!(rule(&["edit", "sysctl", "--off"]), @r"
    exit 0
    --- stdout
    sysctl
    ");
    let rows = site.run(&["danger-rule", "list", "-o", "jsonl"]);
    let row = |name: &str| {
        rows.stdout.lines().find(|line| line.contains(&format!("\"name\":\"{name}\""))).unwrap().to_owned()
    };
    assert!(row("no-telnet").contains("\"action\":\"block\""), "{}", row("no-telnet"));
    assert_snapshot!(rule(&["delete", "reboot"]), @r"
    exit 1
    --- stderr
    error: reboot comes with Packhorse and cannot be deleted
    hint: switch it off: `packhorse danger-rule edit reboot --off`
    ");
    assert_snapshot!(rule(&["delete", "no-telnet"]), @r"
    exit 0
    --- stderr
    no-telnet is deleted
    ");
    assert_snapshot!(rule(&["delete", "no-telnet"]), @r"
    exit 4
    --- stderr
    error: there is no danger rule no-telnet
    hint: `packhorse danger-rule list` shows those that there are
    ");
}

#[test]
fn a_script_is_looked_at_where_it_stands() {
    let site = Site::start();
    site.environment.write("cleanup.sh", "#!/bin/bash\nsudo rm -rf \\\n  /\nmysql -e 'DROP TABLE t'\nreboot\n");
    assert_snapshot!(site.run(&["danger-rule", "test", "cleanup.sh"]).seen(), @r"
    exit 1
    --- stdout
    block  2:6  rm-root (critical)  rm -rf \   /
           this deletes the root of the file system
    warn   4:10  sql-drop-table (critical)  'DROP TABLE t'
           this drops a table with all its rows
    warn   5:1  reboot (medium)  reboot
           this ends everything that runs on the host; stop the applications first
    ");
    site.environment.write("job.py", "import os\nos.system('kill -9 1')\n");
    assert_snapshot!(site.run(&["danger-rule", "test", "job.py"]).seen(), @r"
    exit 0
    --- stdout
    warn   2:12  kill-signal-option (medium)  kill -9 1
           this ends processes without letting them end themselves; plain kill lets them
    ");
    site.environment.write("good.sh", "#!/bin/sh\necho done\n");
    assert_snapshot!(site.run(&["danger-rule", "test", "good.sh"]).seen(), @r"
    exit 0
    --- stdout
    nothing dangerous was found
    ");
    site.environment.write("job", "UPDATE t SET a = 1");
    let json = site.run(&["danger-rule", "test", "job", "--language", "sql", "-o", "json"]).json();
    assert_eq!((&json["findings"][0]["rule"], &json["is_blocked"]), (&"sql-update-all".into(), &false.into()));
    site.environment.write("latin.sh", b"#!/bin/sh\necho \xe9\n");
    assert_snapshot!(site.run(&["danger-rule", "test", "latin.sh"]).seen(), @r"
    exit 1
    --- stderr
    error: latin.sh is not UTF-8
      invalid utf-8 sequence of 1 bytes from index 15
    ");
}
