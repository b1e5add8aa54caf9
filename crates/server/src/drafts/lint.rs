//! What lint says of a draft: all of it, and not only the first.

use std::io::Read as _;

use packhorse_content::archive::{Fault, Refused};
use packhorse_content::ingest::payload;
use packhorse_content::{ContentSource, EntryKind, Tree};
use packhorse_model::VersionNumber;
use packhorse_model::api::drafts::Draft;
use packhorse_model::api::packages::{Finding, Severity};
use packhorse_model::lint::{self as rules, Found};
use packhorse_model::manifest::{self, Manifest, ManifestError};

use crate::error::ApiError;
use crate::objects::{Library, content_of};

/// Looks at a draft that is to be published under `version`. On a blocking thread.
pub(crate) fn lint(
    draft: &Draft,
    version: Option<&VersionNumber>,
    tree: &Result<Tree, Refused>,
    library: &Library,
) -> Result<Vec<Finding>, ApiError> {
    let mut findings: Vec<Finding> = version.map(rules::version).unwrap_or_default();
    let tree = match tree {
        Ok(tree) if tree.entries().is_empty() => return Ok(with(findings, &Fault::Empty.into())),
        Ok(tree) => tree,
        Err(refused) => return Ok(with(findings, refused)),
    };
    let number = version.map(ToString::to_string).unwrap_or_default();
    // As a push would: a folder that is named after the package wraps it.
    let unwrapped = match payload::detect(tree, draft.package.as_str(), &number) {
        None => None,
        Some(found) => match payload::unwrap(tree, &found) {
            Ok(tree) => Some(tree),
            Err(error) => return Ok(with(findings, &error.into())),
        },
    };
    let tree = unwrapped.as_ref().unwrap_or(tree);
    match manifest_of(tree, library)? {
        Err(error) => findings.push(rules::manifest_fault(&error)),
        Ok(manifest) => findings.extend(rules::content(&manifest, |path| found(tree, path))),
    }
    Ok(findings)
}

fn with(mut findings: Vec<Finding>, refused: &Refused) -> Vec<Finding> {
    findings.push(Finding {
        rule: refused.fault.code().to_owned(),
        severity: Severity::Error,
        place: refused.entry.clone().unwrap_or_default(),
        message: refused.to_string(),
        hint: refused.fault.hint().to_owned(),
    });
    findings
}

fn found(tree: &Tree, path: &str) -> Option<Found> {
    tree.get(path).map(|entry| match entry.kind {
        EntryKind::File { .. } => Found::File { is_executable: entry.mode & 0o111 != 0 },
        EntryKind::Symlink { .. } => Found::Link,
        EntryKind::Directory => Found::Folder,
    })
}

fn manifest_of(tree: &Tree, library: &Library) -> Result<Result<Manifest, ManifestError>, ApiError> {
    let wrong = |message: &str| Ok(Err(ManifestError::Syntax { line: 0, message: message.to_owned() }));
    let Some(entry) = tree.get(manifest::FILE_NAME) else { return Ok(Ok(Manifest::default())) };
    let EntryKind::File { size, digest } = &entry.kind else { return wrong("it is not a file") };
    if *size > manifest::MAX_BYTES as u64 {
        return Ok(Err(ManifestError::TooLarge));
    }
    let source = library.open(content_of(entry)).map_err(ApiError::internal)?;
    let mut text = Vec::new();
    let mut reader = source.read(digest, *size).map_err(ApiError::internal)?;
    reader.read_to_end(&mut text).map_err(ApiError::internal)?;
    match String::from_utf8(text) {
        Ok(text) => Ok(Manifest::parse(&text)),
        Err(_) => wrong("it is not UTF-8"),
    }
}
