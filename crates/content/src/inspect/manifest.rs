//! What a package says about itself: `packhorse.toml`, or else the manifest of another system.

use std::collections::BTreeMap;
use std::io;

use packhorse_model::api::Place;
use packhorse_model::api::packages::Finding;
use packhorse_model::lint::manifest_fault;
use packhorse_model::lint::rules::packages;
use packhorse_model::manifest::{FILE_NAME, MAX_BYTES, Manifest, ManifestError};

use super::Files;
use crate::import::{self, Imported};
use crate::syntax;
use crate::tree::{Entry, EntryKind, Tree};

/// A manifest, and where it was said.
pub(super) struct Said {
    pub(super) manifest: Manifest,
    /// The file that says it; `packhorse.toml` if none does.
    pub(super) file: &'static str,
    pub(super) findings: Vec<Finding>,
}

/// Reads the manifest of a package. One that cannot be read is as good as none, and is told.
pub(super) fn read(tree: &Tree, files: &mut dyn Files) -> io::Result<Said> {
    let said = |manifest, findings| Said { manifest, file: FILE_NAME, findings };
    match tree.get(FILE_NAME) {
        Some(entry) => Ok(match own(entry, files)? {
            Ok(manifest) => said(manifest, Vec::new()),
            Err(error) => said(Manifest::default(), vec![manifest_fault(&error)]),
        }),
        None => match import::FILES.into_iter().find(|name| size(tree, name).is_some()) {
            Some(name) => imported(name, tree, files),
            None => Ok(said(Manifest::default(), Vec::new())),
        },
    }
}

fn own(entry: &Entry, files: &mut dyn Files) -> io::Result<Result<Manifest, ManifestError>> {
    let syntax = |line, message: &str| Err(ManifestError::Syntax { line, message: message.to_owned() });
    let EntryKind::File { size, .. } = entry.kind else { return Ok(syntax(0, "it is not a file")) };
    if size > MAX_BYTES as u64 {
        return Ok(Err(ManifestError::TooLarge));
    }
    let mut text = Vec::new();
    files.each(&[entry], &mut |_, bytes| text.extend_from_slice(bytes))?;
    Ok(match String::from_utf8(text) {
        Ok(text) => Manifest::parse(&text),
        Err(error) => {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            syntax(memchr::memchr_iter(b'\n', valid).count() + 1, "this is not UTF-8")
        }
    })
}

fn imported(name: &'static str, tree: &Tree, files: &mut dyn Files) -> io::Result<Said> {
    let is_small = |path: &&str| size(tree, path).is_some_and(|size| size <= syntax::MAX_BYTES as u64);
    let wanted = std::iter::once(name).chain(import::COMPANIONS).filter(is_small);
    let entries: Vec<&Entry> = wanted.filter_map(|path| tree.get(path)).collect();
    let mut texts = BTreeMap::new();
    files.each(&entries, &mut |entry, bytes| {
        texts.insert(entry.path.as_str().to_owned(), bytes.to_vec());
    })?;
    let left = |rule: &packhorse_model::lint::Rule, message: String| Said {
        manifest: Manifest::default(),
        file: name,
        findings: vec![rule.at(Place::of(name), message)],
    };
    if size(tree, name).is_some_and(|size| size > syntax::MAX_BYTES as u64) {
        return Ok(left(&packages::IMPORT_SYNTAX, import::ImportError::TooLarge(name.to_owned()).to_string()));
    }
    let Imported { manifest, findings } = match import::import(name, &texts, &|path| size(tree, path).is_some()) {
        Ok(imported) => imported,
        Err(error) => return Ok(left(&packages::IMPORT_SYNTAX, error.to_string())),
    };
    // What an older system wrote may still be nothing that we can mean.
    let again = manifest.to_toml().map(|text| Manifest::parse(&text).map_err(|error| error.to_string()));
    Ok(match again {
        Ok(Ok(manifest)) => Said { manifest, file: name, findings },
        Ok(Err(message)) => left(&packages::IMPORT_VALUE, message),
        Err(error) => left(&packages::IMPORT_VALUE, error.to_string()),
    })
}

/// The size of the file at a path, if there is one.
fn size(tree: &Tree, path: &str) -> Option<u64> {
    match tree.get(path)?.kind {
        EntryKind::File { size, .. } => Some(size),
        EntryKind::Directory | EntryKind::Symlink { .. } => None,
    }
}
