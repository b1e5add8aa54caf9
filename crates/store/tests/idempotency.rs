//! Idempotency keys.

use packhorse_model::Digest;
use packhorse_store::idempotency::{self, Claim};

use crate::harness::{TestStore, at, on_both};

on_both!(the_same_request_gets_the_same_reply, of_two_at_once_one_wins);

const REQUEST: Digest = Digest::new([1; 32]);

async fn the_same_request_gets_the_same_reply(test: TestStore) {
    let user = test.user().await;
    let mut tx = test.store.write().await.unwrap();
    assert_eq!(idempotency::claim(&mut tx, user, "k", &REQUEST, at(0)).await.unwrap(), Claim::New);
    idempotency::answer(&mut tx, user, "k", 201, "{}").await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = test.store.write().await.unwrap();
    let again = idempotency::claim(&mut tx, user, "k", &REQUEST, at(1)).await.unwrap();
    assert_eq!(again, Claim::Answered { status: 201, reply: "{}".to_owned() });
    let other = idempotency::claim(&mut tx, user, "k", &Digest::new([2; 32]), at(1)).await.unwrap();
    assert_eq!(other, Claim::Other);
    assert_eq!(idempotency::forget(&mut tx, at(1)).await.unwrap(), 1);
    assert_eq!(idempotency::claim(&mut tx, user, "k", &REQUEST, at(2)).await.unwrap(), Claim::New);
}

async fn of_two_at_once_one_wins(test: TestStore) {
    let user = test.user().await;
    let request = |store: packhorse_store::Store| async move {
        let mut tx = store.write().await.unwrap();
        let claim = idempotency::claim(&mut tx, user, "k", &REQUEST, at(0)).await.unwrap();
        if claim == Claim::New {
            idempotency::answer(&mut tx, user, "k", 200, "first").await.unwrap();
            tx.commit().await.unwrap();
        }
        claim
    };
    let tasks = (0..8).map(|_| tokio::spawn(request(test.store.clone())));
    let mut claims = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        claims.push(task.await.unwrap());
    }
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::New).count(), 1);
    let answered = Claim::Answered { status: 200, reply: "first".to_owned() };
    assert_eq!(claims.iter().filter(|claim| **claim == answered).count(), 7);
}
