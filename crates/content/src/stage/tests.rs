use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use super::*;
use crate::codec::digest_of;
use crate::path::{EntryPath, LinkTarget};
use crate::tree::{Entry, EntryKind, LINK_MODE, Tree};

/// What is at a path, as tests compare it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    Directory { mode: u16 },
    File { mode: u16, bytes: Vec<u8> },
    Symlink { target: String },
}

impl Content {
    pub(crate) fn entry(&self, path: &str) -> Entry {
        let path = EntryPath::new(path).unwrap();
        match self {
            Self::Directory { mode } => Entry { path, mode: *mode, kind: EntryKind::Directory },
            Self::File { mode, bytes } => Entry {
                path,
                mode: *mode,
                kind: EntryKind::File { size: bytes.len() as u64, digest: digest_of(bytes) },
            },
            Self::Symlink { target } => {
                Entry { path, mode: LINK_MODE, kind: EntryKind::Symlink { target: LinkTarget::new(target).unwrap() } }
            }
        }
    }
}

pub(crate) fn tree_of(content: &BTreeMap<String, Content>) -> Tree {
    Tree::new(content.iter().map(|(path, content)| content.entry(path)).collect()).unwrap()
}

/// Writes content as any program would, for tests to begin from.
pub(crate) fn lay_down(content: &BTreeMap<String, Content>, root: &Path) {
    for (path, content) in content {
        let path = root.join(path);
        match content {
            Content::Directory { .. } => fs::create_dir(&path).unwrap(),
            Content::File { mode, bytes } => {
                fs::write(&path, bytes).unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode((*mode).into())).unwrap();
            }
            Content::Symlink { target } => symlink(target, &path).unwrap(),
        }
    }
    for (path, content) in content.iter().rev() {
        if let Content::Directory { mode } = content {
            fs::set_permissions(root.join(path), fs::Permissions::from_mode((*mode).into())).unwrap();
        }
    }
}

/// Reads what is there as any program would.
pub(crate) fn content_of(root: &Path) -> BTreeMap<String, Content> {
    let mut found = BTreeMap::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            let metadata = entry.metadata().unwrap();
            let mode = u16::try_from(metadata.permissions().mode() & 0o7777).unwrap();
            let content = if metadata.is_dir() {
                folders.push(path.clone());
                Content::Directory { mode }
            } else if metadata.is_symlink() {
                Content::Symlink {
                    target: fs::read_link(entry.path()).unwrap().into_os_string().into_string().unwrap(),
                }
            } else {
                Content::File { mode, bytes: fs::read(entry.path()).unwrap() }
            };
            found.insert(path, content);
        }
    }
    found
}

fn file(mode: u16, bytes: &[u8]) -> Content {
    Content::File { mode, bytes: bytes.to_vec() }
}

fn sample() -> BTreeMap<String, Content> {
    let directory = |mode| Content::Directory { mode };
    [
        ("bin", directory(0o755)),
        ("bin/start.sh", file(0o755, b"#!/bin/sh\n")),
        ("conf", directory(0o750)),
        ("conf/app.conf", file(0o640, b"port = 80\n")),
        ("conf/locked", directory(0o500)),
        ("conf/locked/key", file(0o400, b"secret")),
        ("current", Content::Symlink { target: "bin".to_owned() }),
        ("empty", file(0o644, b"")),
    ]
    .into_iter()
    .map(|(path, content)| (path.to_owned(), content))
    .collect()
}

