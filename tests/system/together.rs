//! Several packages in one deployment, whole: a database, a configuration and an application that needs both, brought by real agents; and
//! taken back, all of it, when the application does not start on one host.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use packhorse_testkit::world::{MODULE, World};

fn write(world: &World, path: &str, text: &str) {
    let path = world.path(path);
    fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder can be made");
    fs::write(&path, text).expect("a file can be written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a mode can be set");
}

fn push(world: &World, name: &str, version: &str, more: &[&str]) {
    let folder = world.path(&format!("{name}-{version}")).display().to_string();
    let pushed = world.cli(&[&["package", "push", &folder, "--name", name, "--version", version], more].concat());
    assert_eq!(pushed.code, 0, "{pushed:#?}");
}

/// A version of which each start is written down, in one file for all hosts; on `sick` it does not start.
fn pack(world: &World, name: &str, version: &str, manifest: &str, sick: &str) {
    let log = world.path("started.log").display().to_string();
    let start = format!(
        "#!/bin/sh\nset -eu\n[ \"$PACKHORSE_HOST_NAME\" != \"{sick}\" ] || exit 1\necho \"$PACKHORSE_HOST_NAME {name} {version}\" >>\"{log}\"\n"
    );
    write(world, &format!("{name}-{version}/scripts/start.sh"), &start);
    write(world, &format!("{name}-{version}/scripts/stop.sh"), "#!/bin/sh\n");
    write(world, &format!("{name}-{version}/packhorse.toml"), manifest);
    push(world, name, version, &[]);
}

fn pack_database(world: &World, version: &str, files: &[(&str, &str)]) {
    for (path, text) in files {
        write(world, &format!("shop-db-{version}/{path}"), text);
    }
    push(world, "shop-db", version, &["--kind", "database", "--engine", "sqlite"]);
}

/// Versions 1.0.0 to 1.2.0 of all three, of which each application works with its own database alone; the last does not start on `web-02`.
fn push_all(world: &World) {
    let increment = |from: &str, table: &str| {
        let up = (format!("increment/{from}_increment.sql"), format!("CREATE TABLE {table} (id INT);\n"));
        let down = (format!("increment/{from}_rollback.sql"), format!("DROP TABLE {table};\n"));
        [up, down]
    };
    pack_database(world, "1.0.0", &[("full-load/1_fullload.sql", "CREATE TABLE item (id INT);\n")]);
    for (version, from, table) in [("1.1.0", "1.0.0", "bill"), ("1.2.0", "1.1.0", "tax")] {
        let files = increment(from, table);
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        pack_database(world, version, &files);
    }
    let conf = "[metadata]\ninstallrank = 1\n";
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        pack(world, "shop-conf", version, conf, "nobody");
    }
    for (version, below, sick) in
        [("1.0.0", "1.1.0", "nobody"), ("1.1.0", "1.2.0", "nobody"), ("1.2.0", "1.3.0", "web-02")]
    {
        let needs = format!("[[needs]]\ndatabase = \"shop-db\"\nfrom = \"{version}\"\nbelow = \"{below}\"\n");
        pack(world, "shop-web", version, &needs, sick);
    }
}

fn started(world: &World) -> String {
    let log = world.path("started.log");
    let text = fs::read_to_string(&log).unwrap_or_default();
    let _ = fs::remove_file(log);
    text
}

fn database(world: &World) -> String {
    let status = world.cli(&["database", "status", "shop", "-o", "json"]).json();
    status["ledgers"][0]["version"].as_str().unwrap_or("empty").to_owned()
}

#[test]
fn a_database_a_configuration_and_an_application_go_together_and_back_together() {
    let mut world = World::start();
    world.add_hosts(2);
    let file = world.path("shop.db").display().to_string();
    let target = ["database-target", "add", "shop", "--module", MODULE, "--host", "web-01"];
    let _ = world.cli(&[&target[..], &["--engine", "sqlite", "--database", &file]].concat()).ok();
    push_all(&world);
    for package in ["shop-db@1.0.0", "shop-conf@1.0.0", "shop-web@1.0.0"] {
        let _ = world.cli(&["deploy", package, "--to", MODULE, "--bind", "--yes", "--watch"]).ok();
    }
    let _ = started(&world);
    // Neither can go without the other.
    for alone in ["shop-db@1.1.0", "shop-web@1.1.0"] {
        let plan = world.cli(&["plan", alone, "--to", MODULE]);
        assert_eq!(plan.code, 1, "{plan:#?}");
    }

    let together = |version: &str| ["shop-web", "shop-conf", "shop-db"].map(|package| format!("{package}@{version}"));
    let deploy = |version: &str| {
        let what = together(version);
        let what: Vec<&str> = what.iter().map(String::as_str).collect();
        let how = ["--to", MODULE, "--batch", "1", "--on-failure", "rollback", "--yes", "--watch"];
        world.cli(&[&["deploy"][..], &what, &how].concat())
    };
    let _ = deploy("1.1.0").ok();
    assert_eq!(database(&world), "1.1.0");
    assert_eq!(
        started(&world),
        "web-01 shop-conf 1.1.0\nweb-01 shop-web 1.1.0\nweb-02 shop-conf 1.1.0\nweb-02 shop-web 1.1.0\n"
    );

    let failed = deploy("1.2.0");
    assert_eq!(failed.code, 1, "{failed:#?}");
    assert_eq!(database(&world), "1.1.0");
    assert_eq!(
        started(&world),
        "web-01 shop-conf 1.2.0\nweb-01 shop-web 1.2.0\nweb-02 shop-conf 1.2.0\n\
         web-02 shop-web 1.1.0\nweb-02 shop-conf 1.1.0\nweb-01 shop-web 1.1.0\nweb-01 shop-conf 1.1.0\n",
        "{failed:#?}"
    );
    for agent in world.agents() {
        for package in ["shop-web", "shop-conf"] {
            let current = agent.current(&format!("/data/app/{package}"));
            assert_eq!(current, Some(format!("{package}_1.1.0")), "{}", agent.name);
        }
    }
    let listed = world.cli(&["deployment", "list", "--package", "shop-db", "-o", "jsonl"]).ok();
    let listed: Vec<serde_json::Value> = listed.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let newest = &listed[0];
    assert_eq!(newest["state"], "rolled_back", "{newest:#}");
    let shown = world.cli(&["deployment", "show", newest["id"].as_str().expect("an id"), "-o", "json"]).json();
    let units: Vec<String> = shown["units"]
        .as_array()
        .expect("units")
        .iter()
        .map(|unit| format!("{} {} {}", unit["batch"], unit["host_name"], unit["package"]).replace('"', ""))
        .collect();
    assert_eq!(units, ["0 web-01 shop-web", "0 web-01 shop-conf", "1 web-01 shop-db"]);

    // The one before has ended: it goes back as a whole, since a part of it would have no database that it works with.
    let ended = listed[1]["id"].as_str().expect("an id");
    let refused = world.cli(&["deployment", "rollback", ended, "--host", "web-02", "--yes"]);
    assert!(refused.stderr.contains("shop-web 1.0.0 needs shop-db"), "{refused:#?}");
    let _ = world.cli(&["deployment", "rollback", ended, "--yes", "--watch"]).ok();
    assert_eq!(database(&world), "1.0.0");
    assert_eq!(
        started(&world),
        "web-02 shop-web 1.0.0\nweb-02 shop-conf 1.0.0\nweb-01 shop-web 1.0.0\nweb-01 shop-conf 1.0.0\n"
    );
}
