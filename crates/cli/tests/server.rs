//! The command line against a real server on an empty data directory.

use std::os::unix::fs::PermissionsExt;

use insta::assert_snapshot;

use crate::environment::{Run, TestEnvironment, TestServer};
use crate::lint::tar;

const TOPOLOGY: &str = "\
[[business]]
name = \"Shop\"
[[business.system]]
name = \"Production\"
environment = \"prod\"
[[business.system.module]]
name = \"Web\"
[[business.system.module]]
name = \"支付网关\"
";

/// A server, and a home that is signed in to it.
pub(crate) struct Site {
    pub(crate) environment: TestEnvironment,
    server: TestServer,
}

impl Site {
    pub(crate) fn start() -> Self {
        let mut environment = TestEnvironment::new();
        let server = TestServer::start(&environment, &environment.path("data"));
        environment.call(&server.url, "$SERVER");
        let site = Self { environment, server };
        let run = site.login(site.server.password.as_deref().unwrap());
        assert_eq!(run.code, 0, "{}", run.seen());
        site
    }

    fn login(&self, password: &str) -> Run {
        let args = ["login", &self.server.url, "--user", "admin", "--password-stdin"];
        self.environment.run_with(&args, &[], &format!("{password}\n"))
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.environment.run(args)
    }

    fn with_topology(self) -> Self {
        self.environment.write("topology.toml", TOPOLOGY);
        let run = self.run(&["topology", "apply", "topology.toml"]);
        assert_eq!(run.code, 0, "{}", run.seen());
        self
    }
}

/// A package of these files, packed twice with the same bytes.
fn archive(text: &str) -> Vec<u8> {
    let manifest = "description = 'The shop'\n[[health]]\nport = 8080\n";
    tar(&[
        ("packhorse.toml", manifest),
        ("index.txt", text),
        ("scripts/start.sh", "#!/bin/sh\n"),
        ("scripts/stop.sh", "#!/bin/sh\n"),
    ])
}

