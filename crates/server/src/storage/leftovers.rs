//! Files that nothing will ever use: halves that a killed server left, and transfers of trees that no version has any more.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use packhorse_model::Digest;
use packhorse_store::versions;

use crate::app::App;

/// Whatever is being written is younger than this.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How deep folders of objects lie in each other: `packs/ab/…`, `archives/incoming/…`.
const DEPTH: u32 = 3;

/// Removes them.
pub(super) async fn sweep(app: &App) -> io::Result<()> {
    let before = app.clock.now().saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
    let (objects, cache) = (app.config.data.join("objects"), app.config.data.join("cache/transfers"));
    let folder = cache.clone();
    let listed = tokio::task::spawn_blocking(move || {
        remove_halves(&objects, DEPTH, before)?;
        remove_halves(&folder, 1, before)?;
        transfers(&folder)
    });
    let mut transfers = listed.await.map_err(io::Error::other)??;
    let trees: Vec<Digest> = transfers.keys().copied().collect();
    let mut reader = app.store.read().await.map_err(io::Error::other)?;
    let known = versions::known_trees(&mut reader, &trees).await.map_err(io::Error::other)?;
    drop(reader);
    let known: BTreeSet<Digest> = known.into_iter().collect();
    transfers.retain(|tree, _| !known.contains(tree));
    let removed = tokio::task::spawn_blocking(move || transfers.values().flatten().try_for_each(|path| remove(path)));
    removed.await.map_err(io::Error::other)?
}

/// Whether a file is one that was still being written: the object store writes `NAME#1`, an archive comes in under `incoming`, and a transfer
/// is made as `.tmp…`.
fn is_half(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let is_numbered = name
        .rsplit_once('#')
        .is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()));
    let is_incoming = path.parent().is_some_and(|folder| folder.ends_with("archives/incoming"));
    is_numbered || is_incoming || name.starts_with(".tmp")
}

fn remove_halves(folder: &Path, depth: u32, before: Timestamp) -> io::Result<()> {
    for entry in entries(folder)? {
        let entry = entry?;
        let path = entry.path();
        let about = match entry.metadata() {
            Ok(about) => about,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        if about.is_dir() && depth > 1 {
            remove_halves(&path, depth - 1, before)?;
        } else if about.is_file() && is_half(&path) {
            let written = Timestamp::try_from(about.modified()?).map_err(io::Error::other)?;
            if written < before {
                remove(&path)?;
            }
        }
    }
    Ok(())
}

/// Transfers by the tree that they lead to.
fn transfers(folder: &Path) -> io::Result<BTreeMap<Digest, Vec<PathBuf>>> {
    let mut found: BTreeMap<Digest, Vec<PathBuf>> = BTreeMap::new();
    for entry in entries(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some(tree) = name.split('.').next().and_then(|tree| tree.parse().ok()) {
            found.entry(tree).or_default().push(path);
        }
    }
    Ok(found)
}

/// What a folder holds; one that is not there holds nothing.
fn entries(folder: &Path) -> io::Result<impl Iterator<Item = io::Result<fs::DirEntry>>> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(Some(entries).into_iter().flatten()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None.into_iter().flatten()),
        Err(error) => Err(error),
    }
}

/// Removes a file; one that is gone already is fine.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_halves_are_halves() {
        for half in ["packs/ab/abcd.pack#1", "archives/incoming/01h", "cache/transfers/.tmpX1"] {
            assert!(is_half(Path::new(half)), "{half}");
        }
        for whole in ["packs/ab/abcd.pack", "archives/ab/abcd", "a#b", "a#", "transfers/abcd.full.1"] {
            assert!(!is_half(Path::new(whole)), "{whole}");
        }
    }

    #[test]
    fn what_is_young_or_whole_stays() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("packs/ab")).unwrap();
        for name in ["packs/ab/x.pack", "packs/ab/x.pack#1"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let left = || fs::read_dir(folder.path().join("packs/ab")).unwrap().count();
        remove_halves(folder.path(), DEPTH, Timestamp::MIN).unwrap();
        assert_eq!(left(), 2);
        remove_halves(folder.path(), DEPTH, Timestamp::MAX).unwrap();
        assert_eq!(left(), 1);
        remove_halves(&folder.path().join("nothing"), DEPTH, Timestamp::MAX).unwrap();
    }
}
