//! Which part of an archive is the package itself: archives often wrap it in a folder that is named after it.

use packhorse_model::Layout;

use crate::path::EntryPath;
use crate::tree::{Entry, EntryKind, Tree, TreeError};

/// The link that points to the version in use.
const CURRENT: &str = "current";

/// A folder that wraps the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The folder.
    pub folder: EntryPath,
    /// The layout that the archive shows: `symlink` if `current` lies beside the folder and points to it.
    pub layout: Option<Layout>,
}

/// Finds the folder that wraps the package, if one does: the only folder at the top, named `name`, `name_version` or
/// `name-version`, with nothing beside it but, at most, a link `current` to it.
#[must_use]
pub fn detect(tree: &Tree, name: &str, version: &str) -> Option<Payload> {
    let is_named = |folder: &str| match folder.strip_prefix(name) {
        Some("") => true,
        Some(rest) => rest.strip_prefix(['_', '-']) == Some(version),
        None => false,
    };
    let mut found = None;
    let mut link = None;
    for entry in tree.iter().filter(|entry| entry.path.parent().is_none()) {
        match &entry.kind {
            EntryKind::Directory if found.is_none() && is_named(entry.path.as_str()) => found = Some(&entry.path),
            EntryKind::Symlink { target } if entry.path.as_str() == CURRENT => link = Some(target),
            _ => return None,
        }
    }
    let folder = found?;
    let layout = match link {
        Some(target) if target.names().eq([folder.as_str()]) => Some(Layout::Symlink),
        Some(_) => return None,
        None => None,
    };
    Some(Payload { folder: folder.clone(), layout })
}

/// The tree of what is in the folder, with paths from there.
///
/// # Errors
/// If a link in it leads out of the folder.
pub fn unwrap(tree: &Tree, payload: &Payload) -> Result<Tree, TreeError> {
    let entries = tree.iter().filter_map(|entry| {
        let path = entry.path.strip(payload.folder.as_str())?;
        Some(Entry { path, mode: entry.mode, kind: entry.kind.clone() })
    });
    Tree::new(entries.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::{directory, file, link};

    fn found(entries: Vec<Entry>) -> Option<(String, Option<Layout>)> {
        let tree = Tree::new(entries).unwrap();
        detect(&tree, "shop", "1.0.0").map(|payload| (payload.folder.to_string(), payload.layout))
    }

    #[test]
    fn a_folder_named_after_the_package_wraps_it() {
        for folder in ["shop", "shop_1.0.0", "shop-1.0.0"] {
            let entries = vec![directory(folder), file(&format!("{folder}/a"), b"")];
            assert_eq!(found(entries), Some((folder.to_owned(), None)));
        }
    }

    #[test]
    fn a_link_beside_it_is_the_layout() {
        let with_link =
            |target| found(vec![directory("shop_1.0.0"), file("shop_1.0.0/a", b""), link("current", target)]);
        assert_eq!(with_link("shop_1.0.0"), Some(("shop_1.0.0".to_owned(), Some(Layout::Symlink))));
        assert_eq!(with_link("./shop_1.0.0/"), Some(("shop_1.0.0".to_owned(), Some(Layout::Symlink))));
        assert_eq!(with_link("shop_1.0.0/a"), None);
    }

    #[test]
    fn other_archives_are_taken_as_they_are() {
        assert_eq!(found(vec![directory("bin"), file("bin/a", b"")]), None);
        assert_eq!(found(vec![directory("shop"), file("README", b"")]), None);
        assert_eq!(found(vec![directory("shop"), directory("shop-1.0.0")]), None);
        assert_eq!(found(vec![directory("shop_1.0.1")]), None);
        assert_eq!(found(vec![directory("shopping")]), None);
        assert_eq!(found(vec![file("shop", b"")]), None);
        assert_eq!(found(vec![link("current", "shop")]), None);
    }

    #[test]
    fn unwraps_with_paths_from_the_folder() {
        let tree = Tree::new(vec![
            directory("shop"),
            directory("shop/bin"),
            file("shop/bin/a", b"x"),
            link("current", "shop"),
        ])
        .unwrap();
        let payload = detect(&tree, "shop", "1").unwrap();
        assert_eq!(unwrap(&tree, &payload).unwrap(), Tree::new(vec![directory("bin"), file("bin/a", b"x")]).unwrap());
    }

    #[test]
    fn a_link_from_the_folder_to_its_outside_cannot_be_kept() {
        let tree = Tree::new(vec![directory("shop"), link("shop/l", "../current"), link("current", "shop")]).unwrap();
        let payload = detect(&tree, "shop", "1").unwrap();
        assert!(matches!(unwrap(&tree, &payload), Err(TreeError::Link { .. })));
    }
}
