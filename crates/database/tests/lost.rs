//! Connections that are lost, at the commit and in the middle of a statement.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use packhorse_database::Outcome;
use packhorse_model::api::database::ChainStepKind::Increment;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};

use crate::harness::{Database, Scripts};

/// Whether the server hears of the commit whose answer is lost.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Commit {
    Arrives,
    IsLost,
}

/// Stands between clients and the socket of PostgreSQL, and cuts a connection once: at the COMMIT that follows the `marker`.
fn cut(folder: &Path, server: PathBuf, marker: &'static str, commit: Commit, comes_back: bool) {
    let listener = UnixListener::bind(folder.join(".s.PGSQL.5432")).unwrap();
    let is_cut = Arc::new(AtomicBool::new(false));
    tokio::spawn(async move {
        loop {
            let (client, _) = listener.accept().await.unwrap();
            if is_cut.load(Ordering::SeqCst) && !comes_back {
                continue;
            }
            let server = UnixStream::connect(server.join(".s.PGSQL.5432")).await.unwrap();
            tokio::spawn(carry(client, server, marker, commit, is_cut.clone()));
        }
    });
}

async fn carry(client: UnixStream, server: UnixStream, marker: &'static str, commit: Commit, is_cut: Arc<AtomicBool>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let answers = tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
    let mut buffer = vec![0; 1 << 16];
    let mut has_marker = false;
    while let Ok(count @ 1..) = from_client.read(&mut buffer).await {
        let sent = &buffer[..count];
        let holds = |wanted: &str| sent.windows(wanted.len()).any(|window| window == wanted.as_bytes());
        has_marker |= holds(marker);
        if has_marker && holds("COMMIT") && !is_cut.swap(true, Ordering::SeqCst) {
            answers.abort();
            // Its answer has nobody to go to.
            let _ = answers.await;
            if commit == Commit::Arrives {
                to_server.write_all(sent).await.unwrap();
            }
            return;
        }
        to_server.write_all(sent).await.unwrap();
    }
    answers.abort();
}

async fn commit_is_lost(
    commit: Commit,
    comes_back: bool,
) -> (Database, Scripts, packhorse_model::database::Migration, Outcome, tempfile::TempDir) {
    let database = Database::postgres();
    let folder = tempfile::tempdir().unwrap();
    let mut scripts = Scripts::default();
    let mut migration = scripts.migration(
        &database,
        &[(Increment, "", "1.0", &["CREATE TABLE item (id INT);", "CREATE TABLE bill (id INT);"])],
    );
    let server = PathBuf::from(database.login.address.as_ref().unwrap().as_str());
    cut(folder.path(), server, "CREATE TABLE item", commit, comes_back);
    migration.login.address = Some(folder.path().to_string_lossy().parse().unwrap());
    let outcome = scripts.apply(&migration, 3).await.outcome;
    migration.login = database.login.clone();
    (database, scripts, migration, outcome, folder)
}

const TABLES: &str =
    "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'packhorse_ledger' ORDER BY 1";

#[tokio::test]
async fn a_commit_that_arrived_is_seen_in_the_ledger() {
    let (database, _scripts, _migration, outcome, _folder) = commit_is_lost(Commit::Arrives, true).await;
    assert!(matches!(outcome, Outcome::Done { statements: 2, .. }), "{outcome:?}");
    assert_eq!(database.ask(TABLES).await, "bill,item");
}

#[tokio::test]
async fn a_commit_that_did_not_arrive_is_seen_in_the_ledger() {
    let (database, scripts, migration, outcome, _folder) = commit_is_lost(Commit::IsLost, true).await;
    let Outcome::Failed { message, .. } = outcome else { panic!("{outcome:?}") };
    assert!(message.contains("by the ledger nothing of it stands"), "{message}");
    assert_eq!(database.ask(TABLES).await, "");
    scripts.done(&migration).await;
    assert_eq!(database.ask(TABLES).await, "bill,item");
}

#[tokio::test]
async fn without_the_ledger_nobody_knows_and_a_further_run_settles_it() {
    for commit in [Commit::Arrives, Commit::IsLost] {
        let (database, scripts, migration, outcome, _folder) = commit_is_lost(commit, false).await;
        let Outcome::Unknown { evidence } = outcome else { panic!("{outcome:?}") };
        assert!(evidence.contains("It stands if packhorse_ledger has a row 1"), "{evidence}");
        scripts.done(&migration).await;
        assert_eq!(database.ask(TABLES).await, "bill,item");
        assert_eq!(database.ask("SELECT CAST(count(*) AS TEXT) FROM packhorse_ledger").await, "2");
    }
}

#[tokio::test]
async fn a_session_that_is_ended_in_a_script_leaves_nothing_of_it() {
    let database = Database::postgres();
    let mut scripts = Scripts::default();
    let text = "CREATE TABLE item (id INT);\nSELECT pg_sleep(600);";
    let migration = scripts.migration(&database, &[(Increment, "", "1.0", &[text])]);
    let end = async {
        let sql = "SELECT CAST(pg_terminate_backend(pid) AS TEXT) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND datname = current_database()";
        while database.ask(sql).await.is_empty() {}
    };
    let (message, ()) = tokio::join!(scripts.failed(&migration), end);
    assert!(message.starts_with("increment/1_increment.sql:2: statement 2 of 2: the connection was lost"), "{message}");
    assert_eq!(database.ask(TABLES).await, "");
    assert_eq!(database.ask("SELECT state FROM packhorse_ledger").await, "undone");
}

#[tokio::test]
async fn a_statement_beside_transactions_is_left_to_a_person() {
    let database = Database::mariadb();
    let mut scripts = Scripts::default();
    let text = "CREATE TABLE item (id INT);\nDELIMITER //\nCREATE PROCEDURE slow() BEGIN DO SLEEP(600); END //\nDELIMITER ;\nCALL slow();";
    let migration = scripts.migration(&database, &[(Increment, "", "1.0", &[text])]);
    let end = async {
        loop {
            let sleeper = database.ask("SELECT CAST(id AS CHAR) FROM information_schema.processlist WHERE info LIKE 'DO SLEEP(600)' OR info LIKE 'CALL slow%'").await;
            if let Some(sleeper) = sleeper.split(',').next().filter(|id| !id.is_empty()) {
                database.ask(&format!("KILL {sleeper}")).await;
                return;
            }
        }
    };
    let (applied, ()) = tokio::join!(scripts.apply(&migration, 3), end);
    let Outcome::Unknown { evidence } = applied.outcome else { panic!("{:?}", applied.outcome) };
    assert!(evidence.contains("set the state of row 3 of packhorse_ledger to 'done'"), "{evidence}");
    let Outcome::Unknown { .. } = scripts.apply(&migration, 4).await.outcome else { panic!("it went on") };
    database.ask("UPDATE packhorse_ledger SET state = 'done' WHERE id = 3").await;
    let note = scripts.done(&migration).await;
    assert!(note.ends_with("is at 1.0 already"), "{note}");
}
