//! Transactions: what is committed, what is seen, who waits for whom.

use std::sync::Arc;

use packhorse_store::slots::{self, Budget};
use packhorse_store::{Conn, Store, StoreError, StoreUrl, args, json};
use tokio::sync::Barrier;

use crate::harness::{TestStore, at, on_both};

on_both!(
    what_is_dropped_is_gone,
    a_reader_sees_one_moment_and_changes_nothing,
    values_come_back_as_they_went_in,
    writers_wait_for_each_other,
);

async fn set(conn: &mut Conn, name: &str, value: &str) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        args![name, value],
    )
    .await
    .map(drop)
}

async fn get(conn: &mut Conn, name: &str) -> Option<String> {
    let row = conn.query_one("SELECT value FROM settings WHERE name = $1", args![name]).await.unwrap();
    row.map(|row| row.text("value").unwrap())
}

async fn what_is_dropped_is_gone(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    set(&mut tx, "a", "1").await.unwrap();
    drop(tx);
    assert_eq!(get(&mut test.store.write().await.unwrap(), "a").await, None);
}

async fn a_reader_sees_one_moment_and_changes_nothing(test: TestStore) {
    let mut reader = test.store.read().await.unwrap();
    assert_eq!(get(&mut reader, "a").await, None);
    let mut tx = test.store.write().await.unwrap();
    set(&mut tx, "a", "1").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(get(&mut reader, "a").await, None);
    drop(reader);
    let mut reader = test.store.read().await.unwrap();
    assert_eq!(get(&mut reader, "a").await.as_deref(), Some("1"));
    assert!(set(&mut reader, "a", "2").await.is_err());
}

async fn values_come_back_as_they_went_in(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    let row = tx
        .query_one(
            "SELECT CAST($1 AS TEXT) AS word, CAST($2 AS BIGINT) AS big, CAST($3 AS BIGINT) AS time, CAST($4 AS TEXT) AS json,
                    CAST($5 AS TEXT) AS missing",
            args!["名 \u{1f40e} '; --", i64::MIN, at(1), json(&vec![1, 2]).unwrap(), None::<&str>],
        )
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.text("word").unwrap(), "名 \u{1f40e} '; --");
    assert_eq!((row.int("big").unwrap(), row.time("time").unwrap()), (i64::MIN, at(1)));
    assert_eq!((row.json::<Vec<u8>>("json").unwrap(), row.opt_text("missing").unwrap()), (vec![1, 2], None));
    assert!(matches!(row.text("missing"), Err(StoreError::Corrupt { .. })));
    assert!(matches!(row.count("big"), Err(StoreError::Corrupt { .. })));
    assert!(matches!(row.text("other"), Err(StoreError::Corrupt { .. })));
}

async fn writers_wait_for_each_other(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    set(&mut tx, "n", "0").await.unwrap();
    tx.commit().await.unwrap();
    let add = |store: Store| async move {
        store
            .transact(|tx| {
                Box::pin(async move {
                    // Takes the row's lock before reading, as READ COMMITTED wants it.
                    tx.execute("UPDATE settings SET value = value WHERE name = 'n'", vec![]).await?;
                    let n: u32 = get(tx, "n").await.unwrap().parse().unwrap();
                    set(tx, "n", &(n + 1).to_string()).await
                })
            })
            .await
    };
    let tasks: Vec<_> = (0..16).map(|_| tokio::spawn(add(test.store.clone()))).collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(get(&mut test.store.read().await.unwrap(), "n").await.as_deref(), Some("16"));
}

/// SQLite has one writer, so that nobody can decide beside another one.
#[tokio::test]
async fn who_decides_by_a_budget_sees_what_others_took() {
    const ALL: usize = 8;
    let test = TestStore::postgres().await;
    let barrier = Arc::new(Barrier::new(ALL));
    let take = |store: Store, barrier: Arc<Barrier>, name: String| async move {
        let mut tx = store.write().await.unwrap();
        // All have a connection of their own: none waits for what another one has done with.
        barrier.wait().await;
        slots::keep_budget(&mut tx, Budget::Shared).await.unwrap();
        // Each looks at what all have taken, and writes a row of its own: no row is there for which they would wait.
        let taken = tx.query("SELECT name FROM settings", vec![]).await.unwrap().len();
        if taken < 3 {
            set(&mut tx, &name, "").await.unwrap();
        }
        tx.commit().await.unwrap();
    };
    let before = test.store.read().await.unwrap().query("SELECT name FROM settings", vec![]).await.unwrap().len();
    assert_eq!(before, 0);
    let take = |n| tokio::spawn(take(test.store.clone(), Arc::clone(&barrier), format!("taken {n}")));
    let tasks: Vec<_> = (0..ALL).map(take).collect();
    for task in tasks {
        task.await.unwrap();
    }
    let taken = test.store.read().await.unwrap().query("SELECT name FROM settings", vec![]).await.unwrap().len();
    assert_eq!(taken, 3);
}

