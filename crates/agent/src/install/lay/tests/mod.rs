//! Files laid, taken back and given up, with every change cut short at each of its writes.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use packhorse_content::{Entry, EntryKind, EntryPath, LinkTarget, Tree, digest_of};
use packhorse_model::Layout;
use packhorse_model::ids::{AttemptId, Identifier as _};
use packhorse_model::manifest::{ConfigFile, Manifest};
use packhorse_model::order::Release;
use packhorse_planner::host::Arrangement;

use super::*;
use crate::install::{Held, Record, RenderedFile, Site, TREES};
use crate::paths::Paths;

mod config;
mod overwrite;

thread_local! {
    /// So many writes happen until the change is cut short.
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
}

pub(super) fn cut() -> io::Result<()> {
    LEFT.with(|left| match left.get() {
        0 => Err(io::Error::other("cut short")),
        usize::MAX => Ok(()),
        more => {
            left.set(more - 1);
            Ok(())
        }
    })
}

/// What lies somewhere: `755/`, `644 bytes`, `-> target`.
type Content = BTreeMap<String, String>;

/// A host with one install root.
struct Host {
    folder: tempfile::TempDir,
    site: Site,
    record: Record,
    arrangement: Arrangement,
    attempts: u128,
}

const ROOT: &str = "/data/app/shop";