fn put_all(stage: &Stage, content: &BTreeMap<String, Content>) {
    let mut hand = stage.hand();
    for (path, content) in content {
        if let Content::File { bytes, .. } = content {
            hand.put(path, &bytes[..]).unwrap();
        }
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn lays_a_tree_down() {
    let root = tempfile::tempdir().unwrap();
    let parent = Folder::open(root.path()).unwrap();
    let stage = Stage::begin(&parent, "v1", tree_of(&sample())).unwrap();
    assert_eq!(fs::metadata(root.path().join("v1")).unwrap().permissions().mode() & 0o777, 0o700);
    put_all(&stage, &sample());
    assert_eq!(stage.finish().unwrap(), tree_of(&sample()));
    assert_eq!(content_of(&root.path().join("v1")), sample());
    assert_eq!(verify(&parent.folder("v1").unwrap(), &tree_of(&sample())).unwrap(), []);
    discard(&parent, "v1").unwrap();
    assert_eq!(names(root.path()), [""; 0]);
    discard(&parent, "v1").unwrap();
}

#[test]
fn takes_only_what_is_in_the_tree() {
    let root = tempfile::tempdir().unwrap();
    let stage = Stage::begin(&Folder::open(root.path()).unwrap(), "v1", tree_of(&sample())).unwrap();
    let refused = |path: &str, bytes: &[u8]| stage.hand().put(path, bytes).unwrap_err().to_string();
    insta::assert_snapshot!(refused("bin/other.sh", b""), @r#""bin/other.sh" is not a file of the version that is being staged"#);
    insta::assert_snapshot!(refused("../escape", b""), @r#""../escape" is not a file of the version that is being staged"#);
    insta::assert_snapshot!(refused("bin", b""), @r#""bin" is not a file of the version that is being staged"#);
    insta::assert_snapshot!(refused("current", b""), @r#""current" is not a file of the version that is being staged"#);
    insta::assert_snapshot!(refused("conf/app.conf", b"port = 81\n"), @r#""conf/app.conf" should have the content 9cdf683ff418f996639d4200dd4639b0740ab911e02063f1e3e772f5332bc5ac, and has 4614e41f031d36533996e658d424590a473385dedc8d8610ece0dc7f9141c77e"#);
    stage.hand().put("conf/app.conf", &b"port = 80\n"[..]).unwrap();
    insta::assert_snapshot!(refused("conf/app.conf", b"port = 80\n"), @r#""conf/app.conf" came twice"#);
    insta::assert_snapshot!(refused("bin/start.sh", b"#!/bin/sh\nrm -rf /\n"), @r#""bin/start.sh" should have 10 bytes, and more came"#);
    insta::assert_snapshot!(refused("conf/locked/key", b"secre"), @r#""conf/locked/key" should have 6 bytes, and fewer came"#);
    insta::assert_snapshot!(stage.finish().unwrap_err(), @r#"3 files are missing, "bin/start.sh" the first of them"#);
    assert_eq!(names(&root.path().join("v1/bin")), [""; 0]);
}

#[test]
fn writes_nothing_through_links() {
    let root = tempfile::tempdir().unwrap();
    let outside = root.path().join("outside");
    fs::create_dir(&outside).unwrap();
    let parent = Folder::open(root.path()).unwrap();

    symlink(&outside, root.path().join("v1")).unwrap();
    assert!(Stage::begin(&parent, "v1", tree_of(&sample())).is_err());
    fs::remove_file(root.path().join("v1")).unwrap();

    let stage = Stage::begin(&parent, "v1", tree_of(&sample())).unwrap();
    fs::remove_dir(root.path().join("v1/bin")).unwrap();
    symlink(&outside, root.path().join("v1/bin")).unwrap();
    symlink(outside.join("planted"), root.path().join("v1/empty")).unwrap();
    assert!(matches!(stage.hand().put("bin/start.sh", &b"#!/bin/sh\n"[..]), Err(StageError::Write { .. })));
    assert!(matches!(stage.hand().put("empty", &b""[..]), Err(StageError::Write { .. })));
    assert_eq!(names(&outside), [""; 0]);

    drop(stage);
    fs::write(outside.join("stays"), "").unwrap();
    discard(&parent, "v1").unwrap();
    assert_eq!(names(root.path()), ["outside"]);
    assert_eq!(names(&outside), ["stays"]);
}

#[test]
fn says_in_what_a_folder_differs() {
    let root = tempfile::tempdir().unwrap();
    let mut content = sample();
    lay_down(&content, root.path());
    let tree = tree_of(&content);
    let folder = Folder::open(root.path()).unwrap();
    let faults = || verify(&folder, &tree).unwrap().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert_eq!(faults(), "");

    fs::write(root.path().join("conf/app.conf"), "port = 81\n").unwrap();
    fs::write(root.path().join("bin/extra"), "").unwrap();
    fs::set_permissions(root.path().join("empty"), fs::Permissions::from_mode(0o4755)).unwrap();
    fs::remove_file(root.path().join("current")).unwrap();
    symlink("conf", root.path().join("current")).unwrap();
    fs::remove_file(root.path().join("bin/start.sh")).unwrap();
    fs::create_dir_all(root.path().join("logs/2026")).unwrap();
    insta::assert_snapshot!(faults(), @r#"
    "bin/start.sh" is missing
    "conf/app.conf" has other content
    "current" leads elsewhere
    "empty" has mode 4755, it was 644
    "bin/extra" was added
    "logs" was added
    "#);

    content.retain(|path, _| !path.starts_with("conf"));
    discard(&folder, "conf").unwrap();
    symlink("bin", root.path().join("conf")).unwrap();
    insta::assert_snapshot!(faults(), @r#"
    "bin/start.sh" is missing
    "conf" has become something else
    "conf/app.conf" is missing
    "conf/locked" is missing
    "conf/locked/key" is missing
    "current" leads elsewhere
    "empty" has mode 4755, it was 644
    "bin/extra" was added
    "logs" was added
    "#);
}

#[test]
fn places_and_points_by_rename() {
    let root = tempfile::tempdir().unwrap();
    let install = Folder::open(root.path()).unwrap();
    let work = install.ensure_folder(".packhorse").unwrap();
    for version in ["app_1", "app_2"] {
        Stage::begin(&work, "staged", Tree::default()).unwrap().finish().unwrap();
        place(&work, "staged", &install, version).unwrap();
        // A switch that was cut short leaves its link behind.
        symlink("nowhere", root.path().join(".packhorse/current.new")).unwrap();
        point(&install, "current", version, &work).unwrap();
        assert_eq!(link_target(&install, "current").unwrap().as_deref(), Some(version));
    }
    assert_eq!(names(root.path()), [".packhorse", "app_1", "app_2", "current"]);
    assert_eq!(names(&root.path().join(".packhorse")), [""; 0]);

    Stage::begin(&work, "staged", Tree::default()).unwrap().finish().unwrap();
    let taken = place(&work, "staged", &install, "app_1").unwrap_err();
    assert_eq!(taken.kind(), std::io::ErrorKind::AlreadyExists);
    let no_link = point(&install, "app_1", "app_2", &work).unwrap_err();
    insta::assert_snapshot!(no_link, @r#""app_1" is no link, so it is left alone: move it away and try again"#);
    assert_eq!(link_target(&install, "previous").unwrap(), None);
}

#[test]
fn names_are_plain() {
    let root = tempfile::tempdir().unwrap();
    let folder = Folder::open(root.path()).unwrap();
    for name in ["", ".", "..", "a/b", "/etc"] {
        assert!(folder.create_folder(name).is_err(), "{name:?}");
        assert!(folder.folder(name).is_err(), "{name:?}");
    }
}

#[test]
fn discards_what_others_left() {
    use std::os::unix::ffi::OsStrExt as _;
    let root = tempfile::tempdir().unwrap();
    let deep = root.path().join("v1/a/b/c");
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join(std::ffi::OsStr::from_bytes(b"\xff\xfe")), "").unwrap();
    fs::set_permissions(&deep, fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(root.path().join("v1/a"), fs::Permissions::from_mode(0o000)).unwrap();
    discard(&Folder::open(root.path()).unwrap(), "v1").unwrap();
    assert_eq!(names(root.path()), [""; 0]);
}
