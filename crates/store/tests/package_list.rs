//! The list of packages: what is found, in which order, and that what is counted is what is there.

use packhorse_model::api::Counted;
use packhorse_model::ids::{HostId, ModuleId, PackageId, VersionId};
use packhorse_model::manifest::Manifest;
use packhorse_model::order::{Health, HostFacts, InstanceReport, InstanceState};
use packhorse_model::topology::Environment;
use packhorse_model::{Digest, PackageKind};
use packhorse_store::package_list::{self, Direction, PackageFilter, PackageKey, PackageOrder};
use packhorse_store::packages::{self, NewPackage, PackageTexts};
use packhorse_store::version_list::{self, VersionFilter};
use packhorse_store::{Conn, args, hosts, instances, json, topology};

use crate::harness::{TestStore, at, id, on_both};

on_both!(
    packages_are_found_by_all_that_is_said_of_them,
    every_order_goes_through_all_packages_once,
    terms_follow_the_latest_version_and_what_people_say,
    counts_are_what_is_there_whatever_moves,
);

const KINDS: [PackageKind; 3] = [PackageKind::File, PackageKind::Config, PackageKind::Script];

pub(crate) async fn package(conn: &mut Conn, number: u128, name: &str, description: &str) -> PackageId {
    let new = NewPackage {
        id: id(number),
        name: name.parse().unwrap(),
        kind: KINDS[usize::try_from(number).unwrap() % KINDS.len()],
        description: description.to_owned(),
        creator: if number.is_multiple_of(2) { "ada" } else { "bob" }.parse().unwrap(),
        created_at: at(i64::try_from(number / 2).unwrap()),
    };
    packages::ensure(conn, &new).await.unwrap().id
}

pub(crate) async fn version(conn: &mut Conn, number: u128, package: PackageId, version: &str, manifest: &str) {
    let manifest = Manifest::parse(manifest).unwrap();
    let tree = Digest::new([7; 32]);
    conn.execute(
        "INSERT INTO versions (id, package_id, number, sort_key, description, state, layout, manifest, tree, tree_size, files, size,
           new_bytes, archive_name, archive_format, archive_size, archive_sha256, archive_md5, archive_blake3, archive_recipe,
           archive_recipe_size, kept_as, creator, created_at)
         VALUES ($1, $2, $3, $3, '', 'published', 'symlink', $4, $5, 1, 1, 1, 1, 'a.tar', 'tar', 1, '', '', $5, $5, 1, 'recipe', 'ada', 0)",
        args![id::<VersionId>(number), package, version, json(&manifest).unwrap(), tree],
    )
    .await
    .unwrap();
    packages::refresh(conn, package, at(100)).await.unwrap();
}

async fn names(conn: &mut Conn, filter: PackageFilter) -> String {
    let (rows, total) = package_list::page(conn, &filter, PackageOrder::default(), None, 50).await.unwrap();
    assert_eq!((total.rows, total.counted), (rows.len() as u64, Counted::Exactly), "{filter:?}");
    rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>().join(" ")
}

async fn packages_are_found_by_all_that_is_said_of_them(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    package(&mut tx, 1, "shop-web", "The shop's front, 在线商城").await;
    package(&mut tx, 2, "shop-db", "Schema of the shop").await;
    let pay = package(&mut tx, 3, "paygate", "支付网关 100%_sure").await;
    version(
        &mut tx,
        1,
        pay,
        "1.0",
        "tags = ['core', '支付']\n[metadata]\narch = 'x86_64'\ninstallrank = 3\n[metadata.more]\nteam = 'Blue'",
    )
    .await;
    let search = |text: &str| PackageFilter { search: Some(text.to_owned()), ..PackageFilter::default() };
    for (text, found) in [
        ("SHOP", "shop-db shop-web"),
        ("hop", "shop-db shop-web"),
        ("shop-d", "shop-db"),
        ("gate", "paygate"),
        ("schema shop", "shop-db"),
        ("chema", ""),
        ("商城", "shop-web"),
        ("在线商", "shop-web"),
        ("支付", "paygate"),
        ("网", "paygate"),
        ("支网", ""),
        ("bob", "paygate shop-web"),
        ("100%", "paygate"),
        ("%", ""),
        ("core", "paygate"),
    ] {
        assert_eq!(names(&mut tx, search(text)).await, found, "{text}");
    }
    let all = PackageFilter::default;
    assert_eq!(names(&mut tx, PackageFilter { kind: Some(PackageKind::Config), ..all() }).await, "shop-web");
    assert_eq!(names(&mut tx, PackageFilter { creator: Some("ada".parse().unwrap()), ..all() }).await, "shop-db");
    assert_eq!(names(&mut tx, PackageFilter { tags: vec!["Core".into(), "支付".into()], ..all() }).await, "paygate");
    assert_eq!(names(&mut tx, PackageFilter { tags: vec!["cor".into()], ..all() }).await, "");
    for (key, value, found) in [
        ("arch", "X86_64", "paygate"),
        ("team", "blue", "paygate"),
        ("installrank", "3", "paygate"),
        ("arch", "arm", ""),
    ] {
        let metadata = vec![(key.to_owned(), value.to_owned())];
        assert_eq!(names(&mut tx, PackageFilter { metadata, ..all() }).await, found, "{key}={value}");
    }
    let both = PackageFilter { kind: Some(PackageKind::Script), ..search("shop") };
    assert_eq!(names(&mut tx, both).await, "shop-db");
}

