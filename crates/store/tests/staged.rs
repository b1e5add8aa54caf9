//! Packs that wait for their version.

use packhorse_model::Digest;
use packhorse_store::segments::SegmentRow;
use packhorse_store::staged;

use crate::harness::{TestStore, at, on_both};

on_both!(staged_segments_are_found_until_their_pack_is_forgotten);

fn digest(byte: u8) -> Digest {
    Digest::new([byte; 32])
}

fn row(segment: u8, pack: u8) -> SegmentRow {
    SegmentRow {
        digest: digest(segment),
        pack: digest(pack),
        frame_offset: 8,
        frame_len: 100,
        offset_in_frame: 0,
        len: 50,
        is_damaged: false,
    }
}

async fn staged_segments_are_found_until_their_pack_is_forgotten(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    staged::insert(&mut tx, &digest(1), 1000, &[row(10, 1), row(11, 1)], at(0)).await.unwrap();
    staged::insert(&mut tx, &digest(2), 1000, &[row(11, 2), row(12, 2)], at(10)).await.unwrap();
    // The same pack again, as after a cut connection.
    staged::insert(&mut tx, &digest(2), 1000, &[row(11, 2), row(12, 2)], at(20)).await.unwrap();
    let all = [10, 11, 12, 13].map(digest);
    let mut found = staged::locate(&mut tx, &all).await.unwrap();
    found.sort_by_key(|row| row.digest);
    assert_eq!(found, [row(10, 1), row(11, 2), row(12, 2)]);

    assert_eq!(staged::forget_before(&mut tx, at(15)).await.unwrap(), [digest(1)]);
    assert_eq!(staged::locate(&mut tx, &all).await.unwrap().len(), 2, "what a newer pack has stays");
    staged::forget(&mut tx, &[digest(2)]).await.unwrap();
    assert_eq!(staged::locate(&mut tx, &all).await.unwrap(), []);
    tx.commit().await.unwrap();
}
