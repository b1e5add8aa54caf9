//! What only one engine has: statements that cannot be in a transaction, settings of a session, the lock.

use packhorse_model::api::database::ChainStepKind::Increment;
use sqlx::Connection as _;

use crate::harness::{Database, Scripts};

#[tokio::test]
async fn postgres_makes_an_index_beside_its_transactions() {
    let database = Database::postgres();
    let mut scripts = Scripts::default();
    let text = "SET search_path = '';\nCREATE TABLE public.item (id INT);\nCREATE INDEX CONCURRENTLY item_id ON public.item (id);";
    let migration = scripts.migration(&database, &[(Increment, "", "1.0", &[text, "CREATE TABLE bill (id INT);"])]);
    assert_eq!(scripts.done(&migration).await, "empty -> 1.0, 2 scripts, 4 statements");
    assert_eq!(database.ask("SELECT indexname::text FROM pg_indexes WHERE tablename = 'item'").await, "item_id");
    // What the first script has set is over with it.
    assert_eq!(database.ask("SELECT schemaname::text FROM pg_tables WHERE tablename = 'bill'").await, "public");
}

#[tokio::test]
async fn postgres_lets_one_run_in_at_a_time() {
    let database = Database::postgres();
    let address = database.login.address.as_ref().unwrap().as_str().replace('/', "%2F");
    let url = format!("postgres://postgres@{address}/{}", database.login.database);
    let mut other = sqlx::PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("SELECT pg_advisory_lock(8097862917953647219)").execute(&mut other).await.unwrap();
    let mut scripts = Scripts::default();
    let migration = scripts.migration(&database, &[(Increment, "", "1.0", &["CREATE TABLE item (id INT);"])]);
    let freed = async {
        let waits = "SELECT query FROM pg_stat_activity WHERE query LIKE '%pg_try_advisory_lock%' AND datname = current_database() AND pid <> pg_backend_pid()";
        while database.ask(waits).await.is_empty() {}
        assert_eq!(database.ask("SELECT tablename::text FROM pg_tables WHERE tablename = 'item'").await, "");
        other.close().await.unwrap();
    };
    let (note, ()) = tokio::join!(scripts.done(&migration), freed);
    assert_eq!(note, "empty -> 1.0, 1 script, 1 statement");
}

#[tokio::test]
async fn mariadb_runs_routines_and_repeats_settings() {
    let database = Database::mariadb();
    let mut scripts = Scripts::default();
    let text = "SET @name = 'mine';\nCREATE TABLE item (name VARCHAR(20));\nINSERT INTO missing VALUES (1);\nINSERT INTO item VALUES (@name);\nDELIMITER //\nCREATE PROCEDURE more() BEGIN INSERT INTO item VALUES ('more'); INSERT INTO item VALUES ('yet more'); END //\nDELIMITER ;\nCALL more();";
    let migration = scripts.migration(&database, &[(Increment, "", "1.0", &[text])]);
    let message = scripts.failed(&migration).await;
    assert!(message.starts_with("increment/1_increment.sql:3: statement 3 of 6: "), "{message}");
    database.ask("CREATE TABLE missing (id INT)").await;
    assert_eq!(scripts.done(&migration).await, "empty -> 1.0, 1 script, 4 statements");
    assert_eq!(database.ask("SELECT name FROM item ORDER BY name").await, "mine,more,yet more");
}

#[tokio::test]
async fn sqlite_heeds_settings_that_it_ignores_inside_of_transactions() {
    let database = Database::sqlite();
    let mut scripts = Scripts::default();
    let tables = "PRAGMA foreign_keys = ON;\nCREATE TABLE a (id INTEGER PRIMARY KEY);\nCREATE TABLE b (a INTEGER REFERENCES a (id));\nINSERT INTO b VALUES (1);";
    let migration = scripts.migration(&database, &[(Increment, "", "1.0", &[tables])]);
    let message = scripts.failed(&migration).await;
    assert!(
        message.starts_with("increment/1_increment.sql:4: statement 4 of 4: FOREIGN KEY constraint failed"),
        "{message}"
    );
    database.ask("INSERT INTO a VALUES (1)").await;
    assert_eq!(scripts.done(&migration).await, "empty -> 1.0, 1 script, 1 statement");
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_named() {
    let mut database = Database::sqlite();
    let mut scripts = Scripts::default();
    database.login.database = "/nowhere/at/all.db".to_owned();
    let migration = scripts.migration(&database, &[(Increment, "", "1.0", &["CREATE TABLE item (id INT);"])]);
    let message = scripts.failed(&migration).await;
    assert!(message.starts_with("/nowhere/at/all.db cannot be opened: "), "{message}");
}
