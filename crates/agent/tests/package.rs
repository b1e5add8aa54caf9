//! Packages of a demo application, and the content that the server has of them.

use std::collections::BTreeMap;

use packhorse_content::{Entry, EntryKind, EntryPath, MemorySource, Tree};
use packhorse_model::Layout;
use packhorse_model::manifest::Manifest;
use packhorse_model::order::{Release, UnitAction, UnitOrder};

/// What a version is like.
#[derive(Clone, Copy)]
pub(crate) struct Version {
    pub(crate) number: &'static str,
    /// Whether its process stays.
    pub(crate) is_healthy: bool,
    /// What its start script does before anything else.
    pub(crate) before_start: &'static str,
    /// How it lies on the host.
    pub(crate) layout: Layout,
}

impl Version {
    pub(crate) fn healthy(number: &'static str) -> Self {
        Self { number, is_healthy: true, before_start: "", layout: Layout::Symlink }
    }
}

const MANIFEST: &str = r#"
render = ["conf/shop.conf"]
[lifecycle.update]
command = "bin/update.sh"
[lifecycle.start]
command = "bin/start.sh"
timeout = 60
[lifecycle.stop]
command = "bin/stop.sh"
[lifecycle.on_failure]
command = "bin/on_failure.sh"
[[health]]
process = "packhorse-loop.sh"
within = 3
interval = 1
[[health]]
command = "bin/check.sh"
within = 3
interval = 1
"#;

/// Every command writes its name into this file of the install root.
const LOG: &str = "echo \"$PACKHORSE_VERSION $(basename \"$0\" .sh)\" >> \"$PACKHORSE_INSTALL_ROOT/effects\"\n";

fn files(version: Version) -> Vec<(&'static str, u16, String)> {
    let Version { number, is_healthy, before_start, .. } = version;
    let run = if is_healthy { "exec sleep 600" } else { "exit 1" };
    let script = |body: &str| format!("#!/bin/sh\n{LOG}{body}\n");
    // Some bytes that differ little from version to version, so that a delta is worth its while.
    let bulk: String = (0..20_000).map(|line| format!("{line} {:x}\n", line * 7919)).collect();
    vec![
        ("bin/packhorse-loop.sh", 0o755, format!("#!/bin/sh\nsleep 600 & echo $! > \"$1\"\nwait\n{run}\n")),
        (
            "bin/start.sh",
            0o755,
            script(&format!(
                "{before_start}\necho starting {number}\n[ {is_healthy} = true ] || exit 0\nnohup sh bin/packhorse-loop.sh \"$PACKHORSE_INSTALL_ROOT/sleep.pid\" >/dev/null 2>&1 &\necho $! > \"$PACKHORSE_INSTALL_ROOT/pid\""
            )),
        ),
        (
            "bin/stop.sh",
            0o755,
            script(
                "cd \"$PACKHORSE_INSTALL_ROOT\"\n[ -f pid ] && kill $(cat pid) $(cat sleep.pid)\nrm -f pid sleep.pid\nexit 0",
            ),
        ),
        ("bin/update.sh", 0o755, script("")),
        ("bin/on_failure.sh", 0o755, script("")),
        ("bin/check.sh", 0o755, "#!/bin/sh\ntest -f conf/shop.conf\n".to_owned()),
        ("conf/shop.conf", 0o640, format!("host = [@packhorse.host.name]\nversion = {number}\n")),
        ("conf/secret.conf", 0o640, "password = [!db_password]\n".to_owned()),
        ("lib/bulk.txt", 0o644, format!("{bulk}{number}\n")),
    ]
}

/// Adds a version to what the server has.
pub(crate) fn add(source: &mut MemorySource, version: Version) -> (Release, Tree) {
    let manifest = Manifest { layout: Some(version.layout), ..Manifest::parse(MANIFEST).unwrap() };
    add_files(source, version.number, manifest, files(version))
}

/// Adds a version of these files to what the server has.
pub(crate) fn add_files(
    source: &mut MemorySource,
    number: &str,
    manifest: Manifest,
    files: Vec<(&'static str, u16, String)>,
) -> (Release, Tree) {
    let mut entries = BTreeMap::new();
    for (path, mode, content) in files {
        let path = EntryPath::new(path).unwrap();
        for folder in path.ancestors() {
            entries.insert(folder.clone(), Entry { path: folder, mode: 0o755, kind: EntryKind::Directory });
        }
        let (digest, size) = source.insert(content.as_bytes().chunks(10_000)).unwrap();
        entries.insert(path.clone(), Entry { path, mode, kind: EntryKind::File { size, digest } });
    }
    let tree = Tree::new(entries.into_values().collect()).unwrap();
    let release = Release {
        version: number.parse().unwrap(),
        tree: tree.digest(),
        size: tree.totals().bytes,
        manifest,
        rendering: None,
    };
    (release, tree)
}

const CONFIG: &str = r#"
[[config]]
file = "a.conf"
target = "/etc/shop/[@packhorse.host.name].conf"
mode = "640"
[[config]]
file = "b.conf"
target = "/etc/b.conf"
[lifecycle.pre]
command = "scripts/pre.sh"
[lifecycle.validate]
command = "scripts/validate.sh"
[lifecycle.post]
command = "scripts/post.sh"
"#;

/// Adds a version of a config package: a valid one has `good` in its files. `post` is what its last command does.
pub(crate) fn add_config(source: &mut MemorySource, number: &'static str, word: &str, post: &str) -> (Release, Tree) {
    let script = |body: &str| format!("#!/bin/sh\n{LOG}{body}\n");
    let files = vec![
        ("a.conf", 0o644, format!("host = [@packhorse.host.name]\n{word} {number}\n")),
        ("b.conf", 0o644, format!("{word} {number}\n")),
        ("scripts/pre.sh", 0o755, script("")),
        ("scripts/post.sh", 0o755, script(post)),
        ("scripts/validate.sh", 0o755, script("grep -q good \"$PACKHORSE_INSTALL_ROOT/../../../etc/b.conf\"")),
    ];
    add_files(source, number, Manifest::parse(CONFIG).unwrap(), files)
}

pub(crate) fn order(action: UnitAction, from: Option<&Release>, to: Option<&Release>) -> UnitOrder {
    UnitOrder {
        action,
        package: "shop".parse().unwrap(),
        install_root: "/data/app/shop".to_owned(),
        layout: to.or(from).and_then(|release| release.manifest.layout).unwrap_or_default(),
        from: from.cloned(),
        to: to.cloned(),
        variables: BTreeMap::from([("packhorse.host.name".to_owned(), "web-1".to_owned())]),
        secrets: BTreeMap::new(),
        envelope: None,
        values: None,
        migration: None,
        migrations: Vec::new(),
        step_timeout_seconds: None,
        remove_data: Vec::new(),
    }
}
