//! A host that runs the scripts of several databases.

use std::fs;
use std::path::Path;

use packhorse_testkit::postgres;
use packhorse_testkit::world::{MODULE, World};

fn pack(world: &World, version: &str, files: &[(&str, &str)]) {
    let folder = world.path(&format!("shop-db-{version}"));
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }
    let folder = folder.display().to_string();
    let what = ["--kind", "database", "--engine", "postgres", "--name", "shop-db", "--version", version];
    let _ = world.cli(&[&["package", "push", &folder][..], &what].concat()).ok();
}

fn status(world: &World, target: &str) -> String {
    let status = world.cli(&["database", "status", target, "-o", "json"]).json();
    status["ledgers"][0]["version"].as_str().unwrap_or("empty").to_owned()
}

fn deploy(world: &World, version: &str) -> packhorse_testkit::world::Ran {
    world.cli(&["deploy", &format!("shop-db@{version}"), "--to", MODULE, "--bind", "--yes", "--watch"])
}

fn newest(world: &World) -> String {
    let deployments = world.cli(&["deployment", "list", "-o", "jsonl"]).ok();
    let newest: serde_json::Value = serde_json::from_str(deployments.lines().next().expect("a line")).expect("JSON");
    newest["id"].as_str().expect("an id").to_owned()
}

#[test]
fn shards_go_one_after_the_other_and_back_together() {
    let mut world = World::start();
    world.add_hosts(1);
    let shards = [postgres::database(), postgres::database()];
    for (name, shard) in ["shard-1", "shard-2"].into_iter().zip(&shards) {
        let sockets: &Path = &shard.sockets;
        let sockets = sockets.display().to_string();
        let target = ["database-target", "add", name, "--module", MODULE, "--host", "web-01", "--engine", "postgres"];
        let login = ["--address", &sockets, "--database", &shard.name, "--user", "postgres"];
        let _ = world.cli(&[&target[..], &login].concat()).ok();
    }
    pack(&world, "1.0.0", &[("full-load/1_fullload.sql", "CREATE TABLE item (id INT);\n")]);
    let increment = ("increment/1.0.0_increment.sql", "CREATE TABLE bill (id INT);\n");
    pack(&world, "1.1.0", &[increment, ("increment/1.0.0_rollback.sql", "DROP TABLE bill;\n")]);
    let _ = deploy(&world, "1.0.0").ok();
    let both = |world: &World| (status(world, "shard-1"), status(world, "shard-2"));
    assert_eq!(both(&world), ("1.0.0".to_owned(), "1.0.0".to_owned()));

    // The second one cannot: the first one stands, and goes back when it is asked to.
    let _ = shards[1].query("CREATE TABLE bill (id INT)");
    let failed = deploy(&world, "1.1.0");
    let said = format!("{}{}", failed.stdout, failed.stderr);
    assert!(failed.code == 1 && said.contains("shard-2: increment/1.0.0_increment.sql:1:"), "{failed:#?}");
    assert_eq!(both(&world), ("1.1.0".to_owned(), "1.0.0".to_owned()));
    let back = world.cli(&["deployment", "rollback", &newest(&world), "--yes", "--watch"]);
    assert_eq!(back.code, 0, "{back:#?}");
    assert_eq!(both(&world), ("1.0.0".to_owned(), "1.0.0".to_owned()));
    assert_eq!(shards[0].query("SELECT count(*) FROM pg_tables WHERE tablename = 'bill'"), "0");
    assert_eq!(shards[1].query("SELECT count(*) FROM pg_tables WHERE tablename = 'bill'"), "1", "it is not ours");

    // Mended between two attempts, it goes on with the second one.
    let failed = deploy(&world, "1.1.0");
    assert_eq!(failed.code, 1, "{failed:#?}");
    let _ = shards[1].query("DROP TABLE bill");
    let retried = world.cli(&["deployment", "retry", &newest(&world), "--watch"]);
    assert_eq!(retried.code, 0, "{retried:#?}");
    assert_eq!(both(&world), ("1.1.0".to_owned(), "1.1.0".to_owned()));
    let statements = "SELECT count(*) FROM packhorse_ledger WHERE to_version = '1.1.0' AND state = 'done'";
    assert_eq!((shards[0].query(statements), shards[1].query(statements)), ("2".to_owned(), "1".to_owned()));
    let back = world.cli(&["deployment", "rollback", &newest(&world), "--yes", "--watch"]);
    assert_eq!(back.code, 0, "{back:#?}");
    assert_eq!(both(&world), ("1.0.0".to_owned(), "1.0.0".to_owned()));
    let plan = world.cli(&["plan", "shop-db@1.0.0", "--to", MODULE]);
    assert_eq!(plan.code, 0, "{plan:#?}");
}
