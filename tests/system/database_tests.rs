//! Database targets, tested by a real agent in real databases.

use packhorse_testkit::mariadb::MariaDb;
use packhorse_testkit::postgres;
use packhorse_testkit::world::{MODULE, World, free_port};
use serde_json::Value;

fn add(world: &World, name: &str, arguments: &[&str]) {
    let common = ["database-target", "add", name, "--module", MODULE, "--host", "web-01"];
    let _ = world.cli(&[&common[..], arguments].concat()).ok();
}

/// How the command ended, and what the host found.
fn test(world: &World, name: &str) -> (i32, Value) {
    let ran = world.cli(&["database-target", "test", name, "-o", "json"]);
    let test: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:#?}"));
    assert_eq!(test["state"], "answered", "{test:#}");
    (ran.code, test["found"].clone())
}

#[track_caller]
fn in_the_way(world: &World, name: &str, kind: &str) {
    let (code, found) = test(world, name);
    assert_eq!((code, found["obstacle"]["kind"].as_str()), (1, Some(kind)), "{found:#}");
}

#[test]
fn databases_are_looked_into_and_left_as_they_are() {
    let mut world = World::start();
    world.add_hosts(1);
    let postgres = postgres::database();
    let sockets = postgres.sockets.display().to_string();
    add(
        &world,
        "pg",
        &["--engine", "postgres", "--address", &sockets, "--database", &postgres.name, "--user", "postgres"],
    );
    let (code, found) = test(&world, "pg");
    assert_eq!((code, &found["ledgers"]), (0, &Value::Null), "{found:#}");
    assert!(found["server"].as_str().is_some_and(|server| server.starts_with("PostgreSQL ")), "{found:#}");
    assert_eq!(postgres.query("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
    let deaf = format!("127.0.0.1:{}", free_port());
    let _ = world.cli(&["database-target", "edit", "pg", "--address", &deaf]).ok();
    in_the_way(&world, "pg", "connection_refused");

    let mariadb = MariaDb::start();
    let _ = mariadb.query("CREATE USER shop IDENTIFIED BY 'hush-hush'; GRANT ALL ON shop.* TO shop");
    for (secret, value) in [("right", "hush-hush"), ("wrong", "open-sesame")] {
        let added = world.cli_with_input(&["secret", "add", secret], value);
        assert_eq!(added.code, 0, "{added:#?}");
    }
    let socket = mariadb.socket().display().to_string();
    let arguments = ["--engine", "mysql", "--address", &socket, "--database", "shop", "--user", "shop"];
    add(&world, "maria", &[&arguments[..], &["--secret", "wrong"]].concat());
    in_the_way(&world, "maria", "login_refused");
    let _ = world.cli(&["database-target", "edit", "maria", "--secret", "right"]).ok();
    let (code, found) = test(&world, "maria");
    assert_eq!(
        (code, found["server"].as_str().map(|server| server.starts_with("MariaDB "))),
        (0, Some(true)),
        "{found:#}"
    );
    assert_eq!(mariadb.query("SHOW TABLES"), "");

    let file = world.path("shop.db");
    add(&world, "lite", &["--engine", "sqlite", "--database", &file.display().to_string()]);
    let (code, found) = test(&world, "lite");
    assert_eq!((code, found["obstacle"].as_object()), (0, None), "{found:#}");
    assert!(!file.exists(), "a look makes no database");
    let folder = world.path("shop-db-1.0.0");
    std::fs::create_dir_all(folder.join("full-load")).expect("a folder can be made");
    std::fs::write(folder.join("full-load/1_fullload.sql"), "CREATE TABLE item (id INT);\n")
        .expect("a file can be written");
    let folder = folder.display().to_string();
    let push = [
        "package",
        "push",
        &folder,
        "--kind",
        "database",
        "--engine",
        "sqlite",
        "--name",
        "shop-db",
        "--version",
        "1.0.0",
    ];
    let _ = world.cli(&push).ok();
    for other in ["pg", "maria"] {
        let _ = world.cli(&["database-target", "delete", other]).ok();
    }
    let _ = world.cli(&["deploy", "shop-db@1.0.0", "--to", MODULE, "--bind", "--yes", "--watch"]).ok();
    let (code, found) = test(&world, "lite");
    let ledger = &found["ledgers"][0];
    assert_eq!((code, &ledger["package"], &ledger["version"]), (0, &"shop-db".into(), &"1.0.0".into()), "{found:#}");
    assert!(world.cli(&["database-target", "test", "lite"]).ok().contains("ledger  shop-db 1.0.0"));
}
