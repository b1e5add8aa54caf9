//! The audit log and its chain.

use packhorse_store::args;
use packhorse_store::audit::{self, Filter, NewEntry, Verdict};
use serde_json::json;

use crate::harness::{TestStore, at, on_both};

on_both!(
    an_untouched_log_is_intact,
    entries_are_found_by_who_what_and_when,
    whatever_is_done_to_it_is_found,
    an_entry_that_was_forged_with_its_hash_is_found,
    entries_go_with_what_they_record
);

fn entry(number: i64) -> NewEntry {
    NewEntry {
        at: at(number),
        actor: "user:admin".to_owned(),
        action: "host.delete",
        object: format!("web-{number}"),
        detail: json!({ "number": number }),
    }
}

async fn with_entries(test: &TestStore, count: i64) {
    for number in 1..=count {
        let mut tx = test.store.write().await.unwrap();
        tx.audit(entry(number));
        tx.commit().await.unwrap();
    }
}

async fn verdict(test: &TestStore) -> Verdict {
    audit::verify(&mut test.store.read().await.unwrap()).await.unwrap()
}

async fn an_untouched_log_is_intact(test: TestStore) {
    assert_eq!(verdict(&test).await, Verdict::Intact { entries: 0 });
    with_entries(&test, 5).await;
    assert_eq!(verdict(&test).await, Verdict::Intact { entries: 5 });

    let mut reader = test.store.read().await.unwrap();
    let newest = audit::list(&mut reader, &Filter::default(), None, 2).await.unwrap();
    assert_eq!(newest.iter().map(|entry| entry.object.as_str()).collect::<Vec<_>>(), ["web-5", "web-4"]);
    let older = audit::list(&mut reader, &Filter::default(), Some(4), 10).await.unwrap();
    assert_eq!(older.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(older[0].detail, json!({ "number": 3 }));
}

async fn whatever_is_done_to_it_is_found(test: TestStore) {
    with_entries(&test, 5).await;
    for (statement, broken) in [
        ("UPDATE audit SET object = 'db-1' WHERE sequence = 2", 2),
        ("UPDATE audit SET actor = 'user:admi', action = 'nhost.delete' WHERE sequence = 2", 2),
        ("DELETE FROM audit WHERE sequence = 3", 3),
        ("DELETE FROM audit WHERE sequence = 5", 5),
        ("DELETE FROM audit", 1),
        ("UPDATE audit_head SET sequence = 4", 6),
    ] {
        let mut tx = test.store.write().await.unwrap();
        assert!(tx.execute(statement, vec![]).await.unwrap() > 0);
        assert_eq!(audit::verify(&mut tx).await.unwrap(), Verdict::Broken { sequence: broken }, "{statement}");
    }
    assert_eq!(verdict(&test).await, Verdict::Intact { entries: 5 }, "nothing of it was committed");
}

/// Whoever can write the rows can make a hash that fits what stands in an entry, but not one that fits the entry after it.
async fn an_entry_that_was_forged_with_its_hash_is_found(test: TestStore) {
    with_entries(&test, 5).await;
    let elsewhere = TestStore::sqlite().await;
    with_entries(&elsewhere, 1).await;
    let mut tx = elsewhere.store.write().await.unwrap();
    tx.audit(NewEntry { object: "db-1".to_owned(), ..entry(2) });
    tx.commit().await.unwrap();
    let mut reader = elsewhere.store.read().await.unwrap();
    let forged = reader.query_one("SELECT hash FROM audit WHERE sequence = 2", vec![]).await.unwrap().unwrap();
    let mut tx = test.store.write().await.unwrap();
    let hash = forged.digest("hash").unwrap();
    tx.execute("UPDATE audit SET object = 'db-1', hash = $1 WHERE sequence = 2", args![hash]).await.unwrap();
    assert_eq!(audit::verify(&mut tx).await.unwrap(), Verdict::Broken { sequence: 3 });
}

async fn entries_go_with_what_they_record(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    tx.audit(entry(1));
    drop(tx);
    let mut tx = test.store.write().await.unwrap();
    tx.audit(entry(2));
    tx.execute("INSERT INTO settings (name, value) VALUES ($1, $2)", args!["a", "b"]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(verdict(&test).await, Verdict::Intact { entries: 1 });
}

async fn entries_are_found_by_who_what_and_when(test: TestStore) {
    with_entries(&test, 5).await;
    let mut tx = test.store.write().await.unwrap();
    tx.audit(NewEntry { actor: "engine".to_owned(), action: "deployment.state", ..entry(6) });
    tx.commit().await.unwrap();
    let mut reader = test.store.read().await.unwrap();
    let mut found = async |filter: Filter| -> Vec<u64> {
        let entries = audit::list(&mut reader, &filter, None, 10).await.unwrap();
        assert_eq!(audit::count(&mut reader, &filter).await.unwrap(), entries.len() as u64);
        entries.iter().map(|entry| entry.sequence).collect()
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(found(Filter::default()).await, [6, 5, 4, 3, 2, 1]);
    assert_eq!(found(Filter { actor: text("engine"), ..Filter::default() }).await, [6]);
    assert_eq!(found(Filter { action: text("host.delete"), ..Filter::default() }).await, [5, 4, 3, 2, 1]);
    assert_eq!(found(Filter { object: text("web-2"), ..Filter::default() }).await, [2]);
    assert_eq!(found(Filter { since: Some(at(2)), until: Some(at(4)), ..Filter::default() }).await, [3, 2]);
    assert_eq!(found(Filter { actor: text("engine"), object: text("web-2"), ..Filter::default() }).await, [0; 0]);
}
