//! Which files change between two trees.

use std::cmp::Ordering;
use std::collections::HashSet;

use packhorse_content::tree::{Entry, EntryKind, Tree};
use packhorse_model::Digest;
use packhorse_model::api::deployments::{Change, FileCounts, PathChange};

/// How many paths are named; the counts are of all.
const NAMED: usize = 200;

/// What changes from one tree to another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Diff {
    /// How many files are new, changed and gone.
    pub(crate) counts: FileCounts,
    /// The first of them, by path.
    pub(crate) paths: Vec<PathChange>,
    /// Bytes of the files that are new or changed, and of which the old tree has the content nowhere.
    pub(crate) new_bytes: u64,
}

/// The files and links of two trees side by side, by path, in one walk over both, since trees are sorted. Directories come and go with
/// their files, and are left out.
pub(crate) fn pairs<'a>(
    old: &'a Tree,
    new: &'a Tree,
) -> impl Iterator<Item = (Option<&'a Entry>, Option<&'a Entry>)> + 'a {
    fn files(tree: &Tree) -> std::iter::Peekable<impl Iterator<Item = &Entry>> {
        tree.iter().filter(|entry| entry.kind != EntryKind::Directory).peekable()
    }
    let (mut old, mut new) = (files(old), files(new));
    std::iter::from_fn(move || {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return None,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(before), Some(after)) => before.path.cmp(&after.path),
        };
        let before = if order.is_le() { old.next() } else { None };
        let after = if order.is_ge() { new.next() } else { None };
        Some((before, after))
    })
}

/// Compares two trees.
pub(crate) fn diff(old: &Tree, new: &Tree) -> Diff {
    let known: HashSet<&Digest> = old.iter().filter_map(content).map(|(digest, _)| digest).collect();
    let mut diff = Diff::default();
    for pair in pairs(old, new) {
        match pair {
            (Some(before), None) => diff.add(before, Change::Removed),
            (None, Some(after)) => diff.add(after, Change::Added),
            (Some(before), Some(after)) if before != after => diff.add(after, Change::Changed),
            _ => continue,
        }
        if let Some((digest, size)) = pair.1.and_then(content)
            && !known.contains(digest)
        {
            diff.new_bytes += size;
        }
    }
    diff
}

fn content(entry: &Entry) -> Option<(&Digest, u64)> {
    match &entry.kind {
        EntryKind::File { size, digest } => Some((digest, *size)),
        EntryKind::Directory | EntryKind::Symlink { .. } => None,
    }
}

impl Diff {
    fn add(&mut self, entry: &Entry, change: Change) {
        let count = match change {
            Change::Added => &mut self.counts.added,
            Change::Changed => &mut self.counts.changed,
            Change::Removed => &mut self.counts.removed,
        };
        *count += 1;
        if self.paths.len() < NAMED {
            self.paths.push(PathChange { path: entry.path.as_str().to_owned(), change });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, u8)]) -> Tree {
        let entry = |(path, content): &(&str, u8)| Entry {
            path: packhorse_content::EntryPath::new(path).unwrap(),
            mode: 0o644,
            kind: EntryKind::File { size: 1, digest: Digest::new([*content; 32]) },
        };
        Tree::new(files.iter().map(entry).collect()).unwrap()
    }

    #[test]
    fn tells_what_is_new_changed_and_gone() {
        let diff = diff(&tree(&[("a", 1), ("b", 1), ("d", 1)]), &tree(&[("a", 1), ("b", 2), ("c", 1), ("e", 1)]));
        assert_eq!(diff.counts, FileCounts { added: 2, changed: 1, removed: 1 });
        assert_eq!(diff.new_bytes, 1, "what b has now; the others have what was there");
        let paths: Vec<_> = diff.paths.iter().map(|path| format!("{:?} {}", path.change, path.path)).collect();
        assert_eq!(paths, ["Changed b", "Added c", "Removed d", "Added e"]);
    }

    #[test]
    fn names_some_and_counts_all() {
        let names: Vec<String> = (0..300).map(|number| format!("f{number}")).collect();
        let files: Vec<(&str, u8)> = names.iter().map(|name| (name.as_str(), 0)).collect();
        let diff = diff(&Tree::default(), &tree(&files));
        assert_eq!((diff.counts.added, diff.paths.len()), (300, 200));
    }
}
