//! `packhorse package lint`.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use clap::Args;
use packhorse_content::archive::{self, ArchiveError, Contents, Limits, Refused};
use packhorse_content::ingest::payload;
use packhorse_content::{EntryKind, Tree, sql};
use packhorse_model::api::packages::{Finding, Severity};
use packhorse_model::filename::{ArchiveFormat, FileName, FileNameError};
use packhorse_model::lint::{self, Found};
use packhorse_model::manifest::{self, Manifest};
use packhorse_model::{PackageName, VersionNumber};
use serde::Serialize;

use super::review;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Style, count, harmless};

/// No manifest has more.
const MANIFEST_BYTES: u64 = manifest::MAX_BYTES as u64;

/// Say everything that is wrong with an archive, without pushing it
///
/// Reads the archive as the server would, and says by rule what refuses it, what should be better, and what to do. Needs no
/// server. Exits with 1 if anything refuses it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package lint shop-web_1.0.0_20261101001.tar.gz
  packhorse package lint build.zip --name shop-web --version 1.0.0 -o json")]
pub(crate) struct Lint {
    /// The archive
    file: PathBuf,
    /// The package, if the file name does not say it
    #[arg(long, requires = "version")]
    name: Option<PackageName>,
    /// The version, if the file name does not say it
    #[arg(long, requires = "name")]
    version: Option<VersionNumber>,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Verdict {
    file: String,
    package: Option<PackageName>,
    version: Option<VersionNumber>,
    findings: Vec<Finding>,
}

impl Lint {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let file = File::open(&self.file).map_err(|error| CommandError::file("read", &self.file, &error))?;
        let verdict = self.judge(&file)?;
        let is_refused = verdict.findings.iter().any(|finding| finding.severity == Severity::Error);
        context.printer.data(&verdict, || text(&verdict, context.printer.style()))?;
        Ok(if is_refused { Exit::Failed } else { Exit::Done })
    }

    fn judge(&self, file: &File) -> Result<Verdict, CommandError> {
        let file_name = self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut findings = Vec::new();
        let (package, version) = match (&self.name, &self.version) {
            (Some(package), Some(version)) => {
                findings.extend(lint::version(version));
                (Some(package.clone()), Some(version.clone()))
            }
            _ => match FileName::parse(&file_name) {
                Ok(name) => {
                    findings.extend(lint::file_name(&name));
                    (Some(name.package), Some(name.version))
                }
                Err(error @ FileNameError::Form { .. }) => {
                    findings.push(lint::file_name_fault(&error));
                    (None, None)
                }
                // Said below, for whatever the name is otherwise.
                Err(FileNameError::Extension { .. }) => (None, None),
            },
        };
        match ArchiveFormat::of_file_name(&file_name) {
            Some((_, format)) => {
                findings.extend(self.judge_content(file, format, package.as_ref(), version.as_ref())?);
            }
            None => findings.push(lint::file_name_fault(&FileNameError::Extension { file_name: file_name.clone() })),
        }
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        Ok(Verdict { file: file_name, package, version, findings })
    }

    fn judge_content(
        &self,
        file: &File,
        format: ArchiveFormat,
        package: Option<&PackageName>,
        version: Option<&VersionNumber>,
    ) -> Result<Vec<Finding>, CommandError> {
        let contents = match archive::check(self.again(file)?, format, Limits::default()) {
            Ok(contents) => contents,
            Err(ArchiveError::Refused(refused)) => return Ok(vec![refusal(&refused)]),
            Err(ArchiveError::Io(error)) => return Err(CommandError::file("read", &self.file, &error)),
        };
        if matches!(format, ArchiveFormat::Jar | ArchiveFormat::War) {
            // A package by itself, kept packed: there is no place for a manifest.
            return Ok(Vec::new());
        }
        let payload = package
            .zip(version)
            .and_then(|(package, version)| payload::detect(&contents.tree, package.as_str(), version.as_str()));
        let folder = payload.as_ref().map(|payload| payload.folder.to_string());
        let within = |path: &str| folder.as_ref().map_or(path.to_owned(), |folder| format!("{folder}/{path}"));
        let manifest = match self.manifest(file, format, &contents, &within(manifest::FILE_NAME))? {
            Ok(manifest) => manifest,
            Err(finding) => return Ok(vec![finding]),
        };
        let mut findings = lint::content(&manifest, |path| found(&contents.tree, &within(path)));
        if let (Some(package), Some(version)) = (package, version) {
            let kind = manifest.kind(package);
            let read = |path: &str| {
                let again = self.again(file)?;
                archive::read_file(again, format, Limits::default(), &contents, &within(path), sql::MAX_FILE_BYTES)
                    .map_err(|error| {
                        CommandError::failed(error.to_string()).hinted("the file changed while it was read")
                    })
            };
            let inner = payload.as_ref().and_then(|payload| payload::unwrap(&contents.tree, payload).ok());
            let tree = inner.as_ref().unwrap_or(&contents.tree);
            findings.extend(review::review(tree, kind, version, &manifest, read)?);
        }
        Ok(findings)
    }