#[test]
fn a_login_is_kept_for_its_owner_only_and_used_afterwards() {
    let site = Site::start();
    let credentials = site.environment.path(".config/packhorse/credentials.toml");
    assert_eq!(std::fs::metadata(&credentials).unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&credentials).unwrap();
    assert!(!text.contains(site.server.password.as_deref().unwrap()), "the password is not stored");
    assert_snapshot!(site.run(&["host", "list"]).seen(), @r"
    exit 0
    --- stderr
    no hosts; `packhorse host join-token` lets one join
    ");
    assert_snapshot!(site.run(&["host", "list", "-o", "json"]).seen(), @r"
    exit 0
    --- stdout
    []
    ");
    assert_snapshot!(site.login("wrong").seen(), @r"
    exit 3
    --- stderr
    error: the user or the password is wrong
    hint: the first administrator's password was printed once, when the server first started
    ");

    let token = site.run(&["token", "create", "--name", "ci", "--expires", "1"]);
    assert_eq!(token.code, 0, "{}", token.seen());
    let variables = |token: &str| [("PACKHORSE_URL", site.server.url.clone()), ("PACKHORSE_TOKEN", token.to_owned())];
    let elsewhere = TestEnvironment::new();
    let with = |token: &str| {
        let variables = variables(token);
        let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        elsewhere.run_with(&["package", "list", "-o", "jsonl"], &variables, "")
    };
    assert_eq!(with(token.stdout.trim()).code, 0, "CI needs no login");
    assert_snapshot!(with("ph_wrong").seen(), @r"
    exit 3
    --- stderr
    error: this is no API token
    hint: sign in with `packhorse login URL`, or set PACKHORSE_TOKEN
    ");
    assert_snapshot!(elsewhere.run(&["package", "list", "--url", &site.server.url]).seen(), @r"
    exit 3
    --- stderr
    error: this needs a signed-in user
    hint: sign in with `packhorse login URL`, or set PACKHORSE_TOKEN
    ");
}

#[test]
fn a_topology_is_applied_again_and_again() {
    let site = Site::start();
    site.environment.write("topology.toml", TOPOLOGY);
    assert_snapshot!(site.run(&["topology", "tree"]).seen(), @r"
    exit 0
    --- stderr
    there is no topology yet; `packhorse topology apply FILE.toml` makes one
    ");
    assert_snapshot!(site.run(&["topology", "apply", "topology.toml"]).seen(), @r"
    exit 0
    --- stdout
    Shop: added
    Shop/Production: added
    Shop/Production/Web: added
    Shop/Production/支付网关: added
    ");
    assert_snapshot!(site.run(&["topology", "apply", "topology.toml"]).seen(), @r"
    exit 0
    --- stdout
    nothing to change
    ");
    assert_snapshot!(site.run(&["topology", "tree"]).seen(), @r"
    exit 0
    --- stdout
    Shop
    └── Production (prod)
        ├── Web  0 hosts, 0 instances
        └── 支付网关  0 hosts, 0 instances
    ");
}

#[test]
fn a_host_is_let_in_by_a_token() {
    let site = Site::start().with_topology();
    let token = site.run(&["host", "join-token", "--name", "web-01", "--module", "Shop/Production/Web", "-o", "json"]);
    let token = token.json();
    assert!(token["token"].as_str().unwrap().starts_with("pht_"), "{token}");
    assert!(token["command"].as_str().unwrap().starts_with("packhorse-agent join "), "{token}");
    assert_snapshot!(site.run(&["host", "join-token", "--name", "web-01", "--module", "Shop/Production/Nowhere"]).seen(), @r"
    exit 4
    --- stderr
    error: there is no module Shop/Production/Nowhere
    hint: `packhorse topology tree` shows the modules; `packhorse topology apply` makes them
    ");
    assert_snapshot!(site.run(&["host", "show", "web-01"]).seen(), @r"
    exit 4
    --- stderr
    error: there is no host web-01
    hint: look at the spelling; `packhorse NOUN list` shows what there is
    ");
}

#[test]
fn a_package_is_pushed_shown_and_downloaded_bit_for_bit() {
    let site = Site::start();
    let bytes = archive("one\n");
    site.environment.write("shop_1.0.0_1.tar", &bytes);
    assert_snapshot!(site.run(&["package", "push", "shop_1.0.0_1.tar"]).seen(), @r"
    exit 0
    --- stdout
    shop@1.0.0
    --- stderr
    pushing shop_1.0.0_1.tar (5.1 kB)
    pushed 4 files, 72 B; 494 B new in the store
    ");
    assert_snapshot!(site.run(&["package", "push", "shop_1.0.0_1.tar"]).seen(), @r"
    exit 0
    --- stdout
    shop@1.0.0
    --- stderr
    pushing shop_1.0.0_1.tar (5.1 kB)
    these bytes were already there
    ");
    site.environment.write("build.tar", archive("two\n"));
    assert_snapshot!(site.run(&["package", "push", "build.tar", "--name", "shop", "--version", "1.0.0"]).seen(), @r"
    exit 1
    --- stderr
    pushing build.tar (5.1 kB)
    error: shop@1.0.0 is there already, with other content
      the one that is there has SHA-256 063116cb056fac4c6c78eb2e3d783419b0d4e106a65684a014b870f0a39d652c, the one that was pushed c268d093d732ecc2e2137e832283a1822e93cbfd33b88a47ed9f3a27c2daed0e
    hint: a version never changes: push this under a new version number
    ");
    assert_eq!(site.run(&["package", "push", "build.tar", "--name", "shop", "--version", "1.0.1", "-q"]).code, 0);

    let versions = site.run(&["package", "show", "shop", "-o", "json"]).json();
    let versions: Vec<_> =
        versions["all_versions"].as_array().unwrap().iter().map(|version| version["version"].clone()).collect();
    assert_eq!(versions, ["1.0.1", "1.0.0"]);
    let listed = site.run(&["package", "list"]);
    assert!(listed.stdout.contains("shop  file  1.0.1          2          0  "), "{}", listed.seen());

    let run = site.run(&["package", "download", "shop@1.0.0", "-O", "copy.tar"]);
    assert_eq!(run.code, 0, "{}", run.seen());
    assert_eq!(std::fs::read(site.environment.path("copy.tar")).unwrap(), bytes);
    assert_eq!(site.run(&["package", "download", "shop@1.0.0"]).code, 0);
    // What an earlier download has left is gone on with, and thrown away if it is not a beginning of the archive.
    for part in [&bytes[..700], b"something else"] {
        site.environment.write(".copy.tar.part", part);
        site.environment.write("copy.tar", "old");
        let run = site.run(&["package", "download", "shop@1.0.0", "-O", "copy.tar"]);
        assert_eq!(run.code, 0, "{}", run.seen());
        assert_eq!(std::fs::read(site.environment.path("copy.tar")).unwrap(), bytes);
        assert!(!site.environment.path(".copy.tar.part").exists());
    }
    assert_snapshot!(site.run(&["package", "download", "shop@9.9.9"]).seen(), @r"
    exit 4
    --- stderr
    error: there is no version shop@9.9.9
    hint: `packhorse package show shop` lists its versions
    ");
    assert_snapshot!(site.run(&["package", "show", "nothing"]).seen(), @r"
    exit 4
    --- stderr
    error: there is no package nothing
    hint: `packhorse package list` shows what there is
    ");
}

#[test]
fn a_push_that_is_refused_leaves_nothing() {
    let site = Site::start();
    site.environment.write("shop_1.0.0.rar", "Rar!");
    assert_snapshot!(site.run(&["package", "push", "shop_1.0.0.rar"]).seen(), @r#"
    exit 1
    --- stderr
    error: the extension of "shop_1.0.0.rar" is not one of .tar .tar.gz .tgz .tar.bz2 .tar.xz .tar.zst .zip .jar .war .ear .rpm .deb .pkg .bin
    hint: pack it as one of these, or say what the file is: --type file, --kind config --target PATH, or --kind script
    "#);
    site.environment.write("shop_1.0.0.zip", archive("one\n"));
    assert_snapshot!(site.run(&["package", "push", "shop_1.0.0.zip"]).seen(), @r"
    exit 1
    --- stderr
    pushing shop_1.0.0.zip (5.1 kB)
    error: the name says .zip, but the bytes are an uncompressed tar (.tar)
    hint: rename the file to what it is, or pack it again in the format that its name says
    ");
    site.environment.write("shop_1.0.0.tar", tar(&[("../etc/passwd", "root")]));
    assert_snapshot!(site.run(&["package", "push", "shop_1.0.0.tar"]).seen(), @r#"
    exit 1
    --- stderr
    pushing shop_1.0.0.tar (2.0 kB)
    error: the path "../etc/passwd" leaves the package by ".."
    hint: rename it, then pack the folder again from inside, with relative paths only
    "#);
    assert_snapshot!(site.run(&["package", "list"]).seen(), @r"
    exit 0
    --- stderr
    no packages; `packhorse package push FILE` makes one
    ");
}

#[test]
fn a_plan_needs_a_version_and_a_module_that_exist() {
    let site = Site::start().with_topology();
    site.environment.write("shop_1.0.0_1.tar", archive("one\n"));
    assert_eq!(site.run(&["package", "push", "shop_1.0.0_1.tar"]).code, 0);
    let plan = |what: &str, to: &str| site.run(&["plan", what, "--to", to]).seen();
    assert_snapshot!(plan("shop@9.9.9", "Shop/Production/Web"), @r"
    exit 4
    --- stderr
    error: there is no version shop@9.9.9
    hint: `packhorse package show shop` shows those that there are
    ");
    assert_snapshot!(plan("nothing@1.0.0", "Shop/Production/Web"), @r"
    exit 4
    --- stderr
    error: there is no package nothing
    hint: `packhorse package list` shows those that there are
    ");
    assert_snapshot!(plan("shop@1.0.0", "Shop/Production/Nowhere"), @r"
    exit 4
    --- stderr
    error: there is no module Shop/Production/Nowhere
    hint: `packhorse topology tree` shows those that there are
    ");
    assert_snapshot!(site.run(&["deployment", "list"]).seen(), @r"
    exit 0
    --- stderr
    no deployments; `packhorse deploy NAME@VERSION --to MODULE` starts one
    ");
    assert_snapshot!(site.run(&["deployment", "show", "01arz3ndektsv4rrffq69g5fav"]).seen(), @r"
    exit 4
    --- stderr
    error: there is no deployment 01arz3ndektsv4rrffq69g5fav
    hint: `packhorse deployment list` shows those that there are
    ");
}

#[test]
fn two_servers_never_share_a_port_or_a_data_directory() {
    let site = Site::start();
    let port = site.server.url.trim_start_matches("http://").to_owned();
    let serve = |data: &str, listen: &str| {
        site.run(&["serve", "--data", data, "--listen", listen, "--agent-listen", "127.0.0.1:0"])
    };
    let same_data = serve("data", "127.0.0.1:0");
    assert_eq!(same_data.code, 1, "{}", same_data.seen());
    assert!(same_data.stderr.contains("data") && same_data.stderr.contains("hint:"), "{}", same_data.seen());
    let same_port = serve("other", &port);
    assert_eq!(same_port.code, 1, "{}", same_port.seen());
    assert!(same_port.stderr.contains("--listen") && same_port.stderr.contains("hint:"), "{}", same_port.seen());
    assert_eq!(site.run(&["package", "list"]).code, 0, "the first server is not disturbed");
}

#[test]
fn a_server_ends_when_it_is_asked_to_and_knows_its_users_afterwards() {
    let Site { environment, server } = Site::start();
    assert_eq!(server.stop(), Some(0));
    let again = TestServer::start(&environment, &environment.path("data"));
    assert_eq!(again.password, None, "the password is shown once");
    assert_snapshot!(environment.run(&["serve"]).seen(), @r"
    exit 2
    --- stderr
    error: data is not set: name a directory, as in --data DIR
    hint: `packhorse serve --help` shows options and configuration file
    ");
}
