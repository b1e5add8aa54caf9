//! Trees: what a version consists of, as a sorted list of entries. The digest of a tree is the identity of a version.
//!
//! A [`Tree`] that exists is whole and safe to lay down: paths are unique and sorted by their bytes, every parent is there as
//! a directory, modes have nothing but the nine permission bits, and every link resolves inside. Times and owners are not part of it.

use packhorse_model::Digest;

use crate::codec::{self, FormatError, Reader};
use crate::links;
pub use crate::path::{EntryPath, LinkTarget, PathError, PathFault};

const MAGIC: &[u8] = b"PHtree\x01";
const WHAT: &str = "tree";
/// The most entries that a tree may have.
pub const MAX_ENTRIES: usize = 250_000;
/// The most bytes that the paths and targets of a tree may have together.
pub const MAX_PATH_BYTES: usize = 16 << 20;
/// The mode that every link has.
pub const LINK_MODE: u16 = 0o777;

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    /// A directory.
    Directory,
    /// A regular file.
    File {
        /// Its size in bytes.
        size: u64,
        /// BLAKE3 of its bytes.
        digest: Digest,
    },
    /// A symbolic link that resolves inside the tree, though not always to something that exists.
    Symlink {
        /// What it says.
        target: LinkTarget,
    },
}

/// One file, directory or link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it lies.
    pub path: EntryPath,
    /// The nine permission bits.
    pub mode: u16,
    /// What it is.
    pub kind: EntryKind,
}

/// Entries that make no tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// Two entries have one path.
    #[error("{0:?} is there twice")]
    Duplicate(EntryPath),
    /// The folder of an entry is missing.
    #[error("the folder of {0:?} is not in the tree")]
    NoParent(EntryPath),
    /// What should be the folder of an entry is something else.
    #[error("{0:?} lies below something that is not a folder")]
    BelowNonDirectory(EntryPath),
    /// More than permission bits.
    #[error("{0:?} has a mode beyond the nine permission bits, or a link has another mode than 0777")]
    Mode(EntryPath),
    /// A link that leads out.
    #[error("the link {path:?} to {target:?} {fault}")]
    Link {
        /// The link.
        path: EntryPath,
        /// Where it points.
        target: LinkTarget,
        /// What is wrong with that.
        fault: links::LinkFault,
    },
    /// Too much.
    #[error("it has more than 250000 entries, or more than 16 MiB of paths")]
    TooLarge,
}

/// How much there is in a tree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Regular files.
    pub files: u64,
    /// Directories.
    pub directories: u64,
    /// Symbolic links.
    pub symlinks: u64,
    /// Bytes in all files together.
    pub bytes: u64,
}

/// The content of a version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    entries: Vec<Entry>,
}

impl Tree {
    /// A tree of these entries, which may come in any order.
    ///
    /// # Errors
    /// By any of the rules of [`TreeError`].
    pub fn new(mut entries: Vec<Entry>) -> Result<Self, TreeError> {
        entries.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        let tree = Self { entries };
        tree.check()?;
        Ok(tree)
    }

    fn check(&self) -> Result<(), TreeError> {
        let path_bytes: usize = self.entries.iter().map(|e| e.path.as_str().len() + target_len(&e.kind)).sum();
        if self.entries.len() > MAX_ENTRIES || path_bytes > MAX_PATH_BYTES {
            return Err(TreeError::TooLarge);
        }
        if let Some(pair) = self.entries.windows(2).find(|pair| pair[0].path == pair[1].path) {
            return Err(TreeError::Duplicate(pair[0].path.clone()));
        }
        // Siblings mostly follow one another, so the folder that was looked up last is mostly the one asked for.
        let mut known_parent = "";
        for entry in &self.entries {
            if let Some(parent) = entry.path.parent()
                && parent != known_parent
            {
                match self.get(parent).map(|e| &e.kind) {
                    Some(EntryKind::Directory) => known_parent = parent,
                    Some(_) => return Err(TreeError::BelowNonDirectory(entry.path.clone())),
                    None => return Err(TreeError::NoParent(entry.path.clone())),
                }
            }
            let is_link = matches!(entry.kind, EntryKind::Symlink { .. });
            if entry.mode & !0o777 != 0 || is_link && entry.mode != LINK_MODE {
                return Err(TreeError::Mode(entry.path.clone()));
            }
            if let EntryKind::Symlink { target } = &entry.kind {
                links::resolve(self, &entry.path, target).map_err(|fault| TreeError::Link {
                    path: entry.path.clone(),
                    target: target.clone(),
                    fault,
                })?;
            }
        }
        Ok(())
    }