    /// The manifest at `path`, an empty one if there is none, or what is wrong with it.
    fn manifest(
        &self,
        file: &File,
        format: ArchiveFormat,
        contents: &Contents,
        path: &str,
    ) -> Result<Result<Manifest, Finding>, CommandError> {
        if contents.tree.get(path).is_none() {
            return Ok(Ok(Manifest::default()));
        }
        let archive = self.again(file)?;
        let bytes = archive::read_file(archive, format, Limits::default(), contents, path, MANIFEST_BYTES)
            .map_err(|error| CommandError::failed(error.to_string()).hinted("the file changed while it was read"))?;
        let error = match bytes.map(String::from_utf8) {
            None => manifest::ManifestError::TooLarge,
            Some(Ok(text)) => match Manifest::parse(&text) {
                Ok(manifest) => return Ok(Ok(manifest)),
                Err(error) => error,
            },
            Some(Err(error)) => {
                let line =
                    error.as_bytes().iter().take(error.utf8_error().valid_up_to()).filter(|b| **b == b'\n').count();
                manifest::ManifestError::Syntax { line: line + 1, message: "this is not UTF-8".to_owned() }
            }
        };
        Ok(Err(lint::manifest_fault(&error)))
    }

    /// The file from its beginning, even if another file has its name by now.
    fn again(&self, file: &File) -> Result<File, CommandError> {
        let failed = |error| CommandError::file("read", &self.file, &error);
        let mut file = file.try_clone().map_err(failed)?;
        io::Seek::rewind(&mut file).map_err(failed)?;
        Ok(file)
    }
}

fn refusal(refused: &Refused) -> Finding {
    Finding {
        rule: refused.fault.code().to_owned(),
        severity: Severity::Error,
        place: refused.entry.clone().unwrap_or_default(),
        message: refused.fault.to_string(),
        hint: refused.fault.hint().to_owned(),
    }
}

fn found(tree: &Tree, path: &str) -> Option<Found> {
    let entry = tree.get(path)?;
    Some(match entry.kind {
        EntryKind::File { .. } => Found::File { is_executable: entry.mode & 0o111 != 0 },
        EntryKind::Symlink { .. } => Found::Link,
        EntryKind::Directory => Found::Folder,
    })
}

fn text(verdict: &Verdict, style: Style) -> String {
    let Verdict { file, findings, .. } = verdict;
    let number = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let file = harmless(file);
    if findings.is_empty() {
        return format!("{file}: nothing to complain about\n");
    }
    let counts = [
        (number(Severity::Error), count(number(Severity::Error), "error")),
        (number(Severity::Warning), count(number(Severity::Warning), "warning")),
        (number(Severity::Advice), format!("{} advice", number(Severity::Advice))),
    ];
    let counts: Vec<String> = counts.into_iter().filter(|(number, _)| *number > 0).map(|(_, text)| text).collect();
    let title = format!("{file}: {}", counts.join(", "));
    let mut text = style.bold(&title) + "\n";
    for finding in findings {
        let severity = match finding.severity {
            Severity::Error => style.red("error  "),
            Severity::Warning => style.yellow("warning"),
            Severity::Advice => "advice ".to_owned(),
        };
        let place = if finding.place.is_empty() { String::new() } else { format!("{}: ", harmless(&finding.place)) };
        text.push_str(&format!("{severity}  {}  {place}{}\n", finding.rule, harmless(&finding.message)));
        text.push_str(&format!("         {}\n", style.dim(&format!("hint: {}", harmless(&finding.hint)))));
    }
    text
}