impl Host {
    fn new(arrangement: Arrangement) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let site = Site::ensure(&Paths::below(folder.path()), ROOT, &"shop".parse().unwrap()).unwrap();
        let record = site.record().unwrap();
        Self { folder, site, record, arrangement, attempts: 0 }
    }

    fn path(&self, path: &str) -> PathBuf {
        match self.arrangement {
            Arrangement::Config => self.folder.path().join(path),
            _ => self.site.path().join(path),
        }
    }

    fn put(&self, path: &str, content: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if let Some(target) = content.strip_prefix("-> ") {
            symlink(target, path).unwrap();
            return;
        }
        let (mode, bytes) = content.split_once(' ').unwrap();
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(u32::from_str_radix(mode, 8).unwrap())).unwrap();
    }

    fn ground(&self) -> Ground {
        Ground::open(&Paths::below(self.folder.path()), &self.site, self.arrangement).unwrap()
    }

    /// Puts a version where versions lie.
    fn hold(&self, version: &str, files: &[(&str, &str)], manifest: Manifest) -> Held {
        let directory = format!("shop_{version}");
        let at = self.site.path_of(self.arrangement, &directory);
        self.site.versions(self.arrangement).unwrap().ensure_folder(&directory).unwrap();
        let mut entries = BTreeMap::new();
        let mut rendered = BTreeMap::new();
        for (path, content) in files {
            let entry = EntryPath::new(path).unwrap();
            for folder in entry.ancestors() {
                fs::create_dir_all(at.join(folder.as_str())).unwrap();
                let kind = EntryKind::Directory;
                entries.insert(folder.to_string(), Entry { path: folder, mode: 0o755, kind });
            }
            let entry = if let Some(target) = content.strip_prefix("-> ") {
                let kind = EntryKind::Symlink { target: LinkTarget::new(target).unwrap() };
                Entry { path: entry, mode: 0o777, kind }
            } else if *content == "/" {
                Entry { path: entry, mode: 0o755, kind: EntryKind::Directory }
            } else {
                let (mode, bytes) = content.split_once(' ').unwrap();
                fs::write(at.join(path), bytes).unwrap();
                let (digest, mode) = (digest_of(bytes.as_bytes()), u16::from_str_radix(mode, 8).unwrap());
                if manifest.rendered().contains(path) {
                    rendered.insert((*path).to_owned(), RenderedFile { content: digest, mode });
                }
                Entry { path: entry, mode, kind: EntryKind::File { size: bytes.len() as u64, digest } }
            };
            entries.insert((*path).to_owned(), entry);
        }
        let tree = Tree::new(entries.into_values().collect()).unwrap();
        self.site.keep(TREES, &tree.digest(), &tree.to_bytes()).unwrap();
        let release =
            Release { version: version.parse().unwrap(), tree: tree.digest(), size: 1, manifest, rendering: None };
        Held { release, directory, variables: BTreeMap::new(), rendered }
    }

    fn overwriting(&self, version: &str, files: &[(&str, &str)]) -> Held {
        self.hold(version, files, Manifest { layout: Some(Layout::Overwrite), ..Manifest::default() })
    }

    fn aim<'a>(&'a self, attempt: AttemptId, to: &'a Held) -> Aim<'a> {
        let current = self.record.current.as_ref();
        Aim { attempt, from: current.map(|current| &current.release), current, to }
    }

    fn attempt(&mut self) -> AttemptId {
        self.attempts += 1;
        AttemptId::from_parts(jiff::Timestamp::UNIX_EPOCH, self.attempts)
    }

    fn last_attempt(&self) -> AttemptId {
        AttemptId::from_parts(jiff::Timestamp::UNIX_EPOCH, self.attempts)
    }

    /// Composes what leads to a version, and writes it down.
    fn begin(&mut self, to: &Held) -> (AttemptId, Change) {
        let attempt = self.attempt();
        let change = compose(&self.ground(), &self.site, &self.aim(attempt, to)).unwrap();
        self.record_change(attempt, &change);
        (attempt, change)
    }

    fn record_change(&self, attempt: AttemptId, change: &Change) {
        self.site.save_change(attempt, change).unwrap();
        sweep(&self.ground(), &self.site, attempt).unwrap();
        self.site.forget_changes(Some(attempt)).unwrap();
    }

    fn write(
        &self,
        attempt: AttemptId,
        change: &Change,
        to: Option<&Held>,
    ) -> Result<Written, crate::install::SiteError> {
        let moves = paths(change.moves.clone()).unwrap();
        let version = to.map(|to| self.site.versions(self.arrangement).unwrap().folder(&to.directory).unwrap());
        let wanted = moves.iter().map(|(path, moved)| match to {
            Some(_) => (path, &moved.after, &moved.source),
            None => (path, &moved.before, &Source::Former),
        });
        write(&self.ground(), &self.site, version.as_ref(), attempt, wanted)
    }

    fn finish(&mut self, change: &Change, to: &Held) {
        self.site.save_laid(&change.after).unwrap();
        self.record.current = Some(to.clone());
    }

    fn lay(&mut self, to: &Held) -> Change {
        let (attempt, change) = self.begin(to);
        self.write(attempt, &change, Some(to)).unwrap();
        self.finish(&change, to);
        change
    }

    /// Everything that lies on the ground, but for what is ours.
    fn content(&self) -> Content {
        let mut found = Content::new();
        let ground = self.path("");
        let mut folders = vec![ground.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                let metadata = path.symlink_metadata().unwrap();
                let mode = metadata.mode() & 0o7777;
                let shown = if metadata.is_symlink() {
                    format!("-> {}", fs::read_link(&path).unwrap().display())
                } else if metadata.is_dir() {
                    if path.ends_with(".packhorse") || path.to_str().unwrap().contains("/shop/shop_") {
                        continue;
                    }
                    folders.push(path.clone());
                    format!("{mode:o}/")
                } else {
                    format!("{mode:o} {}", fs::read_to_string(&path).unwrap())
                };
                found.insert(path.strip_prefix(&ground).unwrap().to_str().unwrap().to_owned(), shown);
            }
        }
        found
    }

    fn refusal(&mut self, to: &Held) -> String {
        let attempt = self.attempt();
        let error = compose(&self.ground(), &self.site, &self.aim(attempt, to)).unwrap_err();
        error.to_string().replace(self.folder.path().to_str().unwrap(), "")
    }
}

fn shown(content: &Content) -> String {
    content.iter().map(|(path, what)| format!("{path}: {what}")).collect::<Vec<_>>().join("\n")
}
