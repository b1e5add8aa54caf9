//! Drafts: their entries, changes and uploads.

use packhorse_model::Digest;
use packhorse_model::api::drafts::{Became, ChangeKind, Draft, DraftState, Expectation, UploadPlace};
use packhorse_model::api::packages::TreeEntryKind;
use packhorse_model::ids::UploadId;
use packhorse_store::drafts::changes::{NewChange, Order, PathChange};
use packhorse_store::drafts::entries::{EntryState, NewEntry, Part, Shown};
use packhorse_store::drafts::uploads::UploadRow;
use packhorse_store::drafts::{self, changes, entries, uploads};
use packhorse_store::roots;

use crate::harness::{TestStore, at, id, on_both};

on_both!(
    entries_are_paged_by_the_bytes_of_their_paths,
    changes_are_kept_for_those_who_undo,
    uploads_are_forgotten_when_nothing_comes,
    what_drafts_need_is_kept,
);

fn draft(number: u128) -> Draft {
    Draft {
        id: id(number),
        package: "shop".parse().unwrap(),
        kind: packhorse_model::PackageKind::File,
        base: None,
        version: None,
        build: None,
        description: String::new(),
        state: DraftState::Open,
        revision: 0,
        entries: 0,
        size: 0,
        creator: "admin".parse().unwrap(),
        created_at: at(0),
        updated_by: "admin".parse().unwrap(),
        updated_at: at(i64::try_from(number).unwrap()),
    }
}

fn file(content: u8) -> EntryState {
    EntryState {
        kind: TreeEntryKind::File,
        mode: 0o644,
        size: 1,
        digest: Some(Digest::new([content; 32])),
        target: None,
        origin: None,
    }
}

fn entry(path: &str, now: Option<EntryState>) -> NewEntry {
    NewEntry { path: path.to_owned(), folded: path.to_lowercase(), now }
}

async fn entries_are_paged_by_the_bytes_of_their_paths(test: TestStore) {
    let draft = draft(1);
    let mut tx = test.store.write().await.unwrap();
    drafts::insert(&mut tx, &draft).await.unwrap();
    let directory = EntryState { kind: TreeEntryKind::Directory, size: 0, digest: None, ..file(0) };
    let base = [
        entry("A", Some(directory.clone())),
        entry("A/x", Some(file(1))),
        entry("A-b", Some(file(2))),
        entry("a", Some(file(3))),
    ];
    entries::insert_base(&mut tx, draft.id, &base).await.unwrap();
    let moved = EntryState { origin: Some("a".to_owned()), ..file(3) };
    let written = [entry("a", None), entry("A/z", Some(moved)), entry("A/x", Some(file(4))), entry("gone", None)];
    entries::write(&mut tx, draft.id, 7, &written).await.unwrap();

    let mut paths = async |part, shown, after: Option<&str>| {
        let rows = entries::page(&mut tx, draft.id, part, shown, after, 10).await.unwrap();
        assert!(entries::count(&mut tx, draft.id, part, shown).await.unwrap() >= rows.len() as u64);
        rows.into_iter().map(|row| row.path).collect::<Vec<_>>()
    };
    assert_eq!(paths(Part::Below(""), Shown::Present, None).await, ["A", "A-b", "A/x", "A/z"]);
    assert_eq!(paths(Part::Below(""), Shown::All, Some("A-b")).await, ["A/x", "A/z", "a"]);
    assert_eq!(paths(Part::Below("A"), Shown::Present, None).await, ["A/x", "A/z"]);
    assert_eq!(paths(Part::In(""), Shown::Present, None).await, ["A", "A-b"]);
    assert_eq!(paths(Part::Below(""), Shown::Changed, None).await, ["A/x", "A/z", "a"]);

    let rows = entries::at(&mut tx, draft.id, &["A/z".to_owned(), "a".to_owned()]).await.unwrap();
    let row = |path: &str| rows.iter().find(|row| row.path == path).unwrap();
    assert_eq!((row("A/z").is_at_origin, row("A/z").revision), (false, 7));
    assert_eq!((&row("a").now, &row("a").base), (&None, &Some(file(3))), "what was there is known");
    let folded = entries::folded(&mut tx, draft.id, &["a".to_owned(), "a-b".to_owned()]).await.unwrap();
    assert_eq!(folded.len(), 2, "what is gone takes no name");
    drafts::delete(&mut tx, draft.id).await.unwrap();
    assert_eq!(entries::count(&mut tx, draft.id, Part::Below(""), Shown::All).await.unwrap(), 0);
}

