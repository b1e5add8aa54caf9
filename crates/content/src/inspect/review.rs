//! Scripts by danger rules, SQL by its own rules, and how the files of a database package are arranged.

use packhorse_model::api::Place;
use packhorse_model::api::packages::{Finding, Severity};
use packhorse_model::api::scripts::{DangerFinding, TextSpan};
use packhorse_model::danger::{DangerAction, DangerLevel, Language};
use packhorse_model::lint::rules::{databases, files as rules_of_files};
use packhorse_model::manifest::{Engine, FILE_NAME, Manifest};
use packhorse_model::{PackageKind, VersionNumber};

use super::size;
use crate::danger::{self, RuleSet};
use crate::database;
use crate::sql::{self, MAX_FILE_BYTES, SqlFault};
use crate::text::Lines;
use crate::tree::{Entry, EntryKind, Tree};

/// Findings of one file at most.
const MOST_OF_FILE: usize = 100;
/// A script that is a package by itself.
const MAX_SCRIPT_BYTES: u64 = 1 << 20;
/// Scripts and SQL that lie beside other files: how large and how many are looked at.
const MAX_SIDE_SCRIPT_BYTES: u64 = 256 << 10;
const MAX_SIDE_SQL_BYTES: u64 = 1 << 20;
const MAX_SIDE_FILES: usize = 100;

/// What a file is looked at as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The script of a script package.
    Script(Language),
    /// A script beside other files.
    SideScript(Language),
    /// A file of a database package.
    Sql(Engine),
    /// SQL of an application's database beside its other files.
    SideSql,
}

/// The files that have to be read, none of them larger than 8 MiB.
pub(super) fn wanted<'a>(tree: &'a Tree, kind: PackageKind, manifest: &Manifest) -> Vec<(&'a Entry, Role)> {
    let files = tree.iter().filter(|entry| matches!(entry.kind, EntryKind::File { .. }));
    match (kind, &manifest.script) {
        (PackageKind::Database, _) => {
            let engine = manifest.database.as_ref().map_or(Engine::Mysql, |database| database.engine);
            let sql = files.filter(|entry| entry.path.as_str().ends_with(".sql") && size(entry) <= MAX_FILE_BYTES);
            sql.map(|entry| (entry, Role::Sql(engine))).collect()
        }
        (PackageKind::Script, Some(script)) => {
            let is_entry = |entry: &&Entry| entry.path.as_str() == script.entry && size(entry) <= MAX_SCRIPT_BYTES;
            files.filter(is_entry).map(|entry| (entry, Role::Script(script.interpreter.into()))).collect()
        }
        _ => files.filter_map(|entry| Some((entry, side_role(entry)?))).take(MAX_SIDE_FILES).collect(),
    }
}

/// What can be said of a package of this kind without reading a file.
pub(super) fn structure(
    tree: &Tree,
    kind: PackageKind,
    version: Option<&VersionNumber>,
    manifest: &Manifest,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    match kind {
        PackageKind::Database => {
            let spec = manifest.database.as_ref();
            let from = spec.and_then(|database| database.from.as_deref());
            findings
                .extend(version.map(|version| database::structure(files(tree), version, from).1).unwrap_or_default());
            if spec.is_none() {
                let message = "the package does not say for which engine it is written; it is read as MySQL";
                findings.push(databases::DB_ENGINE.at(Place::of(FILE_NAME), message));
            }
            let is_large = |entry: &&Entry| entry.path.as_str().ends_with(".sql") && size(entry) > MAX_FILE_BYTES;
            let large = tree.iter().filter(is_large).map(|entry| Place::of(entry.path.as_str()));
            findings.extend(large.map(|place| databases::SQL_SIZE.at(place, SqlFault::TooLarge.to_string())));
        }
        PackageKind::Script => {
            let entry = manifest.script.as_ref().and_then(|script| tree.get(&script.entry));
            if let Some(entry) = entry.filter(|entry| size(entry) > MAX_SCRIPT_BYTES) {
                let place = Place::of(entry.path.as_str());
                findings.push(rules_of_files::SCRIPT_SIZE.at(place, "the script has more than 1 MiB"));
            }
        }
        PackageKind::File => {
            let parts: Vec<&str> = files(tree).filter(|path| database::is_application_part(path)).collect();
            if let Some(version) = version.filter(|_| !parts.is_empty()) {
                findings.extend(database::structure(parts, version, None).1.into_iter().map(softened));
            }
        }
        PackageKind::Config | PackageKind::Image | PackageKind::App => {}
    }
    findings
}

