//! That a collection of garbage never takes what something relies on, whatever happens in between.

use packhorse_model::Digest;
use packhorse_store::collection::{self, Hold, Kind, Sweep};
use packhorse_store::damage::{self, Frame};
use packhorse_store::packs::{self, Announced};
use packhorse_store::segments::{self, SegmentRow};
use packhorse_store::versions;

use crate::harness::{TestStore, at, on_both};

on_both!(
    what_is_not_found_twice_goes,
    what_a_push_relies_on_stays,
    a_push_that_comes_too_late_is_told,
    a_pack_that_goes_is_not_written,
    what_moves_stays_what_it_was,
    damage_is_known_by_segment_and_frame
);

fn digest(number: u8) -> Digest {
    Digest::new([number; 32])
}

fn row(number: u8) -> SegmentRow {
    let (digest, pack) = (digest(number), digest(200));
    SegmentRow { digest, pack, frame_offset: 8, frame_len: 9, offset_in_frame: 0, len: 4, is_damaged: false }
}

async fn push(test: &TestStore, numbers: &[u8]) {
    let mut tx = test.store.write().await.unwrap();
    assert_eq!(packs::announce(&mut tx, &digest(200), 100, at(0)).await.unwrap(), Announced::Welcome);
    let hold = collection::hold(&mut tx).await.unwrap();
    let rows: Vec<SegmentRow> = numbers.iter().map(|number| row(*number)).collect();
    segments::insert(&mut tx, &hold, &rows).await.unwrap();
    tx.commit().await.unwrap();
}