/// A server that stands still in the middle of a transaction does not keep the rows that it has taken.
#[tokio::test]
async fn a_transaction_that_stands_still_is_ended() {
    let short =
        format!("{}&options[idle_in_transaction_session_timeout]=300ms", packhorse_testkit::postgres::schema().url);
    let (url, stalls): (StoreUrl, StoreUrl) =
        (short.split('&').next().unwrap().parse().unwrap(), short.parse().unwrap());
    let (store, stalled) = (Store::open(&url).await.unwrap(), Store::open(&stalls).await.unwrap());
    let limit = "SELECT current_setting('idle_in_transaction_session_timeout') AS value";
    let said = store.read().await.unwrap().query_one(limit, vec![]).await.unwrap().unwrap();
    assert_eq!(said.text("value").unwrap(), "1min");
    let mut tx = stalled.write().await.unwrap();
    set(&mut tx, "a", "of the one that stands still").await.unwrap();
    // Waits for the row, and gets it without a word of the other.
    let mut other = store.write().await.unwrap();
    set(&mut other, "a", "of the other").await.unwrap();
    other.commit().await.unwrap();
    assert!(tx.commit().await.is_err());
    assert_eq!(get(&mut store.read().await.unwrap(), "a").await.as_deref(), Some("of the other"));
}

/// Two transactions that take the same two rows in opposite order: PostgreSQL ends one of them, and it is run again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_is_run_again() {
    let test = TestStore::postgres().await;
    let mut tx = test.store.write().await.unwrap();
    set(&mut tx, "a", "").await.unwrap();
    set(&mut tx, "b", "").await.unwrap();
    tx.commit().await.unwrap();
    let barrier = Arc::new(Barrier::new(2));
    let run = |store: Store, barrier: Arc<Barrier>, names: [&'static str; 2]| async move {
        let mut first = Some(barrier);
        let mut runs = 0;
        store
            .transact(|tx| {
                let barrier = first.take();
                runs += 1;
                Box::pin(async move {
                    set(tx, names[0], "x").await?;
                    if let Some(barrier) = barrier {
                        barrier.wait().await;
                    }
                    set(tx, names[1], "x").await
                })
            })
            .await
            .unwrap();
        runs
    };
    let one = tokio::spawn(run(test.store.clone(), Arc::clone(&barrier), ["a", "b"]));
    let other = tokio::spawn(run(test.store.clone(), barrier, ["b", "a"]));
    assert!(one.await.unwrap() + other.await.unwrap() >= 3);
}

#[tokio::test]
async fn a_full_disk_is_named_and_changes_nothing() {
    let test = TestStore::sqlite().await;
    let mut tx = test.store.write().await.unwrap();
    set(&mut tx, "before", "1").await.unwrap();
    tx.commit().await.unwrap();
    // The database may not grow any more: to SQLite that is the same as a disk without room.
    let mut tx = test.store.write().await.unwrap();
    tx.query("PRAGMA max_page_count = 1", vec![]).await.unwrap();
    let full = set(&mut tx, "big", &"x".repeat(1 << 20)).await;
    assert!(matches!(full, Err(StoreError::Full)), "{full:?}");
    drop(tx);
    let mut reader = test.store.read().await.unwrap();
    assert_eq!((get(&mut reader, "before").await.as_deref(), get(&mut reader, "big").await), (Some("1"), None));
}

#[tokio::test]
async fn two_servers_on_one_directory_are_refused() {
    let test = TestStore::sqlite().await;
    let StoreUrl::Sqlite(path) = &test.url else { panic!("{:?}", test.url) };
    let directory = path.parent().unwrap().to_owned();
    let refused = Store::open(&test.url).await.err().unwrap();
    let text = refused.to_string().replace(directory.to_str().unwrap(), "DIR");
    let expected = format!("DIR is in use by another server (process {})", std::process::id());
    assert_eq!(text, expected);
    assert_eq!(Store::holder(path).unwrap().to_string(), refused.to_string());
    drop(test.store);
    assert!(Store::holder(path).is_none());
    assert!(Store::open(&test.url).await.is_ok());
}