    /// The entries, sorted by the bytes of their paths.
    pub fn iter(&self) -> std::slice::Iter<'_, Entry> {
        self.entries.iter()
    }

    /// The entries, sorted by the bytes of their paths.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry with this path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Entry> {
        self.index_of(path).map(|at| &self.entries[at])
    }

    /// Where the entry with this path stands in the list.
    #[must_use]
    pub fn index_of(&self, path: &str) -> Option<usize> {
        self.entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).ok()
    }

    /// Counts and sizes.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.entries.iter().fold(Totals::default(), |mut totals, entry| {
            match &entry.kind {
                EntryKind::Directory => totals.directories += 1,
                EntryKind::Symlink { .. } => totals.symlinks += 1,
                EntryKind::File { size, .. } => {
                    totals.files += 1;
                    totals.bytes = totals.bytes.saturating_add(*size);
                }
            }
            totals
        })
    }

    /// The canonical form: each path as the length of what it shares with the one before and the rest of it, then mode
    /// and kind, then size and digest, or target.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        codec::put_varint(&mut out, self.entries.len() as u64);
        let mut before = "";
        for entry in &self.entries {
            let path = entry.path.as_str();
            let shared = shared_prefix(before, path);
            codec::put_varint(&mut out, shared as u64);
            codec::put_bytes(&mut out, &path.as_bytes()[shared..]);
            let mode = u64::from(entry.mode) << 2;
            match &entry.kind {
                EntryKind::Directory => codec::put_varint(&mut out, mode),
                EntryKind::File { size, digest } => {
                    codec::put_varint(&mut out, mode | 1);
                    codec::put_varint(&mut out, *size);
                    out.extend_from_slice(digest.as_bytes());
                }
                EntryKind::Symlink { target } => {
                    codec::put_varint(&mut out, mode | 2);
                    codec::put_bytes(&mut out, target.as_str().as_bytes());
                }
            }
            before = path;
        }
        out
    }

    /// Reads the canonical form.
    ///
    /// # Errors
    /// If the bytes are not exactly what [`Tree::to_bytes`] writes for a valid tree.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut reader = Reader::new(WHAT, MAGIC, bytes)?;
        let count = reader.count(3)?;
        if count > MAX_ENTRIES {
            return Err(reader.error(TreeError::TooLarge.to_string()));
        }
        let mut entries: Vec<Entry> = Vec::with_capacity(count);
        let mut before = Vec::new();
        let mut path_bytes = 0;
        for _ in 0..count {
            let entry = read_entry(&mut reader, &mut before)?;
            if entries.last().is_some_and(|last| last.path >= entry.path) {
                return Err(reader.error("its paths are not in order"));
            }
            path_bytes += entry.path.as_str().len();
            if path_bytes > MAX_PATH_BYTES {
                return Err(reader.error(TreeError::TooLarge.to_string()));
            }
            entries.push(entry);
        }
        reader.end()?;
        let tree = Self { entries };
        tree.check().map_err(|error| FormatError::new(WHAT, error.to_string()))?;
        Ok(tree)
    }

    /// BLAKE3 of the canonical form.
    #[must_use]
    pub fn digest(&self) -> Digest {
        codec::digest_of(&self.to_bytes())
    }
}

