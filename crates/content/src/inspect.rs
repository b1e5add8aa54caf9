//! What a package says about itself, and what is wrong with it: one judgement for a push, a draft and a check before either.
//!
//! Pure: the caller reads the few files that [`wanted`] names, from wherever they are, and [`inspect`] judges.

use std::collections::BTreeMap;

use packhorse_model::api::packages::{Finding, Severity};
use packhorse_model::lint::{self, Found};
use packhorse_model::manifest::{self, Manifest, ManifestError};
use packhorse_model::variables::{Doubt, Prefixes, scan};
use packhorse_model::{PackageKind, PackageName};

use crate::import::{self, Imported};
use crate::syntax::{self, Language};
use crate::tree::{Entry, EntryKind, Tree};

/// The most files that are looked into.
const MOST_FILES: usize = 2_000;
/// The most bytes that are looked into altogether.
const MOST_BYTES: u64 = 32 << 20;
/// The most findings of one kind that are told one by one.
const MOST_FINDINGS: usize = 50;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// What the package says, with what was found by convention.
    pub manifest: Manifest,
    /// The kind that it says, or is said to be.
    pub kind: PackageKind,
    /// What is wrong or should be better.
    pub findings: Vec<Finding>,
}

/// The files that [`inspect`] reads: manifests, shell scripts, and text whose syntax or variables are looked at.
pub fn wanted(tree: &Tree) -> impl Iterator<Item = &Entry> {
    let mut bytes = 0;
    let is_wanted = move |entry: &&Entry| match entry.kind {
        EntryKind::File { size, .. } if size <= syntax::MAX_BYTES as u64 && is_text(entry.path.as_str()) => {
            bytes += size;
            bytes <= MOST_BYTES
        }
        // One byte more than is allowed is enough to be refused.
        EntryKind::File { .. } => entry.path.as_str() == manifest::FILE_NAME,
        _ => false,
    };
    tree.iter().filter(is_wanted).take(MOST_FILES)
}

fn is_text(path: &str) -> bool {
    const ENDS: [&str; 8] = [".sh", ".conf", ".cfg", ".cnf", ".env", ".tmpl", ".sql", ".txt"];
    Language::of_path(path).is_some()
        || path == manifest::FILE_NAME
        || import::FILES.contains(&path)
        || import::COMPANIONS.contains(&path)
        || ENDS.iter().any(|end| path.ends_with(end))
}

/// Judges a package by its tree and the text of its wanted files. `kind` is what it is said to be, if anyone says it.
#[must_use]
pub fn inspect(
    tree: &Tree,
    files: &BTreeMap<String, Vec<u8>>,
    package: &PackageName,
    kind: Option<PackageKind>,
) -> Inspection {
    let is_file = |path: &str| matches!(found(tree, path), Some(Found::File { .. }));
    let mut findings = Vec::new();
    let mut manifest = read_manifest(tree, files, &is_file, &mut findings);
    let kind = kind.unwrap_or_else(|| manifest.kind(package));
    if let Err(error) = manifest.check_kind(kind) {
        findings.push(lint::manifest_fault(&error));
    }
    match kind {
        PackageKind::File => findings.extend(lint::content(&manifest, |path| found(tree, path))),
        PackageKind::Config => findings.extend(missing(&manifest, &is_file)),
        _ => {}
    }
    if kind == PackageKind::File {
        manifest.fill_by_convention(is_file);
        (manifest.lifecycle.pre, manifest.lifecycle.post) = (None, None);
    }
    for (path, bytes) in files {
        findings.extend(text_findings(path, bytes, kind, &manifest));
    }
    Inspection { manifest, kind, findings }
}

/// What lies at a path.
#[must_use]
pub fn found(tree: &Tree, path: &str) -> Option<Found> {
    let entry = tree.get(path)?;
    Some(match entry.kind {
        EntryKind::File { .. } => Found::File { is_executable: entry.mode & 0o111 != 0 },
        EntryKind::Symlink { .. } => Found::Link,
        EntryKind::Directory => Found::Folder,
    })
}

