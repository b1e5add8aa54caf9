//! The whole way: a full load, increments, and back.

use packhorse_database::Outcome;
use packhorse_model::api::database::ChainStepKind::{FullLoad, Increment, Rollback};

use crate::harness::{Database, Scripts, Step, on_each};

on_each!(there_and_back);

const FULL: Step<'_> = (
    FullLoad,
    "",
    "1.0",
    &["CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(50));\nINSERT INTO item VALUES (1, 'a;b');"],
);
const TO_1_1: Step<'_> = (
    Increment,
    "1.0",
    "1.1",
    &["ALTER TABLE item ADD price INT;", "-- prices\nUPDATE item SET price = 7;\nCREATE TABLE bill (id INT);"],
);
const TO_1_2: Step<'_> = (Increment, "1.1", "1.2", &["CREATE VIEW cheap AS SELECT name FROM item WHERE price < 10;"]);
const FROM_1_2: Step<'_> = (Rollback, "1.2", "1.1", &["DROP VIEW cheap;"]);
const FROM_1_1: Step<'_> = (Rollback, "1.1", "1.0", &["DROP TABLE bill;\nALTER TABLE item DROP COLUMN price;"]);

async fn there_and_back(database: Database) {
    let mut scripts = Scripts::default();
    let full = scripts.migration(&database, &[FULL]);
    assert_eq!(scripts.done(&full).await, "empty -> 1.0, 1 script, 2 statements");
    assert_eq!(database.ask("SELECT name FROM item").await, "a;b");
    let again = scripts.done(&full).await;
    assert!(again.ends_with("is at 1.0 already"), "{again}");

    let up = scripts.migration(&database, &[TO_1_1, TO_1_2]);
    assert_eq!(scripts.done(&up).await, "1.0 -> 1.2, 3 scripts, 4 statements");
    assert_eq!(database.ask("SELECT name FROM cheap").await, "a;b");
    assert_eq!(
        scripts.said(),
        [
            "full-load/1_fullload.sql: 2 statements",
            "increment/1_increment.sql: 1 statement",
            "increment/2_increment.sql: 2 statements",
            "increment/1_increment.sql: 1 statement"
        ]
    );

    let down = scripts.migration(&database, &[FROM_1_2, FROM_1_1]);
    assert_eq!(scripts.done(&down).await, "1.2 -> 1.0, 2 scripts, 3 statements");
    assert_eq!(database.ask("SELECT name FROM item").await, "a;b");

    let applied = scripts.apply(&up, 4).await;
    assert!(matches!(applied.outcome, Outcome::Done { statements: 4, .. }), "{:?}", applied.outcome);
    let ledger = applied.ledger.unwrap();
    assert_eq!(ledger.version, Some("1.2".parse().unwrap()));
    assert_eq!(ledger.stopped, None);
    assert_eq!(
        database.ask("SELECT to_version FROM packhorse_ledger WHERE statement = statements ORDER BY id").await,
        "1.0,1.1,1.1,1.2,1.1,1.0,1.1,1.1,1.2"
    );
    assert_eq!(database.ask("SELECT DISTINCT state FROM packhorse_ledger").await, "done");
}
