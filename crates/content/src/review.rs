//! Looking into the files of a version before it is made: scripts by danger rules, SQL by its own rules. How the files are read is the
//! caller's; which, how many and how large is decided here.

use std::io;

use packhorse_model::api::packages::{Finding, Severity};
use packhorse_model::api::scripts::{DangerFinding, TextSpan};
use packhorse_model::danger::{DangerAction, DangerLevel, Language};
use packhorse_model::manifest::{Engine, FILE_NAME, Manifest};
use packhorse_model::{PackageKind, VersionNumber};

use crate::danger::{self, RuleSet};
use crate::database;
use crate::sql::{self, MAX_FILE_BYTES, SqlFault};
use crate::text::Lines;
use crate::tree::{Entry, EntryKind, Tree};

/// Findings of one version at most; those that refuse it are kept first.
const MAX_FINDINGS: usize = 100;
/// A script that is a package by itself.
const MAX_SCRIPT_BYTES: u64 = 1 << 20;
/// Scripts that lie beside other files: how large and how many are looked at.
const MAX_SIDE_SCRIPT_BYTES: u64 = 256 << 10;
const MAX_SIDE_SCRIPTS: usize = 100;

/// What is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// What the package carries.
    pub kind: PackageKind,
    /// The version.
    pub version: &'a VersionNumber,
    /// What it says about itself.
    pub manifest: &'a Manifest,
    /// Its files.
    pub tree: &'a Tree,
}

/// A file that is looked into.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The file.
    pub entry: &'a Entry,
    role: Role,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The script of a script package.
    Script(Language),
    /// A script beside other files.
    SideScript(Language),
    /// A file of a database package.
    Sql(Engine),
}

impl<'a> Subject<'a> {
    /// What the files are, by the kind and by what the manifest says: a package with `[script]` is a script.
    fn effective(&self) -> PackageKind {
        match (self.kind, &self.manifest.script) {
            (PackageKind::File, Some(_)) => PackageKind::Script,
            (kind, _) => kind,
        }
    }

    /// The files that have to be read, none of them larger than 8 MiB.
    #[must_use]
    pub fn wanted(&self) -> Vec<Wanted<'a>> {
        let files = self.tree.iter().filter(|entry| matches!(entry.kind, EntryKind::File { .. }));
        if self.kind == PackageKind::Database {
            let engine = self.manifest.database.as_ref().map_or(Engine::Mysql, |database| database.engine);
            let sql = files.filter(|entry| entry.path.as_str().ends_with(".sql") && size(entry) <= MAX_FILE_BYTES);
            return sql.map(|entry| Wanted { entry, role: Role::Sql(engine) }).collect();
        }
        if let (PackageKind::Script, Some(script)) = (self.effective(), &self.manifest.script) {
            let entry = self.tree.get(&script.entry).filter(|entry| size(entry) <= MAX_SCRIPT_BYTES);
            return entry
                .map(|entry| Wanted { entry, role: Role::Script(script.interpreter.into()) })
                .into_iter()
                .collect();
        }
        files
            .filter(|entry| size(entry) <= MAX_SIDE_SCRIPT_BYTES)
            .filter_map(|entry| Some(Wanted { entry, role: Role::SideScript(language(entry.path.as_str())?) }))
            .take(MAX_SIDE_SCRIPTS)
            .collect()
    }

    /// Everything that was found in the files that [`Self::wanted`] names, which `read` gives; errors refuse the version.
    ///
    /// # Errors
    /// As `read` does.
    pub fn review(
        &self,
        rules: &RuleSet,
        mut read: impl FnMut(&Entry) -> io::Result<Vec<u8>>,
    ) -> io::Result<Vec<Finding>> {
        let mut findings = self.structure();
        for Wanted { entry, role } in self.wanted() {
            let bytes = read(entry)?;
            let path = entry.path.as_str();
            match role {
                Role::Sql(engine) => sql_file(rules, path, &bytes, engine, &mut findings),
                Role::Script(language) => match std::str::from_utf8(&bytes) {
                    Ok(text) => script(rules, path, text, language, |found| severity(&found), &mut findings),
                    Err(_) => {
                        findings.push(error("SCRIPT_ENCODING", path, "the script is not UTF-8", "save it as UTF-8"));
                    }
                },
                Role::SideScript(language) => {
                    let text = String::from_utf8_lossy(&bytes);
                    script(
                        rules,
                        path,
                        &text,
                        language,
                        |found| severity(&found).min(Severity::Warning),
                        &mut findings,
                    );
                }
            }
        }
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings.truncate(MAX_FINDINGS);
        Ok(findings)
    }

    /// What can be said without reading a file.
    fn structure(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        match self.effective() {
            PackageKind::Database => {
                let spec = self.manifest.database.as_ref();
                let from = spec.and_then(|database| database.from.as_deref());
                findings = database::structure(files(self.tree), self.version, from).1;
                if spec.is_none() {
                    let message = "the package does not say for which engine it is written; it is read as MySQL";
                    let hint = "add [database] with engine = \"postgres\", \"mysql\" or \"sqlite\" to packhorse.toml";
                    findings
                        .push(Finding { severity: Severity::Warning, ..error("DB_ENGINE", FILE_NAME, message, hint) });
                }
                let large = self
                    .tree
                    .iter()
                    .filter(|entry| entry.path.as_str().ends_with(".sql") && size(entry) > MAX_FILE_BYTES);
                let fault = SqlFault::TooLarge;
                findings.extend(
                    large.map(|entry| error(fault.rule(), entry.path.as_str(), &fault.to_string(), fault.hint())),
                );
            }
            PackageKind::Script => {
                let entry = self.manifest.script.as_ref().and_then(|script| self.tree.get(&script.entry));
                if let Some(entry) = entry.filter(|entry| size(entry) > MAX_SCRIPT_BYTES) {
                    let hint = "make it a file package, with a short script that runs what is in it";
                    findings.push(error("SCRIPT_SIZE", entry.path.as_str(), "the script has more than 1 MiB", hint));
                }
            }
            PackageKind::File | PackageKind::Config | PackageKind::Image | PackageKind::App => {}
        }
        findings
    }
}

