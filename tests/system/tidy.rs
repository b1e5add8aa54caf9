//! Rules of the source tree that no compiler checks.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace").to_owned()
}

/// The files that belong to the project: tracked, or not ignored.
fn files() -> Vec<String> {
    let listed = Command::new("git").args(["ls-files", "-co", "--exclude-standard"]).current_dir(top()).output();
    let listed = String::from_utf8(listed.expect("git lists the files").stdout).expect("names are UTF-8");
    let files: Vec<String> = listed.lines().map(str::to_owned).filter(|file| top().join(file).exists()).collect();
    assert!(files.len() > 100, "git lists the files of the project: {files:?}");
    files
}

fn read(file: &str) -> String {
    fs::read_to_string(top().join(file)).unwrap_or_default()
}

/// The table of ARCHITECTURE.md: which of our crates each may import. Tests may import more.
const IMPORTS: &[(&str, &[&str])] = &[
    ("crashpoint", &[]),
    ("model", &[]),
    ("content", &["crashpoint", "model"]),
    ("planner", &["model"]),
    ("database", &["model", "content"]),
    ("store", &["crashpoint", "model"]),
    ("server", &["crashpoint", "model", "content", "planner", "store"]),
    ("client", &["model"]),
    ("agent", &["crashpoint", "model", "content", "planner", "database", "client"]),
    ("cli", &["model", "content", "planner", "client", "server"]),
    ("testkit", &["model"]),
];

/// Outside crates that a crate of ours must never see.
const NEVER: &[(&str, &[&str])] = &[
    ("model", &["tokio", "sqlx", "axum", "reqwest"]),
    ("planner", &["tokio", "sqlx", "axum", "reqwest", "rand"]),
    ("content", &["tokio", "sqlx", "axum", "reqwest"]),
    ("database", &["axum", "reqwest"]),
    ("store", &["axum", "reqwest"]),
    ("agent", &["sqlx", "axum"]),
    ("client", &["sqlx", "axum"]),
];

#[test]
fn crates_import_only_what_the_table_allows() {
    for (name, allowed) in IMPORTS {
        let manifest: toml::Table = read(&format!("crates/{name}/Cargo.toml")).parse().expect("a manifest is TOML");
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table).cloned().unwrap_or_default();
        let ours: Vec<&str> = dependencies.keys().filter_map(|key| key.strip_prefix("packhorse-")).collect();
        for import in &ours {
            assert!(
                allowed.contains(import),
                "crates/{name} may not import {import}; see the table in ARCHITECTURE.md"
            );
        }
        let never = NEVER.iter().find(|(of, _)| of == name).map_or(&[][..], |(_, never)| never);
        for import in never {
            assert!(!dependencies.contains_key(*import), "crates/{name} must never see {import}");
        }
    }
}

#[test]
fn the_planner_reads_no_clock_and_iterates_over_nothing_without_order() {
    for file in
        files().iter().filter(|file| file.starts_with("crates/planner/src") || file.starts_with("crates/model/src"))
    {
        for word in ["HashMap", "HashSet", "std::fs", "Timestamp::now", "Instant::now", "SystemTime", "std::env"] {
            assert!(!read(file).contains(word), "{file} has {word}");
        }
    }
}

#[test]
fn files_are_short_enough_to_read_at_a_sitting() {
    for file in files().iter().filter(|file| [".rs", ".ts", ".tsx"].iter().any(|end| file.ends_with(end))) {
        if file.ends_with("schema.ts") {
            continue;
        }
        let lines = read(file).lines().count();
        assert!(lines <= 700, "{file} has {lines} lines: is it still one idea?");
    }
}

#[test]
fn the_project_names_no_machine_and_no_registry() {
    // Written apart, so that this file does not find itself.
    let words = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("index.crates", ".io"),
        concat!("registry.npmjs", ".org"),
        concat!("pypi", ".org"),
    ];
    for file in files() {
        let text = read(&file);
        for word in words {
            assert!(!text.contains(word) || file == "Cargo.lock", "{file} has {word:?}");
        }
    }
}

#[test]
fn every_lint_exception_is_an_expectation_with_a_reason() {
    for file in files().iter().filter(|file| file.ends_with(".rs")) {
        let text = read(file);
        assert!(
            !text.contains(concat!("#[al", "low(")) && !text.contains(concat!("#![al", "low(")),
            "{file} switches a lint off"
        );
        for (at, _) in text.match_indices(concat!("#[exp", "ect(")) {
            let end = text[at..].find(")]").map_or(text.len(), |end| at + end);
            assert!(text[at..end].contains("reason"), "{file}: an expectation without a reason");
        }
        assert!(!text.contains(concat!("#[ig", "nore")), "{file} ignores a test");
    }
}

#[test]
fn migrations_have_the_same_names_for_both_databases() {
    let mut names = BTreeMap::<String, Vec<&str>>::new();
    for dialect in ["sqlite", "postgres"] {
        for entry in fs::read_dir(top().join("crates/store/migrations").join(dialect)).expect("migrations are there") {
            let name = entry.expect("a folder can be read").file_name().into_string().expect("names are UTF-8");
            names.entry(name).or_default().push(dialect);
        }
    }
    assert!(!names.is_empty());
    for (name, dialects) in names {
        assert_eq!(dialects.len(), 2, "{name} exists only for {dialects:?}");
    }
}

#[test]
fn documents_link_to_files_that_exist() {
    for file in files().iter().filter(|file| file.ends_with(".md")) {
        let text = read(file);
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split([')', '#', ' ']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let path = top().join(file).parent().expect("a file lies in a folder").join(target);
            assert!(path.exists(), "{file} links to {target}, which is not there");
        }
    }
}
