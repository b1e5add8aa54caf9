//! A look into a database: what is told of it, and that nothing in it changes.

use packhorse_database::probe;
use packhorse_model::api::database::ChainStepKind::Increment;
use packhorse_model::api::database_tests::{DatabaseFound, ObstacleKind};
use packhorse_model::database::DatabaseLogin;
use packhorse_model::manifest::Engine;
use packhorse_testkit::mariadb::MariaDb;

use crate::harness::{Database, Scripts, on_each};

on_each!(a_database_is_found_as_it_is);

async fn a_database_is_found_as_it_is(database: Database) {
    let name = match database.login.engine {
        Engine::Postgres => "PostgreSQL ",
        Engine::Mysql => "MariaDB ",
        Engine::Sqlite => "SQLite",
    };
    for _ in 0..2 {
        let found = probe(&database.login, None).await;
        assert!(found.server.as_ref().is_some_and(|server| server.starts_with(name)), "{found:?}");
        assert_eq!((&found.ledgers, &found.obstacle), (&None, &None), "and the first look has made nothing");
    }
    if database.login.engine == Engine::Sqlite {
        assert!(!std::path::Path::new(&database.login.database).exists());
    }

    let mut scripts = Scripts::default();
    let migration = scripts.migration(&database, &[(Increment, "", "1.0", &["CREATE TABLE item (id INT);"])]);
    scripts.done(&migration).await;
    let rows = database.ask("SELECT CAST(count(*) AS CHAR) FROM packhorse_ledger").await;
    let found = probe(&database.login, None).await;
    let ledgers: Vec<String> = found
        .ledgers
        .iter()
        .flatten()
        .map(|found| format!("{} {}", found.package, found.ledger.version.as_ref().unwrap()))
        .collect();
    assert_eq!((ledgers, found.obstacle), (vec!["shop-db 1.0".to_owned()], None));
    assert_eq!(database.ask("SELECT CAST(count(*) AS CHAR) FROM packhorse_ledger").await, rows);
}

/// What is in the way; with the words of the database.
fn obstacle(found: DatabaseFound) -> (ObstacleKind, String) {
    let obstacle = found.obstacle.unwrap();
    (obstacle.kind, obstacle.message)
}

fn changed(login: &DatabaseLogin, change: impl Fn(&mut DatabaseLogin)) -> DatabaseLogin {
    let mut changed = login.clone();
    change(&mut changed);
    changed
}

#[tokio::test]
async fn what_is_in_the_way_of_postgres_is_told_apart() {
    let database = Database::postgres();
    let login = &database.login;
    let absent = changed(login, |login| login.database = "absent".to_owned());
    let (kind, message) = obstacle(probe(&absent, None).await);
    assert_eq!((kind, message.as_str()), (ObstacleKind::DatabaseMissing, "database \"absent\" does not exist (3D000)"));
    let nobody = changed(login, |login| login.user = Some("nobody_at_all".to_owned()));
    assert_eq!(obstacle(probe(&nobody, None).await).0, ObstacleKind::LoginRefused);
    let deaf = changed(login, |login| {
        login.address = Some(format!("127.0.0.1:{}", packhorse_testkit::world::free_port()).parse().unwrap());
    });
    assert_eq!(obstacle(probe(&deaf, None).await).0, ObstacleKind::ConnectionRefused);
    let nameless = changed(login, |login| login.address = Some("db.invalid:5432".parse().unwrap()));
    assert_eq!(obstacle(probe(&nameless, None).await).0, ObstacleKind::NameUnknown);

    // Somebody who may come in, and not make a table, and then not write to it.
    let reader = format!("reader_{}", login.database);
    database.ask(&format!("CREATE ROLE {reader} LOGIN")).await;
    let reading = changed(login, |login| login.user = Some(reader.clone()));
    database.ask("REVOKE CREATE ON SCHEMA public FROM PUBLIC").await;
    let (kind, message) = obstacle(probe(&reading, None).await);
    assert_eq!(kind, ObstacleKind::LedgerForbidden);
    assert_eq!(message, format!("the user {reader} may not create tables in the schema public"));
    let mut scripts = Scripts::default();
    let migration = scripts.migration(&database, &[(Increment, "", "1.0", &["CREATE TABLE item (id INT);"])]);
    scripts.done(&migration).await;
    let (kind, message) = obstacle(probe(&reading, None).await);
    assert_eq!(
        (kind, message),
        (ObstacleKind::AccessDenied, format!("the user {reader} may not read the table packhorse_ledger"))
    );
    database.ask(&format!("GRANT SELECT ON packhorse_ledger TO {reader}")).await;
    let found = probe(&reading, None).await;
    assert_eq!(found.ledgers.as_ref().map(Vec::len), Some(1));
    let (kind, message) = obstacle(found);
    assert_eq!(
        (kind, message),
        (ObstacleKind::LedgerForbidden, format!("the user {reader} may not write to the table packhorse_ledger"))
    );
}