fn read_manifest(
    tree: &Tree,
    files: &BTreeMap<String, Vec<u8>>,
    is_file: &dyn Fn(&str) -> bool,
    findings: &mut Vec<Finding>,
) -> Manifest {
    if let Some(bytes) = files.get(manifest::FILE_NAME) {
        return parse(bytes).unwrap_or_else(|error| {
            findings.push(lint::manifest_fault(&error));
            Manifest::default()
        });
    }
    if tree.get(manifest::FILE_NAME).is_some() {
        let message = "it is not a file".to_owned();
        findings.push(lint::manifest_fault(&ManifestError::Syntax { line: 0, message }));
        return Manifest::default();
    }
    let Some(name) = import::FILES.into_iter().find(|name| files.contains_key(*name)) else {
        return Manifest::default();
    };
    match import::import(name, files, is_file) {
        Ok(Imported { manifest, findings: notes }) => {
            findings.extend(notes);
            // What an older system wrote may still be nothing that we can mean.
            match manifest.to_toml().map(|text| Manifest::parse(&text)) {
                Ok(Ok(manifest)) => manifest,
                Ok(Err(error)) => {
                    findings.push(finding("IMPORT_VALUE", Severity::Warning, name, error.to_string(), WRITE_IT));
                    Manifest::default()
                }
                Err(error) => {
                    findings.push(finding("IMPORT_VALUE", Severity::Warning, name, error.to_string(), WRITE_IT));
                    Manifest::default()
                }
            }
        }
        Err(error) => {
            findings.push(finding("IMPORT_SYNTAX", Severity::Warning, name, error.to_string(), WRITE_IT));
            Manifest::default()
        }
    }
}

const WRITE_IT: &str = "nothing of the file is taken: correct it, or write a packhorse.toml";

fn parse(bytes: &[u8]) -> Result<Manifest, ManifestError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
        ManifestError::Syntax { line, message: "this is not UTF-8".to_owned() }
    })?;
    Manifest::parse(text)
}

fn missing<'a>(manifest: &'a Manifest, is_file: &'a dyn Fn(&str) -> bool) -> impl Iterator<Item = Finding> + 'a {
    manifest.config.iter().filter(|file| !is_file(&file.file)).map(|file| {
        let message = format!("{:?} is not a file of the package", file.file);
        let hint = "correct the path, which is relative to the top of the package, or add the file";
        finding("CONFIG_MISSING", Severity::Error, &format!("config.{}", file.file), message, hint)
    })
}

fn text_findings(path: &str, bytes: &[u8], kind: PackageKind, manifest: &Manifest) -> Vec<Finding> {
    let mut findings = Vec::new();
    if path.ends_with(".sh") && bytes.windows(2).any(|pair| pair == b"\r\n") {
        let line = bytes.iter().take_while(|b| **b != b'\r').filter(|b| **b == b'\n').count() + 1;
        let message = "its lines end as on Windows, and a shell takes the \\r for part of each command".to_owned();
        let place = format!("{path}:{line}");
        findings.push(finding("SCRIPT_CRLF", Severity::Warning, &place, message, "save it with the line ends of Unix"));
    }
    if let Some(language) = Language::of_path(path).filter(|_| path != manifest::FILE_NAME && !is_imported(path))
        && let Err(error) = language.check(bytes)
    {
        let severity = if kind == PackageKind::Config { Severity::Error } else { Severity::Warning };
        let place = format!("{path}:{}:{}", error.line, error.column);
        let message = format!("it is not {}: {}", language.as_str(), error.message);
        findings.push(finding("CONFIG_SYNTAX", severity, &place, message, "correct it, or give it another extension"));
    }
    findings.extend(variable_findings(path, bytes, kind, manifest));
    findings
}

fn is_imported(path: &str) -> bool {
    import::FILES.contains(&path) || import::COMPANIONS.contains(&path)
}

