//! Database packages, whole: pushed, planned, brought into real databases by a real agent, further, and back.

use std::fs;
use std::path::Path;

use packhorse_testkit::mariadb::MariaDb;
use packhorse_testkit::postgres;
use packhorse_testkit::world::{MODULE, World, wait_for};

/// A version of `shop-db` as a folder.
fn pack(world: &World, engine: &str, version: &str, files: &[(&str, &str)]) {
    let folder = world.path(&format!("shop-db-{version}"));
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }
    let pushed = world.cli(&[
        "package",
        "push",
        &folder.display().to_string(),
        "--kind",
        "database",
        "--engine",
        engine,
        "--name",
        "shop-db",
        "--version",
        version,
    ]);
    assert_eq!(pushed.code, 0, "{pushed:#?}");
}

/// 1.0.0 with a full load, and increments over 1.1.0 to 1.2.0.
fn push_all(world: &World, engine: &str) {
    pack(
        world,
        engine,
        "1.0.0",
        &[(
            "full-load/1_fullload.sql",
            "CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(50));\nINSERT INTO item VALUES (1, 'pen');\n",
        )],
    );
    pack(
        world,
        engine,
        "1.1.0",
        &[
            ("increment/1.0.0_increment.sql", "CREATE TABLE bill (id INT);\nINSERT INTO bill VALUES (7);\n"),
            ("increment/1.0.0_rollback.sql", "DROP TABLE bill;\n"),
        ],
    );
    pack(
        world,
        engine,
        "1.2.0",
        &[
            ("increment/1.1.0_increment.sql", "UPDATE item SET name = 'ink' WHERE id = 1;\n"),
            ("increment/1.1.0_rollback.sql", "UPDATE item SET name = 'pen' WHERE id = 1;\n"),
        ],
    );
}

fn deploy(world: &World, version: &str) -> String {
    world.cli(&["deploy", &format!("shop-db@{version}"), "--to", MODULE, "--bind", "--yes", "--watch"]).ok()
}

fn status(world: &World) -> String {
    let status = world.cli(&["database", "status", "shop", "-o", "json"]).json();
    let ledger = &status["ledgers"][0];
    assert_eq!(ledger["stopped"], serde_json::Value::Null, "{status:#}");
    ledger["version"].as_str().unwrap_or("empty").to_owned()
}

/// Full, from 1.0.0 to 1.2.0, and back; `ask` runs SQL in the database.
fn there_and_back(world: &World, engine: &str, ask: impl Fn(&str) -> String) {
    push_all(world, engine);
    let plan = world.cli(&["plan", "shop-db@1.0.0", "--to", MODULE]);
    assert_eq!(plan.code, 2, "{plan:#?}");
    assert!(plan.stdout.contains("full-load/1_fullload.sql"), "{plan:#?}");

    // Nothing leads back behind a full load, and so none is begun that would have to go back.
    let one_way =
        world.cli(&["deploy", "shop-db@1.0.0", "--to", MODULE, "--on-failure", "rollback", "--bind", "--yes"]);
    assert_eq!(one_way.code, 1, "{one_way:#?}");
    assert!(one_way.stderr.contains("nothing leads shop back to an empty database"), "{one_way:#?}");

    let _ = deploy(world, "1.0.0");
    assert_eq!((ask("SELECT name FROM item").as_str(), status(world).as_str()), ("pen", "1.0.0"));
    let plan = world.cli(&["plan", "shop-db@1.0.0", "--to", MODULE]);
    assert_eq!(plan.code, 0, "{plan:#?}");

    let _ = deploy(world, "1.2.0");
    assert_eq!((ask("SELECT name FROM item").as_str(), ask("SELECT id FROM bill").as_str()), ("ink", "7"));
    assert_eq!(status(world), "1.2.0");
    let instances = world.cli(&["instance", "list", "-o", "jsonl"]).ok();
    assert!(instances.contains("\"1.2.0\""), "{instances}");

    let deployments = world.cli(&["deployment", "list", "-o", "jsonl"]).ok();
    let newest: serde_json::Value = serde_json::from_str(deployments.lines().next().expect("a line")).expect("JSON");
    let id = newest["id"].as_str().expect("an id");
    let back = world.cli(&["deployment", "rollback", id, "--yes", "--watch"]);
    assert_eq!(back.code, 0, "{back:#?}");
    assert_eq!((ask("SELECT name FROM item").as_str(), status(world).as_str()), ("pen", "1.0.0"));
    assert_eq!(ask("SELECT count(*) FROM packhorse_ledger WHERE step = 'rollback' AND state = 'done'"), "2");

    let further = deploy(world, "1.2.0");
    assert_eq!((ask("SELECT name FROM item").as_str(), status(world).as_str()), ("ink", "1.2.0"), "{further}");
}