#[tokio::test]
async fn what_is_in_the_way_of_mariadb_is_told_apart() {
    let server = MariaDb::start();
    let _ = server.query(
        "CREATE USER shop IDENTIFIED BY 'right'; GRANT SELECT ON shop.* TO shop; CREATE USER stranger IDENTIFIED BY 'right'",
    );
    let login = DatabaseLogin {
        engine: Engine::Mysql,
        address: Some(server.socket().display().to_string().parse().unwrap()),
        database: "shop".to_owned(),
        user: Some("shop".to_owned()),
        tls: packhorse_model::database::DatabaseTls::Prefer,
        authority: None,
    };
    let (kind, message) = obstacle(probe(&login, Some("wrong")).await);
    assert_eq!(kind, ObstacleKind::LoginRefused);
    assert!(message.contains("Access denied for user 'shop'") && !message.contains("wrong"), "{message}");
    let (kind, message) = obstacle(probe(&login, Some("right")).await);
    assert_eq!(kind, ObstacleKind::LedgerForbidden, "{message}");
    assert!(message.contains("CREATE command denied"), "{message}");
    assert_eq!(server.query("SHOW TABLES"), "");
    let _ = server.query("GRANT ALL ON shop.* TO shop");
    assert_eq!(probe(&login, Some("right")).await.obstacle, None);
    assert_eq!(server.query("SHOW TABLES"), "");

    let stranger = changed(&login, |login| login.user = Some("stranger".to_owned()));
    assert_eq!(obstacle(probe(&stranger, Some("right")).await).0, ObstacleKind::AccessDenied);
    let absent = changed(&login, |login| login.database = "absent".to_owned());
    let as_root = changed(&absent, |login| login.user = Some("root".to_owned()));
    assert_eq!(obstacle(probe(&as_root, None).await).0, ObstacleKind::DatabaseMissing);
    let deaf = changed(&login, |login| login.address = Some("/run/no/such.sock".parse().unwrap()));
    assert_eq!(obstacle(probe(&deaf, Some("right")).await).0, ObstacleKind::ConnectionRefused);
}

#[tokio::test]
async fn what_is_in_the_way_of_sqlite_is_told_apart() {
    let database = Database::sqlite();
    let lost = changed(&database.login, |login| login.database = "/no/such/folder/shop.db".to_owned());
    let (kind, message) = obstacle(probe(&lost, None).await);
    assert_eq!((kind, message.as_str()), (ObstacleKind::DatabaseMissing, "there is no folder /no/such/folder"));
    std::fs::write(&database.login.database, "This is no database, but a text of some length.\n".repeat(50)).unwrap();
    let (kind, message) = obstacle(probe(&database.login, None).await);
    assert_eq!(kind, ObstacleKind::Other, "{message}");
    assert!(message.contains("not a database"), "{message}");
}
