//! Which old file a new one probably comes from.

use std::collections::HashMap;

use super::list::by_content;
use crate::tree::{EntryKind, Tree};

/// A content of the new tree that the old one lacks, in the order in which the delta carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fresh {
    /// The first entry of the new tree that has it.
    pub(super) at: usize,
    /// The old entry that is most like it.
    pub(super) like: Option<usize>,
}

/// The places of the new files whose content the old tree lacks, each content once, without the empty one.
pub(super) fn fresh_files(old: &Tree, new: &Tree) -> Vec<usize> {
    let held = by_content(old);
    let mut seen: Vec<_> = by_content(new).into_iter().filter(|((size, _), _)| *size > 0).collect();
    seen.retain(|(content, _)| !held.contains_key(content));
    let mut places: Vec<_> = seen.into_iter().map(|(_, at)| at).collect();
    places.sort_unstable();
    places
}

/// Pairs each fresh file with an old one: by its path; by its path without digits, where versions stand; by its name and the folder
/// above it; and among the files that are gone from its folder, since bundlers put a hash into names.
pub(super) fn pair(old: &Tree, new: &Tree) -> Vec<Fresh> {
    let mut without_digits: HashMap<String, Vec<usize>> = HashMap::new();
    let mut by_tail: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut gone: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    for (at, entry) in old.iter().enumerate() {
        if matches!(entry.kind, EntryKind::File { size: 1.., .. }) {
            without_digits.entry(strip_digits(entry.path.as_str())).or_default().push(at);
            by_tail.entry(tail(entry.path.as_str())).or_default().push(at);
            if new.get(entry.path.as_str()).is_none() {
                gone.entry(folder_and_extension(entry.path.as_str())).or_default().push(at);
            }
        }
    }
    let like = |path: &str| {
        let same_path =
            old.index_of(path).filter(|at| matches!(old.entries()[*at].kind, EntryKind::File { size: 1.., .. }));
        same_path
            .or_else(|| nearest(old, path, without_digits.get(&strip_digits(path))?))
            .or_else(|| nearest(old, path, by_tail.get(tail(path))?))
            .or_else(|| nearest(old, path, gone.get(&folder_and_extension(path))?))
    };
    let fresh = fresh_files(old, new).into_iter();
    fresh.map(|at| Fresh { at, like: like(new.entries()[at].path.as_str()) }).collect()
}

fn strip_digits(path: &str) -> String {
    path.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// The last two names of a path.
fn tail(path: &str) -> &str {
    path.rmatch_indices('/').nth(1).map_or(path, |(at, _)| &path[at + 1..])
}

/// The folder that a path lies in, and the last extension of its name.
fn folder_and_extension(path: &str) -> (&str, &str) {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    (folder, name.rsplit_once('.').map_or("", |(_, extension)| extension))
}

/// The candidate whose path has most in common with this one, at both ends together; the first of equals.
fn nearest(old: &Tree, path: &str, candidates: &[usize]) -> Option<usize> {
    let common = |at: &usize| {
        let other = old.entries()[*at].path.as_str();
        let ahead = path.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
        let behind = path.bytes().rev().zip(other.bytes().rev()).take_while(|(a, b)| a == b).count();
        ahead + behind
    };
    candidates.iter().copied().rev().max_by_key(common)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::{directory, file};

    /// The pairs of trees with these files; each old one has a content of its own, and no new one has that of an old one.
    fn pairs(old: &[&str], new: &[&str]) -> Vec<(String, Option<String>)> {
        let tree = |paths: &[&str], content: &str| {
            let mut entries: Vec<_> =
                paths.iter().map(|path| file(path, format!("{content} {path}").as_bytes())).collect();
            let mut folders: Vec<_> =
                entries.iter().flat_map(|entry| entry.path.ancestors().collect::<Vec<_>>()).collect();
            folders.sort();
            folders.dedup();
            entries.extend(folders.iter().map(|folder| directory(folder.as_str())));
            Tree::new(entries).unwrap()
        };
        let (old, new) = (tree(old, "old"), tree(new, "new"));
        let path = |tree: &Tree, at: usize| tree.entries()[at].path.to_string();
        let pairs = pair(&old, &new).into_iter();
        pairs.map(|fresh| (path(&new, fresh.at), fresh.like.map(|at| path(&old, at)))).collect()
    }

    #[track_caller]
    fn assert_like(old: &[&str], new: &str, like: Option<&str>) {
        assert_eq!(pairs(old, &[new]), [(new.to_owned(), like.map(str::to_owned))]);
    }

    #[test]
    fn the_same_path_comes_first() {
        assert_like(&["lib/a-1.jar", "lib/a-2.jar"], "lib/a-2.jar", Some("lib/a-2.jar"));
    }

    #[test]
    fn versions_in_paths_do_not_count() {
        assert_like(&["lib/a-1.9.jar", "lib/b-1.9.jar"], "lib/a-1.10.jar", Some("lib/a-1.9.jar"));
        assert_like(&["app-1.0/bin/run", "app-1.0/bin/stop"], "app-2.0/bin/run", Some("app-1.0/bin/run"));
    }

    #[test]
    fn of_several_the_nearest_is_taken() {
        assert_like(&["a-1.0-x86.jar", "a-1.0-x64.jar"], "a-1.1-x64.jar", Some("a-1.0-x64.jar"));
    }

    #[test]
    fn a_moved_folder_is_found_by_what_is_in_it() {
        assert_like(&["modules/x/index.js", "modules/y/index.js"], "deps/y/index.js", Some("modules/y/index.js"));
    }

    #[test]
    fn a_hash_in_a_name_is_found_among_what_is_gone() {
        let old = ["dist/common-BiV8.js", "dist/main-CE5h.js", "dist/main-CE5h.js.map"];
        assert_like(&old, "dist/main-DjihRW.js", Some("dist/main-CE5h.js"));
    }

    #[test]
    fn what_is_like_nothing_stands_alone() {
        assert_like(&["bin/run", "README"], "lib/new.so", None);
    }

    #[test]
    fn one_content_comes_once_and_held_or_empty_ones_never() {
        let old = Tree::new(vec![file("a", b"held")]).unwrap();
        let new = Tree::new(vec![file("b", b"held"), file("c", b"new"), file("d", b"new"), file("e", b"")]).unwrap();
        assert_eq!(fresh_files(&old, &new), [1]);
    }
}
