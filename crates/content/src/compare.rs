//! What is different between two trees. Pure.

use std::collections::{BTreeMap, BTreeSet};

use packhorse_model::Digest;

use crate::tree::{Entry, EntryKind, Tree};

/// An entry that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change<'a> {
    /// Only the new tree has it.
    Added(&'a Entry),
    /// Only the old tree has it.
    Removed(&'a Entry),
    /// Its content, or its kind, is another.
    Changed(&'a Entry, &'a Entry),
    /// Only its permissions differ.
    Mode(&'a Entry, &'a Entry),
    /// A file that is elsewhere now: one of the same content, or one of the same name of which there was but one.
    Renamed(&'a Entry, &'a Entry),
}

impl<'a> Change<'a> {
    /// The path by which it is listed: the new one, if there is one.
    #[must_use]
    pub fn path(&self) -> &'a str {
        match self {
            Self::Added(entry) | Self::Removed(entry) => entry.path.as_str(),
            Self::Changed(_, new) | Self::Mode(_, new) | Self::Renamed(_, new) => new.path.as_str(),
        }
    }
}

/// Compares two trees: every entry that differs, by path.
#[must_use]
pub fn compare<'a>(old: &'a Tree, new: &'a Tree) -> Vec<Change<'a>> {
    let (mut removed, mut added, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for entry in old {
        match new.get(entry.path.as_str()) {
            None => removed.push(entry),
            Some(now) if now.kind != entry.kind => changes.push(Change::Changed(entry, now)),
            Some(now) if now.mode != entry.mode => changes.push(Change::Mode(entry, now)),
            Some(_) => {}
        }
    }
    added.extend(new.iter().filter(|entry| old.get(entry.path.as_str()).is_none()));
    let by_content = pair(&mut removed, &mut added, |entry| content(entry).map(|digest| digest.to_string()), false);
    let by_name = pair(&mut removed, &mut added, |entry| content(entry).and(Some(name(entry).to_owned())), true);
    changes.extend(by_content.into_iter().chain(by_name).map(|(old, new)| Change::Renamed(old, new)));
    changes.extend(removed.into_iter().map(Change::Removed));
    changes.extend(added.into_iter().map(Change::Added));
    changes.sort_by_key(Change::path);
    changes
}

fn content(entry: &Entry) -> Option<Digest> {
    match entry.kind {
        EntryKind::File { size: 1.., digest } => Some(digest),
        _ => None,
    }
}

fn name(entry: &Entry) -> &str {
    entry.path.as_str().rsplit('/').next().unwrap_or_default()
}

/// Takes pairs of equal key out of both lists, in the order of their paths; only keys that are unique, if so asked.
fn pair<'a>(
    removed: &mut Vec<&'a Entry>,
    added: &mut Vec<&'a Entry>,
    key: impl Fn(&Entry) -> Option<String>,
    only_unique: bool,
) -> Vec<(&'a Entry, &'a Entry)> {
    let mut olds = BTreeMap::<String, Vec<&'a Entry>>::new();
    for entry in removed.iter() {
        if let Some(key) = key(entry) {
            olds.entry(key).or_default().push(entry);
        }
    }
    let mut news = BTreeMap::<String, Vec<&'a Entry>>::new();
    for entry in added.iter() {
        if let Some(key) = key(entry).filter(|key| olds.contains_key(key)) {
            news.entry(key).or_default().push(entry);
        }
    }
    let mut pairs = Vec::new();
    for (key, news) in news {
        let olds = olds.remove(&key).unwrap_or_default();
        if !only_unique || (olds.len() == 1 && news.len() == 1) {
            pairs.extend(olds.into_iter().zip(news));
        }
    }
    let taken: BTreeSet<&str> = pairs.iter().flat_map(|(old, new)| [old.path.as_str(), new.path.as_str()]).collect();
    removed.retain(|entry| !taken.contains(entry.path.as_str()));
    added.retain(|entry| !taken.contains(entry.path.as_str()));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::{directory, file};

    #[test]
    fn every_difference_is_named_once() {
        let old = Tree::new(vec![
            directory("bin"),
            Entry { mode: 0o755, ..file("bin/a", b"a") },
            file("bin/moved", b"the same"),
            file("bin/gone", b"x"),
            file("conf", b"1"),
        ]);
        let new = Tree::new(vec![
            directory("lib"),
            directory("bin"),
            Entry { mode: 0o700, ..file("bin/a", b"a") },
            file("lib/elsewhere", b"the same"),
            file("lib/new", b"y"),
            file("conf", b"2"),
        ]);
        let (old, new) = (old.unwrap(), new.unwrap());
        let told: Vec<String> = compare(&old, &new)
            .iter()
            .map(|change| {
                let word = format!("{change:?}");
                format!("{} {}", word.split('(').next().unwrap(), change.path())
            })
            .collect();
        insta::assert_debug_snapshot!(told, @r#"
        [
            "Mode bin/a",
            "Removed bin/gone",
            "Changed conf",
            "Added lib",
            "Renamed lib/elsewhere",
            "Added lib/new",
        ]
        "#);
        assert!(compare(&old, &old).is_empty());
    }
}
