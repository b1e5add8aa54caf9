//! The entries of an archive as they come, checked one by one, and at the end as a tree.
//!
//! Nothing of an archive is written anywhere under its own name while it is read: the names and the bytes part here, and
//! only the tree, once it is whole, puts them together again.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use packhorse_model::Digest;

use super::fault::{Fault, Refused, below_non_directory};
use super::limits::{Limits, in_words};
use crate::path::{EntryPath, LinkTarget};
use crate::tree::{Entry, EntryKind, LINK_MODE, MAX_PATH_BYTES, Tree};

/// The mode of folders that an archive implies without naming them.
const IMPLIED_MODE: u16 = 0o755;

/// What an archive has shown of an entry.
#[derive(Debug, Clone)]
enum Seen {
    /// A folder that only shows in the paths of others.
    Implied,
    Directory,
    /// A regular file; its digest follows its bytes.
    File {
        size: u64,
        digest: Option<Digest>,
    },
    Symlink(LinkTarget),
}

#[derive(Debug)]
struct Draft {
    path: EntryPath,
    mode: u16,
    seen: Seen,
}

/// A file whose bytes come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileSlot(usize);

/// What an archive holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Every entry.
    pub tree: Tree,
    /// The index in `tree` of each file whose bytes the archive holds, in the archive's order; hard links have none.
    pub files: Vec<u32>,
}

/// Collects entries.
pub(crate) struct Listing {
    limits: Limits,
    entries: Vec<Draft>,
    by_folded_path: HashMap<String, usize>,
    /// Those with bytes of their own, in order.
    files: Vec<FileSlot>,
    bytes: u64,
    path_bytes: usize,
}

