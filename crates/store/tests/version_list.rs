//! The list of a package's versions: what is found, and that every order goes through all of it once.

use packhorse_model::ids::{PackageId, VersionId};
use packhorse_model::manifest::Manifest;
use packhorse_model::{Digest, PackageKind, VersionNumber, VersionState};
use packhorse_store::package_list::Direction;
use packhorse_store::packages::{self, NewPackage};
use packhorse_store::version_list::{self, VersionFilter, VersionKey, VersionOrder, Whereabouts};
use packhorse_store::{Conn, args, json, word};

use crate::harness::{TestStore, at, id, on_both};

on_both!(versions_are_found_by_what_they_say, every_order_goes_through_all_versions_once);

/// A package of this number.
pub(crate) async fn package(conn: &mut Conn, number: u128) -> PackageId {
    let new = NewPackage {
        id: id(number),
        name: format!("shop-{number}").parse().unwrap(),
        kind: PackageKind::File,
        description: String::new(),
        creator: "ada".parse().unwrap(),
        created_at: at(0),
    };
    packages::ensure(conn, &new).await.unwrap().id
}

/// A version that was pushed so many seconds later, and has so many bytes.
pub(crate) async fn version(conn: &mut Conn, package: PackageId, number: u128, text: &str, state: VersionState) {
    let version: VersionNumber = text.parse().unwrap();
    let (tree, creator) = (Digest::new([7; 32]), if number.is_multiple_of(2) { "ada" } else { "bob" });
    let size = i64::try_from(number % 3).unwrap();
    conn.execute(
        "INSERT INTO versions (id, package_id, number, sort_key, build, description, state, layout, manifest, tree, tree_size, files, size,
           new_bytes, archive_name, archive_format, archive_size, archive_sha256, archive_md5, archive_blake3, archive_recipe,
           archive_recipe_size, kept_as, creator, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'symlink', $8, $9, 1, 1, $10, 1, 'a.tar', 'tar', 1, '', '', $9, $9, 1, 'recipe', $11, $12)",
        args![
            id::<VersionId>(number),
            package,
            version,
            version.sort_key(),
            format!("B{number}"),
            format!("The {number}th, 100%_sure"),
            word(&state).unwrap(),
            json(&Manifest::default()).unwrap(),
            tree,
            size,
            creator,
            at(i64::try_from(number).unwrap())
        ],
    )
    .await
    .unwrap();
    packages::refresh(conn, package, at(100)).await.unwrap();
}

async fn seeded(conn: &mut Conn) -> PackageId {
    let shop = package(conn, 1).await;
    let other = package(conn, 2).await;
    version(conn, other, 50, "9.9", VersionState::Published).await;
    for (number, text) in ["1.0", "1.10", "1.2", "2.0-rc1", "2.0"].into_iter().enumerate() {
        let state = if text == "1.2" { VersionState::Yanked } else { VersionState::Published };
        version(conn, shop, number as u128 + 1, text, state).await;
    }
    conn.execute(
        "INSERT INTO version_instances (package_id, version, instances, modules) VALUES ($1, '1.10', 2, 1)",
        args![shop],
    )
    .await
    .unwrap();
    shop
}

async fn found(conn: &mut Conn, shop: PackageId, filter: VersionFilter) -> String {
    let rows = version_list::page(conn, shop, &filter, VersionOrder::default(), None, 50).await.unwrap();
    assert_eq!(version_list::count(conn, shop, &filter).await.unwrap().rows, rows.len() as u64, "{filter:?}");
    rows.iter().map(|row| row.version.as_str()).collect::<Vec<_>>().join(" ")
}

async fn versions_are_found_by_what_they_say(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    let shop = seeded(&mut tx).await;
    let all = VersionFilter::default;
    assert_eq!(found(&mut tx, shop, all()).await, "2.0 2.0-rc1 1.10 1.2 1.0");
    let search = |text: &str| VersionFilter { search: Some(text.to_owned()), ..all() };
    for (text, expected) in
        [("RC", "2.0-rc1"), ("b3", "1.2"), ("the 1th", "1.0"), ("0%_S", "2.0 2.0-rc1 1.10 1.2 1.0"), ("0%s", "")]
    {
        assert_eq!(found(&mut tx, shop, search(text)).await, expected, "{text}");
    }
    let yanked = VersionFilter { state: Some(VersionState::Yanked), ..all() };
    assert_eq!(found(&mut tx, shop, yanked).await, "1.2");
    let creator = VersionFilter { creator: Some("ada".parse().unwrap()), ..all() };
    assert_eq!(found(&mut tx, shop, creator).await, "2.0-rc1 1.10");
    let at = |whereabouts| VersionFilter { whereabouts: Some(whereabouts), ..all() };
    assert_eq!(found(&mut tx, shop, at(Whereabouts::OnHosts)).await, "1.10");
    assert_eq!(found(&mut tx, shop, at(Whereabouts::Nowhere)).await, "2.0 2.0-rc1 1.2 1.0");
}

async fn every_order_goes_through_all_versions_once(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    let shop = seeded(&mut tx).await;
    for (key, direction, expected) in [
        (VersionKey::Number, Direction::Up, "1.0 1.2 1.10 2.0-rc1 2.0"),
        (VersionKey::Created, Direction::Down, "2.0 2.0-rc1 1.2 1.10 1.0"),
        (VersionKey::Created, Direction::Up, "1.0 1.10 1.2 2.0-rc1 2.0"),
        (VersionKey::Size, Direction::Down, "2.0 1.10 2.0-rc1 1.0 1.2"),
        (VersionKey::Size, Direction::Up, "1.2 1.0 2.0-rc1 1.10 2.0"),
    ] {
        let order = VersionOrder { key, direction };
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = version_list::page(&mut tx, shop, &VersionFilter::default(), order, after, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = order.place(&order.cursor(last));
            assert!(after.is_some(), "{order:?}");
            seen.extend(page.into_iter().map(|row| row.version.to_string()));
        }
        assert_eq!(seen.join(" "), expected, "{order:?}");
    }
}