fn add_target(world: &World, arguments: &[&str]) {
    let common = ["database-target", "add", "shop", "--module", MODULE, "--host", "web-01"];
    let _ = world.cli(&[&common[..], arguments].concat()).ok();
}

#[test]
fn postgres_goes_there_and_back() {
    let mut world = World::start();
    world.add_hosts(1);
    let database = postgres::database();
    let sockets = database.sockets.display().to_string();
    add_target(
        &world,
        &["--engine", "postgres", "--address", &sockets, "--database", &database.name, "--user", "postgres"],
    );
    there_and_back(&world, "postgres", |sql| database.query(sql));
}

#[test]
fn mariadb_goes_there_and_back_with_a_password_of_the_vault() {
    let mut world = World::start();
    world.add_hosts(1);
    let server = MariaDb::start();
    let _ = server.query("CREATE USER shop IDENTIFIED BY 'hush-hush'; GRANT ALL ON shop.* TO shop");
    let added = world.cli_with_input(&["secret", "add", "shop-db"], "hush-hush");
    assert_eq!(added.code, 0, "{added:#?}");
    let socket = server.socket().display().to_string();
    add_target(
        &world,
        &["--engine", "mysql", "--address", &socket, "--database", "shop", "--user", "shop", "--secret", "shop-db"],
    );
    there_and_back(&world, "mysql", |sql| server.query(sql));
    // The password is nowhere on the host.
    assert!(!holds(&world.agents()[0].root, "hush-hush"), "the password is in a file of the host");
}

#[test]
fn what_fails_is_told_with_its_line_and_goes_on_when_it_is_mended() {
    let mut world = World::start();
    world.add_hosts(1);
    let file = world.path("shop.db").display().to_string();
    add_target(&world, &["--engine", "sqlite", "--database", &file]);
    pack(&world, "sqlite", "1.0.0", &[("full-load/1_fullload.sql", "CREATE TABLE item (id INT);\n")]);
    pack(
        &world,
        "sqlite",
        "1.1.0",
        &[
            ("increment/1.0.0_increment.sql", "INSERT INTO item VALUES (1);\n\nINSERT INTO absent VALUES (1);\n"),
            ("increment/1.0.0_rollback.sql", "DELETE FROM item WHERE id = 1;\n"),
        ],
    );
    let _ = deploy(&world, "1.0.0");
    let failed = world.cli(&["deploy", "shop-db@1.1.0", "--to", MODULE, "--bind", "--yes", "--watch"]);
    assert_eq!(failed.code, 1, "{failed:#?}");
    let said = format!("{}{}", failed.stdout, failed.stderr);
    assert!(said.contains("increment/1.0.0_increment.sql:3: statement 2 of 2"), "{failed:#?}");
    let status = world.cli(&["database", "status", "shop"]).ok();
    assert!(status.contains("shop-db 1.0.0") && status.contains("all of the script was undone"), "{status}");

    // Nothing of it stands, and going back has nothing to do.
    let deployments = world.cli(&["deployment", "list", "-o", "jsonl"]).ok();
    let newest: serde_json::Value = serde_json::from_str(deployments.lines().next().expect("a line")).expect("JSON");
    let id = newest["id"].as_str().expect("an id");
    let back = world.cli(&["deployment", "rollback", id, "--yes", "--watch"]);
    assert_eq!(back.code, 0, "{back:#?}");
    let status = world.cli(&["database", "status", "shop", "-o", "json"]).json();
    assert_eq!(status["ledgers"][0]["version"], "1.0.0", "{status:#}");
}