impl Listing {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, entries: Vec::new(), by_folded_path: HashMap::new(), files: Vec::new(), bytes: 0, path_bytes: 0 }
    }

    /// A folder. Naming one again, with the same mode, changes nothing.
    pub(crate) fn directory(&mut self, path: EntryPath, mode: u16) -> Result<(), Refused> {
        let folded = path.folded();
        if let Some(&at) = self.by_folded_path.get(&folded)
            && self.entries[at].path == path
        {
            let draft = &mut self.entries[at];
            return match draft.seen {
                Seen::Implied => {
                    draft.seen = Seen::Directory;
                    draft.mode = mode & 0o777;
                    Ok(())
                }
                Seen::Directory if draft.mode == mode & 0o777 => Ok(()),
                _ => Err(Refused::entry(path.as_str(), Fault::Duplicate)),
            };
        }
        self.add(path, mode, Seen::Directory).map(|_| ())
    }

    /// A regular file of this size, whose bytes come next.
    pub(crate) fn file(&mut self, path: EntryPath, mode: u16, size: u64) -> Result<FileSlot, Refused> {
        self.count_bytes(&path, size)?;
        let slot = FileSlot(self.add(path, mode, Seen::File { size, digest: None })?);
        self.files.push(slot);
        Ok(slot)
    }

    /// The bytes of a file have come.
    pub(crate) fn file_done(&mut self, slot: FileSlot, digest: Digest) {
        if let Seen::File { digest: known, .. } = &mut self.entries[slot.0].seen {
            *known = Some(digest);
        }
    }

    /// A symbolic link. Where it leads is checked at the end, when everything that it may lead through is known.
    pub(crate) fn symlink(&mut self, path: EntryPath, target: LinkTarget) -> Result<(), Refused> {
        self.path_bytes += target.as_str().len();
        self.add(path, LINK_MODE, Seen::Symlink(target)).map(|_| ())
    }

    /// A hard link to an earlier regular file: a copy of it.
    pub(crate) fn hard_link(&mut self, path: EntryPath, target: &EntryPath) -> Result<(), Refused> {
        let refuse = |why: &str| {
            Err(Refused::entry(
                path.as_str(),
                Fault::Link { why: format!("the hard link to {:?} {why}", target.as_str()) },
            ))
        };
        let Some(draft) = self.by_folded_path.get(&target.folded()).map(|&at| &self.entries[at]) else {
            return refuse("names nothing that came before it");
        };
        let (Seen::File { size, .. }, true) = (&draft.seen, draft.path == *target) else {
            return refuse("does not lead to a regular file");
        };
        let (size, mode, seen) = (*size, draft.mode, draft.seen.clone());
        self.count_bytes(&path, size)?;
        self.add(path, mode, seen).map(|_| ())
    }

    fn add(&mut self, path: EntryPath, mode: u16, seen: Seen) -> Result<usize, Refused> {
        self.add_ancestors(&path)?;
        let at = self.entries.len();
        self.path_bytes += path.as_str().len();
        if at >= self.limits.entries {
            return Err(Fault::Limit { what: format!("it has more than {} entries", self.limits.entries) }.into());
        }
        if self.path_bytes > MAX_PATH_BYTES {
            return Err(
                Fault::Limit { what: format!("its paths take more than {}", in_words(MAX_PATH_BYTES as u64)) }.into()
            );
        }
        match self.by_folded_path.entry(path.folded()) {
            Slot::Occupied(slot) => {
                let other = &self.entries[*slot.get()].path;
                let fault =
                    if *other == path { Fault::Duplicate } else { Fault::Collision { other: other.to_string() } };
                Err(Refused::entry(path.as_str(), fault))
            }
            Slot::Vacant(slot) => {
                slot.insert(at);
                self.entries.push(Draft { path, mode: mode & 0o777, seen });
                Ok(at)
            }
        }
    }

    /// Sees to it that every folder above `path` is there and is a folder.
    fn add_ancestors(&mut self, path: &EntryPath) -> Result<(), Refused> {
        let Some(parent) = path.parent_path() else { return Ok(()) };
        if let Some(draft) = self.by_folded_path.get(&parent.folded()).map(|&at| &self.entries[at])
            && draft.path == parent
        {
            return match draft.seen {
                Seen::Implied | Seen::Directory => Ok(()),
                Seen::File { .. } | Seen::Symlink(_) => Err(Refused::entry(path.as_str(), below_non_directory())),
            };
        }
        // Paths are at most a hundred names deep, and so is this.
        self.add(parent, IMPLIED_MODE, Seen::Implied).map(|_| ())
    }

    fn count_bytes(&mut self, path: &EntryPath, size: u64) -> Result<(), Refused> {
        self.bytes = self.bytes.saturating_add(size);
        if self.bytes > self.limits.bytes {
            let what = format!("it unpacks to more than {}", in_words(self.limits.bytes));
            return Err(Refused::entry(path.as_str(), Fault::Limit { what }));
        }
        Ok(())
    }

    /// The tree.
    pub(crate) fn finish(self) -> Result<Contents, Refused> {
        if self.entries.is_empty() {
            return Err(Fault::Empty.into());
        }
        let paths: Vec<EntryPath> = self.files.iter().map(|slot| self.entries[slot.0].path.clone()).collect();
        let mut entries = Vec::with_capacity(self.entries.len());
        for draft in self.entries {
            let kind = match draft.seen {
                Seen::Implied | Seen::Directory => EntryKind::Directory,
                Seen::Symlink(target) => EntryKind::Symlink { target },
                Seen::File { size, digest: Some(digest) } => EntryKind::File { size, digest },
                Seen::File { digest: None, .. } => {
                    return Err(Refused::entry(
                        draft.path.as_str(),
                        Fault::Truncated { what: "its bytes are missing" },
                    ));
                }
            };
            entries.push(Entry { path: draft.path, mode: draft.mode, kind });
        }
        let tree = Tree::new(entries)?;
        let files = paths
            .iter()
            .filter_map(|path| tree.index_of(path.as_str()).and_then(|at| u32::try_from(at).ok()))
            .collect();
        Ok(Contents { tree, files })
    }
}
