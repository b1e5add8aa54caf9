//! The page about lint's rules is made from their table, and the table has every rule that the code names.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use packhorse_model::api::packages::Severity;
use packhorse_model::lint::rules::{GROUPS, by_id};

const UPDATE: &str = "PACKHORSE_UPDATE";

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace").to_owned()
}

fn page() -> String {
    let mut page = String::from(
        "# What lint looks at\n\n\
         `packhorse package lint PATH` judges an archive or a folder, every push and every draft is judged in the same way, and each finding names its\n\
         rule. An **error** refuses the package, a **warning** and **advice** do not. Names of rules are stable. What scripts and SQL do is held against\n\
         the danger rules as well, which an operator keeps; see [scripts.md](scripts.md).\n\n\
         `--fix` mends in a folder what can be mended without a doubt: `COMMAND_MODE`, `SCRIPT_MODE`, `SCRIPT_CRLF`, `SCRIPT_BOM`. `-o json` and\n\
         `-o sarif` write the findings for programs.\n\n\
         This page is made from the table of rules; `PACKHORSE_UPDATE=1 cargo nextest run lint` writes it anew.\n",
    );
    for group in GROUPS {
        let _ = write!(page, "\n## {}\n", group.title);
        for rule in group.rules {
            let severity = match rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Advice => "advice",
            };
            let remedy = sentence(rule.remedy);
            let _ = write!(page, "\n### {}\n\n*{severity}* · {} {}\n\n{remedy}\n", rule.id, rule.summary, rule.why);
        }
    }
    page
}

/// A remedy as a sentence of its own.
fn sentence(remedy: &str) -> String {
    let mut letters = remedy.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

#[test]
fn the_page_is_current() {
    let (path, page) = (top().join("docs/lint.md"), page());
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &page).expect("the page can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == page, "docs/lint.md is not what the table says: run `{UPDATE}=1 cargo nextest run lint`");
}

#[test]
fn rules_have_names_of_their_own() {
    let mut ids: Vec<&str> = GROUPS.iter().flat_map(|group| group.rules).map(|rule| rule.id).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

/// Rules that are named by a text, where a fault of another kind becomes a finding.
#[test]
fn every_rule_that_is_named_is_in_the_table() {
    for file in ["archive/fault.rs", "database/layout.rs", "sql/fault.rs", "sql/judge.rs", "sql/check.rs"] {
        let path = top().join("crates/content/src").join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let named = text.split('"').filter(|word| ["PKG_", "DB_", "SQL_"].iter().any(|start| word.starts_with(start)));
        for id in named.filter(|word| word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')) {
            assert!(by_id(id).is_some(), "{file} names {id}");
        }
    }
}
