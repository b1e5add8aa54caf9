//! What a package says about itself, what is wrong with it, and which variables it has: one judgement for a push, a draft and a check
//! before either.
//!
//! How files are read is the caller's business ([`Files`]); which are, how many and how large is decided here. A file is in memory by itself.

mod config;
mod folder;
pub(crate) mod jar;
mod manifest;
mod review;
mod structure;
mod text;
mod variables;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;

use packhorse_model::api::packages::{Finding, Severity};
use packhorse_model::api::variables::{FoundVariable, MOST_KEPT};
use packhorse_model::filename::{ArchiveFormat, Packing};
use packhorse_model::lint::rules::{files, names};
use packhorse_model::lint::{self, Found, manifest_fault};
use packhorse_model::manifest::Manifest;
use packhorse_model::variables::Prefixes;
use packhorse_model::{PackageKind, PackageName, VersionNumber};

use crate::danger::RuleSet;
use crate::ingest::payload::Payload;
use crate::syntax;
use crate::tree::{Entry, EntryKind, Tree};

pub use config::check as check_config;
pub use folder::read as read_folder;
pub use review::files as file_paths;

/// The most files that are looked into for their text alone.
const MOST_FILES: usize = 2_000;
/// The most bytes that are looked into for their text alone.
const MOST_BYTES: u64 = 32 << 20;
/// The most findings of one package; those that refuse it are kept first.
const MOST_FINDINGS: usize = 200;

/// What is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The files, from the top of the package.
    pub tree: &'a Tree,
    /// The folder that they were in.
    pub payload: Option<&'a Payload>,
    /// The package, if it is known.
    pub package: Option<&'a PackageName>,
    /// The version, if it is known.
    pub version: Option<&'a VersionNumber>,
    /// What the package is said to carry, if anybody says it.
    pub kind: Option<PackageKind>,
    /// How it is packed, if it is.
    pub format: Option<ArchiveFormat>,
    /// Of a jar or war, its `META-INF/MANIFEST.MF`.
    pub jar_manifest: Option<&'a [u8]>,
}

/// The files of a package, wherever they are.
pub trait Files {
    /// Gives the bytes of each of these entries, which are files of the package, once and in any order.
    ///
    /// # Errors
    /// If they cannot be read.
    fn each(&mut self, wanted: &[&Entry], take: &mut dyn FnMut(&Entry, &[u8])) -> io::Result<()>;
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// What the package says, with what was found by convention, and with the files that its variables replace.
    pub manifest: Manifest,
    /// The kind that it is said to be, or says.
    pub kind: PackageKind,
    /// What is wrong or should be better, the worst first.
    pub findings: Vec<Finding>,
    /// Variables, and what looks like one, by path and line; [`MOST_KEPT`] at most.
    pub variables: Vec<FoundVariable>,
}

/// Looks into a package. `rules` are the danger rules.
///
/// # Errors
/// As `files` does. What is wrong with the package is no error, but a finding.
pub fn inspect(subject: &Subject<'_>, rules: &RuleSet, files: &mut dyn Files) -> io::Result<Inspection> {
    if let Some(Packing::PackedZip | Packing::OneFile) = subject.format.map(ArchiveFormat::packing) {
        // A package by itself, kept packed: there is no place for anything else to be said.
        let mut manifest = Manifest::default();
        jar::fill(&mut manifest, subject.jar_manifest.unwrap_or_default());
        let kind = subject.kind.unwrap_or(PackageKind::File);
        return Ok(Inspection { manifest, kind, findings: Vec::new(), variables: Vec::new() });
    }
    let tree = subject.tree;
    let manifest::Said { mut manifest, file, mut findings } = manifest::read(tree, files)?;
    // Of a manifest that cannot be read nobody knows what it says, and what it lacks.
    let is_readable = findings.iter().all(|finding| finding.severity < Severity::Error);
    let said = subject.package.map_or_else(|| manifest.said_kind(), |package| manifest.kind(package));
    let kind = subject.kind.unwrap_or(said);
    findings.extend(manifest.check_kind(kind).err().map(|error| manifest_fault(&error)));
    if is_readable {
        findings.extend(lint::content(&manifest, kind, &|path| found(tree, path)));
    }
    if kind == PackageKind::File {
        findings.extend(structure::findings(tree, subject.payload, &manifest));
        manifest.fill_by_convention(|path| matches!(found(tree, path), Some(Found::File { .. })));
        findings.extend(structure::modes(tree, &manifest));
    }
    findings.extend(database_name(subject.package, kind));
    findings.extend(review::structure(tree, kind, subject.version, &manifest));
    // What another system's manifest says wrongly is wrong there.
    for place in findings.iter_mut().filter_map(|finding| finding.place.as_mut()) {
        if place.path == packhorse_model::manifest::FILE_NAME {
            file.clone_into(&mut place.path);
        }
    }
    let mut variables = Vec::new();
    let prefixes = &manifest.variables.prefixes;
    read_files(&looks(tree, kind, &manifest), rules, files, kind, prefixes, &mut findings, &mut variables)?;
    variables.sort_by(|a, b| (&a.path, a.line, a.column).cmp(&(&b.path, b.line, b.column)));
    findings.extend(variables::settle(tree, &variables, &mut manifest));
    keep_worst(&mut findings);
    Ok(Inspection { manifest, kind, findings, variables })
}