#[test]
fn an_agent_that_is_killed_in_a_script_goes_on_by_the_ledger() {
    let mut world = World::start();
    world.add_hosts(1);
    let database = postgres::database();
    let sockets = database.sockets.display().to_string();
    let arguments = ["--engine", "postgres", "--address", &sockets, "--database", &database.name, "--user", "postgres"];
    add_target(&world, &arguments);
    pack(&world, "postgres", "1.0.0", &[("full-load/1_fullload.sql", "CREATE TABLE item (id INT PRIMARY KEY);\n")]);
    pack(
        &world,
        "postgres",
        "1.1.0",
        &[
            (
                "increment/1.0.0_increment.sql",
                "INSERT INTO item VALUES (1);\nSELECT pg_sleep(2);\nINSERT INTO item VALUES (2);\n",
            ),
            ("increment/1.0.0_rollback.sql", "DELETE FROM item;\n"),
        ],
    );
    let _ = deploy(&world, "1.0.0");
    let _ = world.cli(&["deploy", "shop-db@1.1.0", "--to", MODULE, "--bind", "--yes"]).ok();
    let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active' AND datname = current_database()";
    wait_for("the script to be in its middle", || (database.query(sleeping) == "1").then_some(()));
    world.kill_agent(0);
    world.start_agent(0);
    let newest = || {
        let deployments = world.cli(&["deployment", "list", "-o", "jsonl"]).ok();
        let newest: serde_json::Value = serde_json::from_str(deployments.lines().next()?).ok()?;
        newest["state"].as_str().map(str::to_owned)
    };
    wait_for("the deployment to succeed", || (newest()? == "succeeded").then_some(()));
    assert_eq!(database.query("SELECT string_agg(id::text, ',' ORDER BY id) FROM item"), "1,2");
    assert_eq!(database.query("SELECT count(*) FROM packhorse_ledger WHERE to_version = '1.1.0'"), "3");
}

#[test]
fn an_application_and_its_database_wait_for_each_other() {
    let mut world = World::start();
    world.add_hosts(1);
    let file = world.path("shop.db").display().to_string();
    add_target(&world, &["--engine", "sqlite", "--database", &file]);
    push_all(&world, "sqlite");
    let folder = world.path("shop-app");
    fs::create_dir_all(&folder).expect("a folder can be made");
    let manifest = "[[needs]]\ndatabase = \"shop-db\"\nfrom = \"1.1.0\"\n";
    fs::write(folder.join("packhorse.toml"), manifest).expect("a file can be written");
    let pushed =
        world.cli(&["package", "push", &folder.display().to_string(), "--name", "shop-app", "--version", "2.0.0"]);
    assert_eq!(pushed.code, 0, "{pushed:#?}");

    let left_out = |what: &str, why: &str| {
        let plan = world.cli(&["plan", what, "--to", MODULE]);
        assert!(plan.code == 1 && plan.stderr.contains(why), "{plan:#?}");
    };
    left_out("shop-app@2.0.0", "needs shop-db from 1.1.0, which is in no database of its system");
    let _ = deploy(&world, "1.0.0");
    left_out("shop-app@2.0.0", "needs shop-db from 1.1.0, and shop is 1.0.0");
    let _ = deploy(&world, "1.1.0");
    let _ = world.cli(&["deploy", "shop-app@2.0.0", "--to", MODULE, "--bind", "--yes", "--watch"]).ok();
    left_out("shop-db@1.0.0", "shop-app 2.0.0 on web-01 needs shop-db from 1.1.0, and shop-db would be 1.0.0");
    let _ = deploy(&world, "1.2.0");
}

/// Whether a file below a folder holds a text.
fn holds(folder: &Path, text: &str) -> bool {
    fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            return holds(&path, text);
        }
        let bytes = fs::read(&path).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}