/// The paths of a tree's files.
pub fn files(tree: &Tree) -> impl Iterator<Item = &str> {
    tree.iter().filter(|entry| !matches!(entry.kind, EntryKind::Directory)).map(|entry| entry.path.as_str())
}

fn size(entry: &Entry) -> u64 {
    match entry.kind {
        EntryKind::File { size, .. } => size,
        EntryKind::Directory | EntryKind::Symlink { .. } => 0,
    }
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

fn script(
    rules: &RuleSet,
    path: &str,
    text: &str,
    language: Language,
    severity: impl Fn(DangerFinding) -> Severity,
    findings: &mut Vec<Finding>,
) {
    for finding in danger::check(rules, text, language).findings {
        findings.push(dangerous(path, &finding, severity(finding.clone())));
    }
}

fn sql_file(rules: &RuleSet, path: &str, bytes: &[u8], engine: Engine, findings: &mut Vec<Finding>) {
    let text = match sql::decode(bytes) {
        Ok(text) => text,
        Err(fault) => return findings.push(error(fault.rule(), path, &fault.to_string(), fault.hint())),
    };
    let lines = Lines::of(text);
    let mut concerns = Vec::new();
    let mut dangers = Vec::new();
    let each = |statement: &sql::Statement<'_>| {
        if dangers.len() < MAX_FINDINGS {
            dangers.extend(rules.statement(&lines, statement));
        }
    };
    sql::check(text, engine, each, |concern| {
        if concerns.len() < MAX_FINDINGS {
            concerns.push(concern);
        }
    });
    findings.extend(concerns.into_iter().map(|concern| Finding {
        place: place(path, lines.span(concern.start, concern.end)),
        rule: concern.rule,
        severity: concern.severity,
        message: concern.message,
        hint: concern.hint,
    }));
    findings.extend(dangers.iter().map(|finding| dangerous(path, finding, severity(finding))));
}

fn dangerous(path: &str, finding: &DangerFinding, severity: Severity) -> Finding {
    Finding {
        rule: finding.rule.to_string(),
        severity,
        place: place(path, finding.span),
        message: format!("{}: this {}", finding.text, finding.message),
        hint: "change it, or let whoever keeps the danger rules decide".to_owned(),
    }
}

fn place(path: &str, span: TextSpan) -> String {
    format!("{path}:{}:{}", span.line, span.column)
}

fn error(rule: &str, place: &str, message: &str, hint: &str) -> Finding {
    Finding {
        rule: rule.to_owned(),
        severity: Severity::Error,
        place: place.to_owned(),
        message: message.to_owned(),
        hint: hint.to_owned(),
    }
}
