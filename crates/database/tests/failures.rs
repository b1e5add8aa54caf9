//! Where statements fail: what stands, what the ledger says, and how it goes on.

use packhorse_model::api::database::ChainStepKind::Increment;
use packhorse_model::database::StatementState;
use packhorse_model::manifest::Engine;

use crate::harness::{Database, Scripts, on_each};

on_each!(
    a_further_run_goes_on_where_one_stopped,
    a_script_that_was_edited_since_is_refused,
    a_database_of_others_is_left_alone
);

async fn a_further_run_goes_on_where_one_stopped(database: Database) {
    let mut scripts = Scripts::default();
    let first = "CREATE TABLE item (id INT PRIMARY KEY);\nINSERT INTO item VALUES (1);";
    let second = "CREATE TABLE bill (id INT);\n\nINSERT INTO missing VALUES (1);\nINSERT INTO item VALUES (2);";
    let migration = scripts.migration(&database, &[(Increment, "", "1.0", &[first, second])]);
    let applied = scripts.apply(&migration, 3).await;
    let stopped = applied.ledger.unwrap().stopped.unwrap();
    assert_eq!(
        (stopped.script.as_str(), stopped.line, stopped.statement, stopped.statements),
        ("increment/2_increment.sql", 3, 2, 3)
    );
    let is_whole = database.login.engine != Engine::Mysql;
    assert_eq!(stopped.state, if is_whole { StatementState::Undone } else { StatementState::Failed });
    let message = scripts.failed(&migration).await;
    assert!(message.starts_with("increment/2_increment.sql:3: statement 2 of 3: "), "{message}");
    assert!(message.contains("missing"), "{message}");
    // Whatever the engine has undone can be made, and what stands is in the way of nothing.
    database
        .ask(if is_whole { "CREATE TABLE missing (id INT)" } else { "CREATE TABLE missing AS SELECT id FROM bill" })
        .await;
    let note = scripts.done(&migration).await;
    assert!(note.ends_with(if is_whole { "3 statements" } else { "2 statements" }), "{note}");
    assert_eq!(
        database.ask("SELECT CASE WHEN id = 1 THEN 'one' ELSE 'two' END FROM item ORDER BY id").await,
        "one,two"
    );
}

async fn a_script_that_was_edited_since_is_refused(database: Database) {
    let mut scripts = Scripts::default();
    let first = scripts.migration(&database, &[(Increment, "", "1.0", &["CREATE TABLE item (id INT);"])]);
    scripts.done(&first).await;
    let mut second = scripts.migration(&database, &[(Increment, "1.0", "1.1", &["CREATE TABLE bill (id INT);"])]);
    second.known = vec![scripts.step((Increment, "", "1.0", &["CREATE TABLE item (id INT, name INT);"]))];
    let message = scripts.failed(&second).await;
    assert!(message.starts_with("increment/1_increment.sql was edited after it was run"), "{message}");
    second.known = first.steps;
    scripts.done(&second).await;
}

async fn a_database_of_others_is_left_alone(database: Database) {
    let mut scripts = Scripts::default();
    let first = scripts.migration(&database, &[(Increment, "", "1.0", &["CREATE TABLE item (id INT);"])]);
    if database.login.engine == Engine::Sqlite {
        // Its file is not there before somebody makes it.
        std::fs::write(&database.login.database, "").unwrap();
    }
    database.ask("CREATE TABLE theirs (id INT)").await;
    let message = scripts.failed(&first).await;
    assert!(message.contains("wants an empty database") && message.contains("holds theirs:"), "{message}");
    database.ask("DROP TABLE theirs").await;
    scripts.done(&first).await;
}