/// What was found in a file.
pub(super) fn file(rules: &RuleSet, path: &str, role: Role, bytes: &[u8], findings: &mut Vec<Finding>) {
    match role {
        Role::Sql(engine) => sql_file(rules, path, bytes, engine, findings),
        Role::Script(language) => match std::str::from_utf8(bytes) {
            Ok(text) => findings.extend(script(rules, path, text, language)),
            Err(_) => findings.push(rules_of_files::SCRIPT_ENCODING.at(Place::of(path), "the script is not UTF-8")),
        },
        Role::SideScript(language) => {
            let found = script(rules, path, &String::from_utf8_lossy(bytes), language);
            findings.extend(found.into_iter().map(softened));
        }
        Role::SideSql => findings.extend(side_sql(rules, path, bytes).into_iter().map(softened)),
    }
}

/// What is dangerous in a package that is more than a script may be what it is for.
fn softened(finding: Finding) -> Finding {
    Finding { severity: finding.severity.min(Severity::Warning), ..finding }
}

/// What is looked for in a file that lies beside others.
fn side_role(entry: &Entry) -> Option<Role> {
    let path = entry.path.as_str();
    if database::is_application_part(path) {
        return (size(entry) <= MAX_SIDE_SQL_BYTES).then_some(Role::SideSql);
    }
    language(path).filter(|_| size(entry) <= MAX_SIDE_SCRIPT_BYTES).map(Role::SideScript)
}

/// SQL of which nobody says for which engine it is: of the readings, the one that has least against it.
fn side_sql(rules: &RuleSet, path: &str, bytes: &[u8]) -> Vec<Finding> {
    let read = |engine| {
        let mut findings = Vec::new();
        sql_file(rules, path, bytes, engine, &mut findings);
        findings
    };
    let weight = |findings: &Vec<Finding>| {
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        (errors, findings.len())
    };
    [Engine::Mysql, Engine::Postgres, Engine::Sqlite].map(read).into_iter().min_by_key(weight).unwrap_or_default()
}

/// The paths of a tree's files.
pub fn files(tree: &Tree) -> impl Iterator<Item = &str> {
    tree.iter().filter(|entry| !matches!(entry.kind, EntryKind::Directory)).map(|entry| entry.path.as_str())
}

/// What a file is written in, by its ending.
fn language(path: &str) -> Option<Language> {
    match path.rsplit_once('.')?.1 {
        "sh" | "bash" => Some(Language::Shell),
        "py" => Some(Language::Python),
        "pl" => Some(Language::Perl),
        "ps1" => Some(Language::Powershell),
        _ => None,
    }
}

/// How bad a finding is for a package that consists of nothing else.
fn severity(finding: &DangerFinding) -> Severity {
    match (finding.action, finding.level) {
        (DangerAction::Block, _) => Severity::Error,
        (DangerAction::Warn, DangerLevel::Low) => Severity::Advice,
        (DangerAction::Warn, _) => Severity::Warning,
    }
}

fn script(rules: &RuleSet, path: &str, text: &str, language: Language) -> Vec<Finding> {
    danger::check(rules, text, language).findings.iter().map(|found| dangerous(path, found)).collect()
}

fn sql_file(rules: &RuleSet, path: &str, bytes: &[u8], engine: Engine, findings: &mut Vec<Finding>) {
    let text = match sql::decode(bytes) {
        Ok(text) => text,
        Err(fault) => return findings.push(databases::SQL_ENCODING.at(Place::of(path), fault.to_string())),
    };
    let lines = Lines::of(text);
    let mut concerns = Vec::new();
    let mut dangers = Vec::new();
    let each = |statement: &sql::Statement<'_>| {
        if dangers.len() < MOST_OF_FILE {
            dangers.extend(rules.statement(&lines, statement));
        }
    };
    sql::check(text, engine, each, |concern| {
        if concerns.len() < MOST_OF_FILE {
            concerns.push(concern);
        }
    });
    findings.extend(concerns.into_iter().map(|concern| Finding {
        place: Some(place(path, lines.span(concern.start, concern.end))),
        rule: concern.rule,
        severity: concern.severity,
        message: concern.message,
        hint: concern.hint,
    }));
    findings.extend(dangers.iter().map(|found| dangerous(path, found)));
}

fn dangerous(path: &str, found: &DangerFinding) -> Finding {
    Finding {
        rule: found.rule.to_string(),
        severity: severity(found),
        place: Some(place(path, found.span)),
        message: format!("{}: this {}", found.text, found.message),
        hint: "change it, or let whoever keeps the danger rules decide".to_owned(),
    }
}

fn place(path: &str, span: TextSpan) -> Place {
    Place::column(path, span.line, span.column)
}