/// Sorts findings, the worst first, and leaves out what is too many.
fn keep_worst(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| (Reverse(a.severity), &a.place, &a.rule).cmp(&(Reverse(b.severity), &b.place, &b.rule)));
    findings.truncate(MOST_FINDINGS);
}

/// What lies at a path.
fn found(tree: &Tree, path: &str) -> Option<Found> {
    let entry = tree.get(path)?;
    Some(match entry.kind {
        EntryKind::File { .. } => Found::File { is_executable: entry.mode & 0o111 != 0 },
        EntryKind::Symlink { .. } => Found::Link,
        EntryKind::Directory => Found::Folder,
    })
}

fn database_name(package: Option<&PackageName>, kind: PackageKind) -> Option<Finding> {
    let package = package.filter(|package| kind == PackageKind::Database && !package.is_database())?;
    Some(names::NAME_DB.broken(format!("{package} is a database package, and its name does not end in -db")))
}

/// A file that is read, and what for.
struct Look<'a> {
    entry: &'a Entry,
    text: Option<text::Role>,
    review: Option<review::Role>,
}

/// The files that are read, by path.
fn looks<'a>(tree: &'a Tree, kind: PackageKind, manifest: &Manifest) -> BTreeMap<&'a str, Look<'a>> {
    let reviewed = review::wanted(tree, kind, manifest);
    let reviewed = reviewed.into_iter().map(|(entry, role)| Look { entry, text: None, review: Some(role) });
    let mut looks: BTreeMap<&str, Look<'_>> = reviewed.map(|look| (look.entry.path.as_str(), look)).collect();
    let mut bytes = 0;
    for (entry, role) in
        tree.iter().filter_map(|entry| Some((entry, text_role(entry, kind, manifest)?))).take(MOST_FILES)
    {
        bytes += size(entry);
        if bytes > MOST_BYTES {
            break;
        }
        let look = looks.entry(entry.path.as_str()).or_insert(Look { entry, text: None, review: None });
        look.text = Some(role);
    }
    looks
}

/// How a file is looked at as text, if it is.
fn text_role(entry: &Entry, kind: PackageKind, manifest: &Manifest) -> Option<text::Role> {
    let path = entry.path.as_str();
    if !matches!(entry.kind, EntryKind::File { size, .. } if size <= syntax::MAX_BYTES as u64)
        || text::is_manifest(path)
    {
        return None;
    }
    let is_config = kind == PackageKind::Config && manifest.config.iter().any(|file| file.file == path);
    if is_config || manifest.render.iter().any(|rendered| rendered == path) {
        return Some(text::Role::Rendered);
    }
    text::is_text(path).then_some(text::Role::Kept)
}

fn read_files(
    looks: &BTreeMap<&str, Look<'_>>,
    rules: &RuleSet,
    files: &mut dyn Files,
    kind: PackageKind,
    prefixes: &Prefixes,
    findings: &mut Vec<Finding>,
    variables: &mut Vec<FoundVariable>,
) -> io::Result<()> {
    let mut is_cut = false;
    let entries: Vec<&Entry> = looks.values().map(|look| look.entry).collect();
    files.each(&entries, &mut |entry, bytes| {
        let path = entry.path.as_str();
        let Some(look) = looks.get(path) else { return };
        if let Some(role) = look.review {
            review::file(rules, path, role, bytes, findings);
        }
        if let Some(role) = look.text {
            findings.extend(text::findings(path, bytes, kind, role, prefixes));
            let room = MOST_KEPT - variables.len();
            let mut found = text::found(path, bytes, prefixes);
            variables.extend(found.by_ref().take(room));
            is_cut |= found.next().is_some();
        }
        if findings.len() > 4 * MOST_FINDINGS {
            keep_worst(findings);
        }
    })?;
    if is_cut {
        let message =
            format!("the package has more than {MOST_KEPT} variables, and the list of the version ends there");
        findings.push(self::files::VARIABLES_MANY.broken(message));
    }
    Ok(())
}

/// The bytes of a file; none of anything else.
fn size(entry: &Entry) -> u64 {
    match entry.kind {
        EntryKind::File { size, .. } => size,
        EntryKind::Directory | EntryKind::Symlink { .. } => 0,
    }
}

#[cfg(test)]
mod tests;
