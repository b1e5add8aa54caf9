use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use packhorse_content::{Entry, EntryKind, EntryPath, Tree, digest_of};
use packhorse_model::manifest::Manifest;
use packhorse_model::order::Release;

use super::*;
use crate::paths::Paths;

const ROOT: &str = "/data/app/shop";

fn site(folder: &Path) -> Site {
    Site::ensure(&Paths::below(folder), ROOT, &"shop".parse().unwrap()).unwrap()
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
}

fn texts(paths: &[&str]) -> Vec<String> {
    paths.iter().map(|path| (*path).to_owned()).collect()
}

#[test]
fn data_is_removed_and_no_link_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(folder.path());
    let (root, outside) = (site.path().to_owned(), folder.path().join("outside"));
    write(&outside.join("precious"), "1");
    write(&root.join("data/db/rows"), "1");
    symlink(&outside, root.join("data/db/link")).unwrap();
    symlink(&outside, root.join("cache")).unwrap();
    write(&root.join("logs/a.log"), "1");

    let removed = site.remove_data(&texts(&["data", "cache", "never/there"])).unwrap();
    assert_eq!(removed, ["data", "cache"]);
    assert!(!root.join("data").exists() && fs::symlink_metadata(root.join("cache")).is_err());
    assert!(outside.join("precious").exists() && root.join("logs/a.log").exists());

    symlink(&outside, root.join("var")).unwrap();
    site.remove_data(&texts(&["var/precious"])).unwrap_err();
    site.remove_data(&texts(&["../../../outside"])).unwrap_err();
    assert!(outside.join("precious").exists());
}

#[test]
fn files_that_differ_are_counted_and_files_that_were_added_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(folder.path());
    let version = site.path().join("shop_1.0.0");
    let names = ["a", "b", "c"];
    let entry = |name: &&str| {
        write(&version.join(name), name);
        let kind = EntryKind::File { size: 1, digest: digest_of(name.as_bytes()) };
        Entry { path: EntryPath::new(name).unwrap(), mode: 0o644, kind }
    };
    let tree = Tree::new(names.iter().map(entry).collect()).unwrap();
    let release = Release {
        version: "1.0.0".parse().unwrap(),
        tree: tree.digest(),
        size: 3,
        manifest: Manifest::default(),
        rendering: None,
    };
    let (variables, rendered) = (BTreeMap::new(), BTreeMap::new());
    let held = Held { release, directory: "shop_1.0.0".to_owned(), variables, rendered };
    assert_eq!(drift(&site, &held).unwrap(), None, "its list is not there");

    site.keep(TREES, &tree.digest(), &tree.to_bytes()).unwrap();
    assert_eq!(drift(&site, &held).unwrap(), Some(0));
    write(&version.join("logs/a.log"), "1");
    assert_eq!(drift(&site, &held).unwrap(), Some(0));
    write(&version.join("a"), "x");
    fs::remove_file(version.join("b")).unwrap();
    fs::set_permissions(version.join("c"), fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(drift(&site, &held).unwrap(), Some(3));
}