async fn changes_are_kept_for_those_who_undo(test: TestStore) {
    let draft = draft(1);
    let (admin, li) = ("admin".parse().unwrap(), "li".parse().unwrap());
    let mut tx = test.store.write().await.unwrap();
    drafts::insert(&mut tx, &draft).await.unwrap();
    for (revision, by) in [(1_u32, &admin), (2, &li), (3, &admin)] {
        let change = NewChange {
            revision: revision.into(),
            kind: ChangeKind::Edit,
            title: "write a",
            by,
            at: at(revision.into()),
        };
        let paths = [
            PathChange { path: "a".to_owned(), before: Some(file(1)), after: Some(file(2)) },
            PathChange { path: format!("new-{revision}"), before: None, after: Some(file(2)) },
        ];
        changes::insert(&mut tx, draft.id, &change, &paths).await.unwrap();
    }
    let listed = changes::list(&mut tx, draft.id, Order::Newest(None), 2).await.unwrap();
    assert_eq!(listed.iter().map(|change| change.revision).collect::<Vec<_>>(), [3, 2]);
    assert_eq!((listed[0].changed[1].became, listed[0].count), (Became::Added, 2));
    let after = changes::list(&mut tx, draft.id, Order::After(1), 10).await.unwrap();
    assert_eq!(after.iter().map(|change| change.by.to_string()).collect::<Vec<_>>(), ["li", "admin"]);

    let touched = changes::touched(&mut tx, draft.id, &["a".to_owned(), "new-2".to_owned()], 2).await.unwrap();
    assert_eq!(touched.iter().map(|touch| (touch.path.as_str(), touch.revision)).collect::<Vec<_>>(), [("a", 3)]);

    changes::set_undone(&mut tx, draft.id, 3, Some(4)).await.unwrap();
    assert_eq!(changes::last_edit(&mut tx, draft.id, &admin).await.unwrap().unwrap().revision, 1);
    assert_eq!(changes::last_undone(&mut tx, draft.id, &admin).await.unwrap().unwrap().undone_by, Some(4));
    changes::forget(&mut tx, draft.id, 2).await.unwrap();
    assert_eq!(changes::count(&mut tx, draft.id).await.unwrap(), 1);
    assert!(changes::paths(&mut tx, draft.id, 1, None).await.unwrap().is_empty());
}

async fn uploads_are_forgotten_when_nothing_comes(test: TestStore) {
    let draft = draft(1);
    let mut tx = test.store.write().await.unwrap();
    drafts::insert(&mut tx, &draft).await.unwrap();
    let place = UploadPlace::File { path: "a".to_owned(), mode: None, expect: Expectation::Absent };
    let upload = |number| UploadRow {
        id: id(number),
        draft: draft.id,
        place: place.clone(),
        size: 100,
        received: 0,
        sha256: None,
        creator: "admin".parse().unwrap(),
        updated_at: at(0),
        revision: None,
    };
    for number in 1..=3 {
        uploads::insert(&mut tx, &upload(number)).await.unwrap();
    }
    uploads::set_received(&mut tx, id(2), 40, at(10)).await.unwrap();
    uploads::set_done(&mut tx, id(3), 5, at(10)).await.unwrap();
    let pending = uploads::pending(&mut tx, draft.id).await.unwrap();
    assert_eq!((pending.uploads, pending.bytes), (2, 200));
    assert_eq!(uploads::get(&mut tx, draft.id, id(2)).await.unwrap().unwrap().received, 40);
    assert_eq!(uploads::list(&mut tx, draft.id, Some(id(1)), 10).await.unwrap().len(), 1);
    assert_eq!(uploads::forget(&mut tx, at(5)).await.unwrap(), 1);
    let ids: Vec<UploadId> = (1..=3).map(id).collect();
    assert_eq!(uploads::known(&mut tx, &ids).await.unwrap(), [ids[1]]);
}

async fn what_drafts_need_is_kept(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    for number in 1..=2 {
        let draft = draft(number);
        drafts::insert(&mut tx, &draft).await.unwrap();
        entries::insert_base(&mut tx, draft.id, &[entry("a", Some(file(1)))]).await.unwrap();
        entries::write(&mut tx, draft.id, 1, &[entry("a", Some(file(2)))]).await.unwrap();
        let admin = "admin".parse().unwrap();
        let change = NewChange { revision: 1, kind: ChangeKind::Edit, title: "x", by: &admin, at: at(0) };
        let paths = [PathChange { path: "a".to_owned(), before: Some(file(1)), after: Some(file(2)) }];
        changes::insert(&mut tx, draft.id, &change, &paths).await.unwrap();
    }
    let mut files = Vec::new();
    for source in roots::SOURCES {
        files.extend(roots::page(&mut tx, source, None, 10).await.unwrap());
    }
    let mut sizes: Vec<(Digest, u64)> = files.iter().map(|root| (root.digest, root.size)).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [(Digest::new([1; 32]), 1), (Digest::new([1; 32]), 1), (Digest::new([2; 32]), 1)]);
    let listed = drafts::list(&mut tx, DraftState::Open, None, None, 10).await.unwrap();
    assert_eq!(listed.iter().map(|draft| draft.id).collect::<Vec<_>>(), [id(2), id(1)]);
    let before = (listed[0].updated_at, listed[0].id);
    assert_eq!(drafts::list(&mut tx, DraftState::Open, None, Some(before), 10).await.unwrap().len(), 1);
}