async fn every_order_goes_through_all_packages_once(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    for number in 1..=23 {
        package(&mut tx, number, &format!("p{}", number * 7 % 23), "x").await;
    }
    let keys = [
        PackageKey::Name,
        PackageKey::Updated,
        PackageKey::Created,
        PackageKey::Versions,
        PackageKey::Instances,
        PackageKey::Kind,
    ];
    for (key, direction) in keys.into_iter().flat_map(|key| [(key, Direction::Up), (key, Direction::Down)]) {
        let order = PackageOrder { key, direction };
        for filter in [PackageFilter::default(), PackageFilter { search: Some("x".into()), ..PackageFilter::default() }]
        {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let (page, _) = package_list::page(&mut tx, &filter, order, after.as_ref(), 5).await.unwrap();
                let Some(last) = page.last() else { break };
                after = Some(order.place(&order.cursor(last)).unwrap());
                seen.extend(page);
            }
            let text = |package: &packhorse_model::api::packages::PackageSummary| match key {
                PackageKey::Name => package.name.to_string(),
                PackageKey::Kind => package.kind.as_str().to_owned(),
                _ => format!("{:020}", package.updated_at.as_microsecond()),
            };
            let mut sorted = seen.clone();
            sorted.sort_by_key(|package| (text(package), if key == PackageKey::Name { id(0) } else { package.id }));
            if direction == Direction::Down {
                sorted.reverse();
            }
            if !matches!(key, PackageKey::Versions | PackageKey::Instances) {
                assert_eq!(seen, sorted, "{order:?}");
            }
            seen.sort_by_key(|package| package.id);
            seen.dedup();
            assert_eq!(seen.len(), 23, "{order:?}");
        }
    }
    let order = PackageOrder { key: PackageKey::Updated, direction: Direction::Up };
    assert!(order.place("shop 01h00000000000000000000000").is_none(), "a cursor of another order");
}