fn variable_findings(path: &str, bytes: &[u8], kind: PackageKind, manifest: &Manifest) -> Vec<Finding> {
    let prefixes = Prefixes::default();
    let is_rendered = kind == PackageKind::Config || manifest.render.iter().any(|rendered| rendered == path);
    let mut findings = Vec::new();
    for token in scan(bytes, &prefixes) {
        let place = format!("{path}:{}", token.line);
        let text = format!("[{}{}]", token.prefix, token.name());
        match token.doubt {
            // The plain prefixes are what the name of a variable is mistyped under.
            Some(doubt @ (Doubt::Name | Doubt::Brackets)) if is_rendered => {
                let message = format!("{text} stays as it is: {}", doubt.reason());
                findings.push(finding(
                    "VARIABLE_DOUBT",
                    Severity::Advice,
                    &place,
                    message,
                    "correct the name if a variable is meant",
                ));
            }
            None if !is_rendered && path != manifest::FILE_NAME => {
                let message = format!("{text} looks like a variable, and the file is not rendered");
                findings.push(finding(
                    "VARIABLE_UNRENDERED",
                    Severity::Advice,
                    &place,
                    message,
                    "list the file under render in packhorse.toml if it is one",
                ));
                // One is enough to say what the file needs.
                break;
            }
            _ => {}
        }
        if findings.len() >= MOST_FINDINGS {
            break;
        }
    }
    findings
}

fn finding(rule: &str, severity: Severity, place: &str, message: String, hint: &str) -> Finding {
    Finding { rule: rule.to_owned(), severity, place: place.to_owned(), message, hint: hint.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::{directory, file};

    fn judged(files: &[(&str, &str)]) -> String {
        let entries = files.iter().map(|(path, text)| file(path, text.as_bytes()));
        let folders = ["scripts", "conf"].into_iter().filter(|f| files.iter().any(|(path, _)| path.starts_with(f)));
        let tree = Tree::new(entries.chain(folders.map(directory)).collect()).unwrap();
        let texts = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        let inspection = inspect(&tree, &texts, &"shop".parse().unwrap(), None);
        let lines =
            inspection.findings.iter().map(|f| format!("{:?} {} {}: {}", f.severity, f.rule, f.place, f.message));
        format!("{}\n{}", inspection.kind.as_str(), lines.collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn config_packages_are_checked_by_syntax() {
        let manifest = "[[config]]\nfile='a.json'\ntarget='/etc/a.json'\n[[config]]\nfile='b'\ntarget='/etc/b'";
        insta::assert_snapshot!(judged(&[("packhorse.toml", manifest), ("a.json", "{\"a\": [@port],\n}")]), @r#"
        config
        Error CONFIG_MISSING config.b: "b" is not a file of the package
        Error CONFIG_SYNTAX a.json:2:1: it is not JSON: key must be a string
        "#);
    }

    #[test]
    fn text_of_file_packages_is_looked_at() {
        let files = [
            ("scripts/run.sh", "#!/bin/sh\r\n"),
            ("conf/shop.conf", "port=[@port]\n"),
            ("conf/log.xml", "<a p=\"[%t] %m\"/>"),
            ("packhorse.toml", "render = ['conf/x.yaml']"),
            ("conf/x.yaml", "a: '[@a b]'\n"),
        ];
        insta::assert_snapshot!(judged(&files), @r"
        file
        Advice NO_START : the package has no start command, so that a deployment only puts its files in place
        Advice VARIABLE_UNRENDERED conf/shop.conf:1: [@port] looks like a variable, and the file is not rendered
        Advice VARIABLE_DOUBT conf/x.yaml:1: [@a b] stays as it is: its name has characters that no variable's name has
        Warning SCRIPT_CRLF scripts/run.sh:1: its lines end as on Windows, and a shell takes the \r for part of each command
        ");
    }

    #[test]
    fn older_manifests_are_taken_over() {
        insta::assert_snapshot!(judged(&[("init.xml", "<base_info>\napp_name=\"a:1,2\"\n</base_info>\n")]), @r"
        file
        Advice IMPORT_TAKEN init.xml:2: the process a
        Advice NO_START : the package has no start command, so that a deployment only puts its files in place
        ");
        insta::assert_snapshot!(judged(&[("appspec.yml", "a: &b 1\nc: *b\n")]), @r"
        file
        Warning IMPORT_SYNTAX appspec.yml: appspec.yml, line 1, column 4: anchors and tags are not read
        Advice NO_START : the package has no start command, so that a deployment only puts its files in place
        ");
    }
}
