//! The files below a directory, whose names are read as they are met: what is not meant is only counted.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::names::{Named, Names, Reading};

/// Files that one import may find.
pub(super) const MOST_FILES: usize = 100_000;

/// A file that is meant.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) path: PathBuf,
    pub(super) size: u64,
    pub(super) modified: Option<Timestamp>,
    /// What its name says, or why and what to do.
    pub(super) named: Result<Named, (String, &'static str)>,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// By path.
    pub(super) files: Vec<Candidate>,
    /// Files that are not meant.
    pub(super) others: u64,
    /// Places that could not be looked at.
    pub(super) unreadable: Vec<(PathBuf, io::Error)>,
    /// Whether the looking stopped at [`MOST_FILES`].
    pub(super) is_cut: bool,
}

/// Walks the tree. Symbolic links are not followed: what they lead to has a place of its own, or is none of this tree's.
pub(super) fn walk(top: &Path, names: &Names) -> io::Result<Found> {
    let mut found = Found::default();
    let mut open = vec![top.to_owned()];
    // The top must be readable; what is below may fail by itself.
    std::fs::read_dir(top)?;
    while let Some(folder) = open.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                found.unreadable.push((folder, error));
                continue;
            }
        };
        for entry in entries {
            let looked = entry.and_then(|entry| Ok((entry.path(), entry.metadata()?)));
            let (path, metadata) = match looked {
                Ok(looked) => looked,
                Err(error) => {
                    found.unreadable.push((folder.clone(), error));
                    continue;
                }
            };
            if metadata.is_dir() {
                open.push(path);
            } else if metadata.is_file() {
                take(&mut found, names, path, &metadata);
            }
            if found.files.len() > MOST_FILES {
                found.is_cut = true;
                return Ok(found);
            }
        }
    }
    found.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn take(found: &mut Found, names: &Names, path: PathBuf, metadata: &std::fs::Metadata) {
    let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let named = match names.read(&file_name) {
        Reading::Other => {
            found.others += 1;
            return;
        }
        Reading::Named(named) => Ok(named),
        Reading::Unclear { why, hint } => Err((why, hint)),
    };
    let modified = metadata.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
    found.files.push(Candidate { path, size: metadata.len(), modified, named });
}