async fn terms_follow_the_latest_version_and_what_people_say(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    let shop = package(&mut tx, 1, "shop", "old words").await;
    version(&mut tx, 1, shop, "1.0", "tags = ['first']").await;
    version(&mut tx, 2, shop, "1.1", "tags = ['second']").await;
    let tagged = |tag: &str| PackageFilter { tags: vec![tag.to_owned()], ..PackageFilter::default() };
    assert_eq!(names(&mut tx, tagged("first")).await, "");
    assert_eq!(names(&mut tx, tagged("second")).await, "shop");
    let texts = PackageTexts { description: "new words".to_owned(), tags: vec!["mine".to_owned()] };
    packages::describe(&mut tx, shop, &texts, at(200)).await.unwrap();
    assert_eq!(names(&mut tx, tagged("mine")).await, "shop");
    let search = |text: &str| PackageFilter { search: Some(text.to_owned()), ..PackageFilter::default() };
    assert_eq!(names(&mut tx, search("old")).await, "");
    assert_eq!(names(&mut tx, search("new")).await, "shop");
    let found = packages::get(&mut tx, &"shop".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((found.tags, found.own_tags), (vec!["mine".to_owned(), "second".to_owned()], vec!["mine".to_owned()]));
    tx.execute("DELETE FROM versions WHERE number = '1.1'", vec![]).await.unwrap();
    packages::refresh(&mut tx, shop, at(300)).await.unwrap();
    assert_eq!(names(&mut tx, tagged("first")).await, "shop");
}

/// What the triggers keep, beside what a count gives.
async fn assert_counts(conn: &mut Conn, step: &str) {
    let kept = conn
        .query(
            "SELECT p.id, p.instances AS i, p.modules AS m,
               (SELECT count(*) FROM instances i WHERE i.package_id = p.id) AS ci,
               (SELECT count(DISTINCT h.module_id) FROM instances i JOIN host_modules h ON h.host_id = i.host_id WHERE i.package_id = p.id) AS cm
             FROM packages p ORDER BY p.id",
            vec![],
        )
        .await
        .unwrap();
    for row in kept {
        let number = |column| row.int(column).unwrap();
        assert_eq!((number("i"), number("m")), (number("ci"), number("cm")), "{step}");
    }
    let pairs = async |conn: &mut Conn, sql: &'static str| {
        let rows = conn.query(sql, vec![]).await.unwrap();
        rows.iter()
            .map(|row| {
                format!(
                    "{} {} {} {}",
                    row.text("p").unwrap(),
                    row.text("v").unwrap(),
                    row.int("i").unwrap(),
                    row.int("m").unwrap()
                )
            })
            .collect::<Vec<_>>()
    };
    let kept = pairs(
        conn,
        "SELECT package_id AS p, version AS v, instances AS i, modules AS m FROM version_instances ORDER BY 1, 2",
    )
    .await;
    let counted = pairs(
        conn,
        "SELECT i.package_id AS p, i.version AS v, count(DISTINCT i.host_id) AS i, count(DISTINCT h.module_id) AS m
         FROM instances i LEFT JOIN host_modules h ON h.host_id = i.host_id GROUP BY i.package_id, i.version ORDER BY 1, 2",
    )
    .await;
    assert_eq!(kept, counted, "{step}");
}

async fn counts_are_what_is_there_whatever_moves(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    topology::insert_business(&mut tx, id(1), &"Shop".parse().unwrap(), at(0)).await.unwrap();
    topology::insert_system(&mut tx, id(1), id(1), &"Live".parse().unwrap(), Environment::Prod, at(0)).await.unwrap();
    for number in 1..=3 {
        topology::insert_module(&mut tx, id(number), id(1), &format!("M{number}").parse().unwrap(), at(0))
            .await
            .unwrap();
    }
    for number in 1..=3 {
        package(&mut tx, number, &format!("p{number}"), "").await;
    }
    let mut state = 7_u64;
    let mut dice = |sides: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    };
    for step in 0..120 {
        let host = dice(4) + 1;
        let (host_id, host_name) = (id::<HostId>(u128::from(host)), format!("h{host}").parse().unwrap());
        let (host_id, _) = hosts::join(&mut tx, host_id, &host_name, &HostFacts::default(), at(0)).await.unwrap();
        let what = match dice(8) {
            0 => {
                hosts::delete(&mut tx, host_id).await.unwrap();
                "delete"
            }
            1..=3 => {
                let modules: Vec<ModuleId> = (1..=3).filter(|_| dice(2) == 0).map(id).collect();
                hosts::set_modules(&mut tx, host_id, &modules).await.unwrap();
                "modules"
            }
            _ => {
                let mut reports = Vec::new();
                for number in 1..=3 {
                    if dice(3) > 0 {
                        reports.push(InstanceReport {
                            package: format!("p{number}").parse().unwrap(),
                            version: format!("1.{}", dice(2)).parse().unwrap(),
                            tree: Digest::new([1; 32]),
                            install_root: "/data/app".to_owned(),
                            state: InstanceState::Running,
                            health: Health::Healthy,
                            reason: None,
                            previous: None,
                            rendering: None,
                            previous_rendering: None,
                            drift: None,
                        });
                    }
                }
                instances::replace(&mut tx, host_id, &reports, at(step)).await.unwrap();
                "inventory"
            }
        };
        assert_counts(&mut tx, &format!("step {step}: {what} of host {host}")).await;
    }
    let shown = version_list::count(&mut tx, id(1), &VersionFilter::default()).await.unwrap();
    assert_eq!(shown.rows, 0);
}