impl<'a> IntoIterator for &'a Tree {
    type Item = &'a Entry;
    type IntoIter = std::slice::Iter<'a, Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Reads one entry; `before` is the path of the entry before, and becomes that of this one.
fn read_entry(reader: &mut Reader<'_>, before: &mut Vec<u8>) -> Result<Entry, FormatError> {
    let shared = usize::try_from(reader.varint()?).ok().filter(|shared| *shared <= before.len());
    let shared = shared.ok_or_else(|| reader.error("a path shares more than there is"))?;
    let rest = reader.bytes()?;
    if before.get(shared).is_some_and(|byte| rest.first() == Some(byte)) {
        return Err(reader.error("a path shares more than it says"));
    }
    before.truncate(shared);
    before.extend_from_slice(rest);
    let path = EntryPath::from_bytes(before).map_err(|error| reader.error(error.to_string()))?;
    let mode_and_kind = reader.varint()?;
    let mode = u16::try_from(mode_and_kind >> 2).map_err(|_| reader.error("a mode is out of range"))?;
    let kind = match mode_and_kind & 3 {
        0 => EntryKind::Directory,
        1 => EntryKind::File { size: reader.varint()?, digest: reader.digest()? },
        2 => {
            let target = LinkTarget::from_bytes(reader.bytes()?).map_err(|error| reader.error(error.to_string()))?;
            EntryKind::Symlink { target }
        }
        _ => return Err(reader.error("an entry is of no known kind")),
    };
    Ok(Entry { path, mode, kind })
}

fn shared_prefix(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count()
}

fn target_len(kind: &EntryKind) -> usize {
    if let EntryKind::Symlink { target } = kind { target.as_str().len() } else { 0 }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::segment::tests::digest;
    use proptest::prelude::*;

    pub(crate) fn directory(path: &str) -> Entry {
        Entry { path: EntryPath::new(path).unwrap(), mode: 0o755, kind: EntryKind::Directory }
    }

    pub(crate) fn file(path: &str, content: &[u8]) -> Entry {
        let kind = EntryKind::File { size: content.len() as u64, digest: codec::digest_of(content) };
        Entry { path: EntryPath::new(path).unwrap(), mode: 0o644, kind }
    }

    pub(crate) fn link(path: &str, target: &str) -> Entry {
        let kind = EntryKind::Symlink { target: LinkTarget::new(target).unwrap() };
        Entry { path: EntryPath::new(path).unwrap(), mode: LINK_MODE, kind }
    }

    /// Any valid tree: files under generated paths, with the folders that they need.
    fn tree() -> impl Strategy<Value = Tree> {
        let name = "[a-c.é]{0,3}[a-z]";
        let path = proptest::collection::vec(name, 1..5).prop_map(|names| names.join("/"));
        let leaf = (path, 0u16..0o1000, any::<u64>(), digest(), any::<bool>());
        proptest::collection::vec(leaf, 0..30).prop_map(|leaves| {
            let mut entries: Vec<Entry> = Vec::new();
            for (path, mode, size, digest, is_link) in leaves {
                let path = EntryPath::new(&path).unwrap();
                let taken = |p: &EntryPath, entries: &[Entry]| entries.iter().any(|e| e.path == *p);
                let blocked =
                    path.ancestors().any(|a| entries.iter().any(|e| e.path == a && e.kind != EntryKind::Directory));
                if blocked || taken(&path, &entries) {
                    continue;
                }
                for ancestor in path.ancestors() {
                    if !taken(&ancestor, &entries) {
                        entries.push(directory(ancestor.as_str()));
                    }
                }
                entries.push(if is_link {
                    link(path.as_str(), "nowhere")
                } else {
                    Entry { path, mode, kind: EntryKind::File { size, digest } }
                });
            }
            Tree::new(entries).unwrap()
        })
    }

    proptest! {
        #[test]
        fn reads_back_what_it_writes(tree in tree()) {
            prop_assert_eq!(Tree::from_bytes(&tree.to_bytes()), Ok(tree));
        }

        #[test]
        fn reads_only_what_it_would_write(tree in tree(), at: prop::sample::Index, byte: u8, cut: prop::sample::Index) {
            let mut bytes = tree.to_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            bytes.truncate(cut.index(bytes.len() * 2).min(bytes.len()));
            if let Ok(tree) = Tree::from_bytes(&bytes) {
                prop_assert_eq!(tree.to_bytes(), bytes);
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            bytes.splice(0..0, MAGIC.iter().copied());
            if let Ok(tree) = Tree::from_bytes(&bytes) {
                prop_assert_eq!(tree.to_bytes(), bytes);
            }
        }

        #[test]
        fn finds_each_entry(tree in tree()) {
            for (at, entry) in tree.iter().enumerate() {
                prop_assert_eq!(tree.index_of(entry.path.as_str()), Some(at));
            }
        }
    }

    #[test]
    fn the_stored_form_is_frozen() {
        let tree =
            Tree::new(vec![directory("bin"), file("bin/start.sh", b"#!/bin/sh\n"), link("current", "bin")]).unwrap();
        insta::assert_snapshot!(tree.digest(), @"ead15a40fdee049ff50494111cc93f78b7368f969a6ea89f058c5876bcdfb581");
    }

    #[test]
    fn refuses_what_cannot_be_laid_down() {
        let refused = |entries: Vec<Entry>| Tree::new(entries).unwrap_err().to_string();
        insta::assert_snapshot!(refused(vec![file("a", b""), file("a", b"x")]), @r#""a" is there twice"#);
        insta::assert_snapshot!(refused(vec![file("a/b", b"")]), @r#"the folder of "a/b" is not in the tree"#);
        insta::assert_snapshot!(refused(vec![file("a", b""), file("a/b", b"")]), @r#""a/b" lies below something that is not a folder"#);
        insta::assert_snapshot!(refused(vec![link("a", "."), file("a/b", b"")]), @r#""a/b" lies below something that is not a folder"#);
        insta::assert_snapshot!(refused(vec![Entry { mode: 0o4755, ..file("a", b"") }]), @r#""a" has a mode beyond the nine permission bits, or a link has another mode than 0777"#);
        insta::assert_snapshot!(refused(vec![link("a", "../x")]), @r#"the link "a" to "../x" leads out of the package"#);
    }

    #[test]
    fn counts() {
        let tree = Tree::new(vec![directory("d"), file("d/a", b"xyz"), file("b", b"1"), link("l", "d/a")]).unwrap();
        assert_eq!(tree.totals(), Totals { files: 2, directories: 1, symlinks: 1, bytes: 4 });
    }
}
