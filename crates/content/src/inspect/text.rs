//! What is wrong with a file that is read as text: line ends and marks of scripts, the syntax of configuration, variables that are none.

use packhorse_model::PackageKind;
use packhorse_model::api::Place;
use packhorse_model::api::packages::{Finding, Severity};
use packhorse_model::api::variables::FoundVariable;
use packhorse_model::lint::rules::files;
use packhorse_model::manifest;
use packhorse_model::syntax::ConfigLanguage;
use packhorse_model::variables::{Doubt, Prefixes, Token, scan};

use crate::import;
use crate::syntax::{self, SyntaxError};
use crate::text::columns;

/// The mark with which Windows' editors begin UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";
/// The most findings of one file.
const MOST_FINDINGS: usize = 50;

/// Whether a file is looked at as text, by its name alone.
pub(super) fn is_text(path: &str) -> bool {
    const ENDS: [&str; 8] = [".sh", ".conf", ".cfg", ".cnf", ".env", ".tmpl", ".sql", ".txt"];
    ConfigLanguage::of_path(path).is_some() || ENDS.iter().any(|end| path.ends_with(end)) || path.starts_with("conf/")
}

/// Whether a file is one that a manifest is read from. It is looked at there.
pub(super) fn is_manifest(path: &str) -> bool {
    path == manifest::FILE_NAME || import::FILES.contains(&path) || import::COMPANIONS.contains(&path)
}

/// How a file is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Its variables are replaced on the hosts.
    Rendered,
    /// It stays as it is.
    Kept,
}

/// What is wrong with the text of a file in a package of this kind, whose variables begin with `prefixes`.
pub(super) fn findings(path: &str, bytes: &[u8], kind: PackageKind, role: Role, prefixes: &Prefixes) -> Vec<Finding> {
    let mut findings = Vec::new();
    if path.ends_with(".sh") {
        findings.extend(shell(path, bytes));
    }
    let language = ConfigLanguage::of_path(path);
    if let Some(error) = language.and_then(|language| syntax_fault(path, language, bytes, prefixes)) {
        // Configuration is all that a config package carries.
        let severity = if kind == PackageKind::Config { Severity::Error } else { Severity::Warning };
        findings.push(Finding { severity, ..error });
    }
    findings.extend(variables(path, bytes, role, prefixes));
    findings
}

fn shell<'a>(path: &'a str, bytes: &[u8]) -> impl Iterator<Item = Finding> + use<'a> {
    let bom = bytes.starts_with(BOM).then(|| {
        let message = "it begins with a byte order mark, so that its first line names no interpreter";
        files::SCRIPT_BOM.at(Place::line(path, 1), message)
    });
    let crlf = memchr::memmem::find(bytes, b"\r\n").map(|at| {
        let line = memchr::memchr_iter(b'\n', &bytes[..at]).count() + 1;
        let message = "its lines end as on Windows, and a shell takes the \\r for part of each command";
        files::SCRIPT_CRLF.at(Place::line(path, line), message)
    });
    bom.into_iter().chain(crlf)
}

/// Where a file stops being of a language, if it does.
pub(super) fn syntax_fault(path: &str, language: ConfigLanguage, bytes: &[u8], prefixes: &Prefixes) -> Option<Finding> {
    let SyntaxError { line, column, message } = syntax::check(language, bytes, prefixes).err()?;
    let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
    let place = Place::column(path, number(line), number(column));
    Some(files::CONFIG_SYNTAX.at(place, format!("it is not {}: {message}", language.as_str())))
}

fn variables(path: &str, bytes: &[u8], role: Role, prefixes: &Prefixes) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut places = Places::default();
    for token in scan(bytes, prefixes) {
        let text = format!("[{}{}]", token.prefix, token.name());
        match (token.doubt, role) {
            // The plain prefixes are what the name of a variable is mistyped under.
            (Some(doubt @ (Doubt::Name | Doubt::Brackets)), Role::Rendered) => {
                let message = format!("{text} stays as it is: {}", doubt.reason());
                findings.push(files::VARIABLE_DOUBT.at(places.of(path, bytes, &token), message));
            }
            (None, Role::Kept) => {
                let message = format!("{text} looks like a variable, and the file is not rendered");
                findings.push(files::VARIABLE_UNRENDERED.at(places.of(path, bytes, &token), message));
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

/// The variables of a file, and what looks like one.
pub(super) fn found<'a>(
    path: &'a str,
    bytes: &'a [u8],
    prefixes: &'a Prefixes,
) -> impl Iterator<Item = FoundVariable> + 'a {
    let mut places = Places::default();
    scan(bytes, prefixes).map(move |token| {
        let Place { line, column, .. } = places.of("", bytes, &token);
        FoundVariable {
            path: path.to_owned(),
            line: line.unwrap_or(1),
            column: column.unwrap_or(1),
            length: u32::try_from(columns(&bytes[token.at..token.at + token.len])).unwrap_or(u32::MAX),
            prefix: token.prefix,
            kind: token.kind,
            name: token.name(),
            doubt: token.doubt.map(Into::into),
        }
    })
}

/// Finds the columns of tokens that come one after the other, each line looked through once.
#[derive(Default)]
struct Places {
    line: usize,
    /// Where the columns were counted up to.
    at: usize,
    columns: usize,
}

impl Places {
    fn of(&mut self, path: &str, bytes: &[u8], token: &Token<'_>) -> Place {
        if token.line != self.line {
            let before = &bytes[..token.at];
            self.at = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
            (self.line, self.columns) = (token.line, 0);
        }
        self.columns += columns(&bytes[self.at..token.at]);
        self.at = token.at;
        let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
        Place::column(path, number(token.line), number(self.columns + 1))
    }
}
