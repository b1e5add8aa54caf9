//! Bad input and bad luck: each gives one clear error with a hint, and leaves nothing behind.

use std::fs;
use std::process::Command;

use packhorse_testkit::app::{self, Behaviour};
use packhorse_testkit::world::{MODULE, Ran, World, binaries};

#[track_caller]
fn refused(ran: &Ran, code: i32, words: &[&str]) {
    assert_eq!(ran.code, code, "{ran:#?}");
    for word in words {
        assert!(ran.stderr.contains(word), "{word:?} is missing: {ran:#?}");
    }
    assert_eq!(ran.stdout, "", "nothing goes to standard output: {ran:#?}");
}

#[test]
fn every_refusal_is_one_clear_error_with_a_hint() {
    let mut world = World::start();
    let write = |name: &str, bytes: &[u8]| {
        let path = world.path(name);
        fs::write(&path, bytes).expect("a file can be written");
        path.display().to_string()
    };
    refused(&world.cli(&["package", "push", &write("tracer_1.0.0.rar", b"Rar!")]), 1, &["error:", ".tar.gz", "hint:"]);
    refused(
        &world.cli(&["package", "push", &write("tracer_1.0.0.zip", &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])]),
        1,
        &["error:", "zip", "gzip", "hint:"],
    );
    refused(&world.cli(&["package", "push", &write("tracer_1.0.0.tar.gz", b"")]), 1, &["error:", "hint:"]);
    refused(
        &world.cli(&["deploy", "tracer@1.0.0", "--to", MODULE, "--bind", "--yes"]),
        4,
        &["error:", "tracer", "hint:"],
    );
    assert_eq!(world.cli(&["package", "list", "-o", "jsonl"]).ok(), "", "nothing was left behind");

    let archive = app::pack(&world.path(""), "1.0.0", Behaviour::Healthy).display().to_string();
    let _ = world.cli(&["package", "push", &archive]).ok();
    refused(&world.cli(&["deploy", "tracer@9.9.9", "--to", MODULE, "--yes"]), 4, &["error:", "9.9.9", "hint:"]);
    refused(
        &world.cli(&["deploy", "tracer@1.0.0", "--to", "Shop/Production/Nowhere", "--yes"]),
        4,
        &["error:", "Nowhere", "hint:"],
    );
    let other = app::pack(&world.path(""), "1.0.0", Behaviour::Sick).display().to_string();
    refused(&world.cli(&["package", "push", &other]), 1, &["error:", "1.0.0", "hint:"]);

    let wrong: Ran = world
        .client()
        .env("PACKHORSE_TOKEN", "ph_wrong")
        .env("PACKHORSE_URL", world.url())
        .args(["host", "list"])
        .output()
        .expect("the client can be started")
        .into();
    refused(&wrong, 3, &["error:", "token", "hint:"]);

    second_server(&world, &world.path("data").display().to_string(), "127.0.0.1:0", &["data"]);
    let busy = world.url().trim_start_matches("http://").to_owned();
    let port = busy.rsplit(':').next().expect("an address has a port");
    second_server(&world, &world.path("data2").display().to_string(), &busy, &["in use", port]);
    assert!(world.server().is_running());
}

/// A server that must not start.
#[track_caller]
fn second_server(world: &World, data: &str, listen: &str, words: &[&str]) {
    let ran: Ran = Command::new(binaries().join("packhorse"))
        .args(["serve", "--data", data, "--listen", listen, "--agent-listen", "127.0.0.1:0"])
        .env("XDG_CONFIG_HOME", world.path("server-config"))
        .output()
        .expect("the server can be started")
        .into();
    assert_eq!(ran.code, 1, "{ran:#?}");
    for word in words.iter().chain(&["error:", "hint:"]) {
        assert!(ran.stderr.contains(word), "{word:?} is missing: {ran:#?}");
    }
}

#[test]
fn a_token_is_good_for_one_host_once() {
    let mut world = World::start();
    world.add_host("web-01", &[]);
    let token = world.cli(&["host", "join-token", "--name", "web-02", "--module", MODULE, "-o", "json"]).json();
    let token = token["token"].as_str().expect("a token").to_owned();
    let join = |root: &str, token: &str| -> Ran {
        let root = world.path(root);
        let mut command = Command::new(binaries().join("packhorse-agent"));
        command.args(["join", &world.agent_url(), "--token", token, "--root"]).arg(root);
        command.output().expect("the agent can be started").into()
    };
    assert_eq!(join("first", &token).code, 0);
    refused(&join("second", &token), 3, &["error:", "token", "host join-token"]);
    let (secret, fingerprint) = token.split_once('.').expect("two parts");
    refused(
        &join("third", &format!("{secret}.{}", fingerprint.replace(|c: char| c.is_ascii_digit(), "0"))),
        3,
        &["error:", "fingerprint", "hint:"],
    );
    assert!(!world.path("second/var/lib/packhorse-agent/identity.json").exists());
}

#[test]
fn a_full_disk_fails_the_push_and_the_deployment_and_leaves_nothing() {
    let small = SmallDisk::mount();
    let mut world = World::start();
    world.add_host("web-01", &[]);
    let archive = app::pack(&world.path(""), "1.0.0", Behaviour::Healthy).display().to_string();
    let _ = world.cli(&["package", "push", &archive]).ok();
    let install_root = world.agents()[0].path(app::INSTALL_ROOT);
    fs::create_dir_all(&install_root).expect("a folder can be made");
    small.bind(&install_root);
    let failed = world.cli(&["deploy", "tracer@1.0.0", "--to", MODULE, "--bind", "--yes", "--watch"]);
    assert_eq!(failed.code, 1, "{failed:#?}");
    assert!(format!("{}{}", failed.stdout, failed.stderr).contains("make room"), "{failed:#?}");
    assert!(world.agents()[0].current(app::INSTALL_ROOT).is_none());
}

/// A file system with hardly any room.
struct SmallDisk {
    dir: tempfile::TempDir,
    bound: std::cell::RefCell<Vec<std::path::PathBuf>>,
}

impl SmallDisk {
    fn mount() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory can be made");
        assert!(
            command("mount", &["-t", "tmpfs", "-o", "size=8k", "tmpfs", &dir.path().display().to_string()]),
            "mounting needs root"
        );
        Self { dir, bound: std::cell::RefCell::default() }
    }

    fn bind(&self, place: &std::path::Path) {
        assert!(command("mount", &["--bind", &self.dir.path().display().to_string(), &place.display().to_string()]));
        self.bound.borrow_mut().push(place.to_owned());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        for place in self.bound.borrow().iter() {
            command("umount", &["-l", &place.display().to_string()]);
        }
        command("umount", &["-l", &self.dir.path().display().to_string()]);
    }
}

fn command(program: &str, args: &[&str]) -> bool {
    Command::new(program).args(args).status().is_ok_and(|status| status.success())
}
