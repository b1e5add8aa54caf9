//! What is known of versions when it is decided which are deleted.

use packhorse_model::VersionState;
use packhorse_model::api::retention::{RetentionRule, StoredRetention};
use packhorse_model::ids::HostId;
use packhorse_model::order::{Health, HostFacts, InstanceReport, InstanceState};
use packhorse_store::{Conn, hosts, instances, retention, version_states};

use crate::harness::{TestStore, at, id, on_both};
use crate::version_list::{package, version};

on_both!(a_version_knows_when_it_was_last_on_a_host, rules_are_kept_for_packages_and_the_site);

fn report(version: &str, previous: Option<&str>) -> InstanceReport {
    InstanceReport {
        package: "shop-1".parse().unwrap(),
        version: version.parse().unwrap(),
        tree: packhorse_model::Digest::new([7; 32]),
        install_root: "/data/app/shop".to_owned(),
        state: InstanceState::Running,
        health: Health::Healthy,
        reason: None,
        previous: previous.map(|number| number.parse().unwrap()),
        rendering: None,
        previous_rendering: None,
        drift: None,
    }
}

/// `1.1 20 x1 previous` for each version: when it was last on a host, how many have it, and whether one could go back to it.
async fn known(conn: &mut Conn) -> String {
    let facts = retention::facts(conn, id(1), None, 10).await.unwrap();
    let line = |facts: &retention::VersionFacts| {
        let deployed =
            facts.deployed_at.map_or("never".to_owned(), |time| (time.as_second() - at(0).as_second()).to_string());
        let previous = if facts.is_rollback_target { " previous" } else { "" };
        let protected = if facts.is_protected { " protected" } else { "" };
        format!("{} {deployed} x{}{previous}{protected}", facts.version, facts.instances)
    };
    facts.iter().map(line).collect::<Vec<_>>().join(", ")
}

async fn a_version_knows_when_it_was_last_on_a_host(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    let shop = package(&mut tx, 1).await;
    for (number, text) in ["1.0", "1.1", "1.2"].into_iter().enumerate() {
        version(&mut tx, shop, number as u128 + 1, text, VersionState::Published).await;
    }
    assert_eq!(known(&mut tx).await, "1.2 never x0, 1.1 never x0, 1.0 never x0");
    let (host, _) =
        hosts::join(&mut tx, id::<HostId>(1), &"web-1".parse().unwrap(), &HostFacts::default(), at(5)).await.unwrap();
    instances::replace(&mut tx, host, &[report("1.0", None)], at(10)).await.unwrap();
    assert_eq!(known(&mut tx).await, "1.2 never x0, 1.1 never x0, 1.0 10 x1");
    instances::replace(&mut tx, host, &[report("1.1", Some("1.0"))], at(20)).await.unwrap();
    assert_eq!(known(&mut tx).await, "1.2 never x0, 1.1 20 x1, 1.0 20 x0 previous");
    // The same again is no news.
    instances::replace(&mut tx, host, &[report("1.1", Some("1.0"))], at(30)).await.unwrap();
    assert!(version_states::protect(&mut tx, id(3), true).await.unwrap());
    assert!(!version_states::protect(&mut tx, id(3), true).await.unwrap());
    assert_eq!(version_states::first_protected(&mut tx, shop).await.unwrap(), Some("1.2".parse().unwrap()));
    assert_eq!(known(&mut tx).await, "1.2 never x0 protected, 1.1 20 x1, 1.0 20 x0 previous");
    hosts::delete(&mut tx, host).await.unwrap();
    assert_eq!(known(&mut tx).await, "1.2 never x0 protected, 1.1 20 x0, 1.0 20 x0");
    let before = retention::facts(&mut tx, shop, Some(&"1.2".parse().unwrap()), 1).await.unwrap();
    assert_eq!(before[0].version.as_str(), "1.1");
}

async fn rules_are_kept_for_packages_and_the_site(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    let said = |rule: Option<u32>| StoredRetention {
        rule: rule.map(|keep_last| RetentionRule { keep_last: Some(keep_last), ..RetentionRule::default() }),
        updated_by: "ada".parse().unwrap(),
        updated_at: at(1),
    };
    for number in 1..=4 {
        let package = package(&mut tx, number).await;
        for nth in 0..2 {
            version(&mut tx, package, number * 10 + nth, &format!("1.{nth}"), VersionState::Published).await;
        }
    }
    retention::set_package(&mut tx, id(1), &said(Some(3))).await.unwrap();
    retention::set_package(&mut tx, id(2), &said(None)).await.unwrap();
    retention::set_package(&mut tx, id(2), &said(None)).await.unwrap();
    assert_eq!(retention::of_package(&mut tx, id(1)).await.unwrap(), Some(said(Some(3))));
    assert_eq!(retention::of_package(&mut tx, id(3)).await.unwrap(), None);
    let ruled = async |tx: &mut Conn, site, after| {
        let found = retention::packages(tx, site, after, 2).await.unwrap();
        found.into_iter().map(|it| (it.name.to_string(), it.own)).collect::<Vec<_>>()
    };
    let (own, all) = (Some(said(Some(3)).rule), Some(None));
    assert_eq!(ruled(&mut tx, false, None).await, [("shop-1".to_owned(), own), ("shop-2".to_owned(), all)]);
    assert_eq!(ruled(&mut tx, true, Some(id(2))).await, [("shop-3".to_owned(), None), ("shop-4".to_owned(), None)]);
    assert!(retention::clear_package(&mut tx, id(1)).await.unwrap());
    assert!(!retention::clear_package(&mut tx, id(1)).await.unwrap());

    assert_eq!(retention::of_site(&mut tx).await.unwrap(), None);
    retention::set_site(&mut tx, &said(Some(9))).await.unwrap();
    assert_eq!(retention::of_site(&mut tx).await.unwrap(), Some(said(Some(9))));
    assert_eq!(retention::applied_at(&mut tx).await.unwrap(), None);
    retention::set_applied_at(&mut tx, at(7)).await.unwrap();
    assert_eq!(retention::applied_at(&mut tx).await.unwrap(), Some(at(7)));
    assert_eq!(retention::tags(&mut tx, &[id(10)]).await.unwrap().len(), 1);
}