async fn begin(test: &TestStore) -> Hold {
    let mut tx = test.store.write().await.unwrap();
    let hold = collection::begin(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    hold
}

/// Sweeps everything in parts of two, and gives how many went and how many were condemned.
async fn sweep(test: &TestStore, hold: &Hold, second: i64) -> (u64, u64) {
    let (mut after, mut seen) = (None, (0, 0));
    let sweep = Sweep { cutoff: at(second - 10), now: at(second), is_dry: false };
    loop {
        let mut tx = test.store.write().await.unwrap();
        let swept = collection::sweep(&mut tx, hold, Kind::Segments, after.as_ref(), &sweep, 2).await.unwrap();
        tx.commit().await.unwrap();
        seen = (seen.0 + swept.removed, seen.1 + swept.condemned);
        after = swept.next;
        if after.is_none() {
            return seen;
        }
    }
}

/// A whole collection that finds these.
async fn collect(test: &TestStore, needed: &[u8], second: i64) -> (u64, u64) {
    let hold = begin(test).await;
    let needed: Vec<Digest> = needed.iter().map(|number| digest(*number)).collect();
    let mut tx = test.store.write().await.unwrap();
    collection::mark_segments(&mut tx, &hold, &needed).await.unwrap();
    tx.commit().await.unwrap();
    sweep(test, &hold, second).await
}

async fn rely(test: &TestStore, numbers: &[u8]) -> u64 {
    let mut tx = test.store.write().await.unwrap();
    let hold = collection::hold(&mut tx).await.unwrap();
    let digests: Vec<Digest> = numbers.iter().map(|number| digest(*number)).collect();
    let there = segments::rely(&mut tx, &hold, &digests).await.unwrap();
    tx.commit().await.unwrap();
    there
}

async fn stored(test: &TestStore) -> Vec<Digest> {
    let all: Vec<Digest> = (1..=5).map(digest).collect();
    let mut found = segments::stored(&mut test.store.read().await.unwrap(), &all).await.unwrap();
    found.sort_unstable();
    found
}

async fn what_is_not_found_twice_goes(test: TestStore) {
    push(&test, &[1, 2, 3, 4, 5]).await;
    assert_eq!(collect(&test, &[1, 2], 0).await, (0, 3));
    assert_eq!(stored(&test).await, [digest(1), digest(2)], "what is condemned counts as missing");
    assert_eq!(collect(&test, &[1, 2, 3], 5).await, (0, 0), "the time of grace is not over");
    assert_eq!(stored(&test).await, [digest(1), digest(2), digest(3)], "what is found again is there again");
    assert_eq!(collect(&test, &[1, 2, 3], 20).await, (2, 0));
    assert_eq!(rely(&test, &[1, 2, 3, 4, 5]).await, 3);
}

async fn what_a_push_relies_on_stays(test: TestStore) {
    push(&test, &[1, 2, 3]).await;
    // A push relies on 2 after the roots were read, and before they are swept.
    let hold = begin(&test).await;
    assert_eq!(rely(&test, &[2]).await, 1);
    assert_eq!(sweep(&test, &hold, 0).await, (0, 2));
    // One relies on 3, which is condemned already.
    assert_eq!(rely(&test, &[3]).await, 1);
    assert_eq!(collect(&test, &[2, 3], 20).await, (1, 0));
    // A collection that was killed while it marked takes nothing with it.
    begin(&test).await;
    assert_eq!(stored(&test).await, [digest(2), digest(3)]);
}

async fn a_push_that_comes_too_late_is_told(test: TestStore) {
    push(&test, &[1, 2]).await;
    assert_eq!(stored(&test).await, [digest(1), digest(2)]);
    collect(&test, &[], 0).await;
    assert_eq!(collect(&test, &[], 20).await, (2, 0));
    assert_eq!(rely(&test, &[1, 2]).await, 0);
}

async fn a_pack_that_goes_is_not_written(test: TestStore) {
    push(&test, &[1]).await;
    let retire = async || {
        let mut tx = test.store.write().await.unwrap();
        let hold = collection::hold(&mut tx).await.unwrap();
        let goes = packs::retire(&mut tx, &hold, &digest(200), at(10)).await.unwrap();
        tx.commit().await.unwrap();
        goes
    };
    assert!(!retire().await, "a segment is in it");
    collect(&test, &[], 0).await;
    collect(&test, &[], 20).await;
    assert!(retire().await);
    let mut tx = test.store.write().await.unwrap();
    assert_eq!(packs::announce(&mut tx, &digest(200), 100, at(30)).await.unwrap(), Announced::Going);
    packs::forget(&mut tx, &digest(200)).await.unwrap();
    assert_eq!(packs::announce(&mut tx, &digest(200), 100, at(30)).await.unwrap(), Announced::Welcome);
    tx.commit().await.unwrap();
}

async fn what_moves_stays_what_it_was(test: TestStore) {
    push(&test, &[1, 2, 3]).await;
    collect(&test, &[1, 2], 0).await;
    let mut tx = test.store.write().await.unwrap();
    let hold = collection::hold(&mut tx).await.unwrap();
    damage::note_segments(&mut tx, &digest(200), &[digest(2)]).await.unwrap();
    let moved: Vec<SegmentRow> = (1..=3).map(|number| SegmentRow { pack: digest(201), ..row(number) }).collect();
    segments::relocate(&mut tx, &hold, &digest(99), &moved).await.unwrap();
    assert_eq!(segments::of_pack(&mut tx, &digest(200)).await.unwrap().len(), 3, "they do not lie in that pack");
    segments::relocate(&mut tx, &hold, &digest(200), &moved).await.unwrap();
    packs::touch(&mut tx, &hold, &digest(200), at(50)).await.unwrap();
    let left: Vec<_> = segments::of_pack(&mut tx, &digest(200)).await.unwrap();
    assert_eq!(left.iter().map(|row| row.digest).collect::<Vec<_>>(), [digest(2)], "what is damaged stays");
    tx.commit().await.unwrap();
    assert_eq!(stored(&test).await, [digest(1)], "what was condemned is condemned still");
    assert_eq!(collect(&test, &[1, 2], 20).await, (1, 0));
    let page = packs::page(&mut test.store.read().await.unwrap(), None, 10).await.unwrap();
    assert_eq!((page.len(), page[0].touched_at), (1, at(50)));
}

async fn damage_is_known_by_segment_and_frame(test: TestStore) {
    push(&test, &[1, 2]).await;
    let mut tx = test.store.write().await.unwrap();
    let frame = Frame { pack: digest(200), offset: 8 };
    assert_eq!(segments::of_frame(&mut tx, &frame).await.unwrap().len(), 2);
    assert!(segments::of_frame(&mut tx, &Frame { offset: 9, ..frame }).await.unwrap().is_empty());
    damage::note_segments(&mut tx, &digest(200), &[digest(2)]).await.unwrap();
    assert_eq!(damage::segments(&mut tx, 10).await.unwrap(), [digest(2)]);
    assert!(damage::versions(&mut tx, None, 10).await.unwrap().is_empty());
    assert!(versions::known_trees(&mut tx, &[digest(1)]).await.unwrap().is_empty());
}
