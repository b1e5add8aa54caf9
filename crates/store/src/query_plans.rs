//! That no list of packages or versions reads a table to its end, or sorts what has no bound, by what the databases themselves say of their plans.
//!
//! PostgreSQL would rather read a small table whole than use any index; it is told that both reading whole and sorting are dear, and does either only
//! where there is no other way.

use packhorse_model::PackageKind;
use packhorse_model::VersionState;
use packhorse_model::ids::{DeploymentId, Identifier, ObjectId, PackageId};
use packhorse_model::order::{Health, InstanceState};

use crate::instance_list::{Drift, Filter, HeardSince, Search, push_page};
use crate::instance_order::{InstanceKey, InstanceOrder};
use crate::package_list::{Direction, PackageFilter, PackageKey, PackageOrder, count_all, count_of, statement};
use crate::sql::{Arg, Sql};
use crate::version_list::{self, VersionFilter, VersionKey, VersionOrder, Whereabouts};
use crate::{
    Conn, Store, StoreUrl, deployments, instance_history, object_relations, packages, script_results, versions,
};

/// Whether a plan may sort: only rows whose number is bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sorting {
    Never,
    Few,
}

/// A statement, and what it is.
struct Case {
    what: String,
    sql: Sql,
    sorting: Sorting,
}

fn case(what: impl Into<String>, sql: Sql, sorting: Sorting) -> Case {
    Case { what: what.into(), sql, sorting }
}

fn filters() -> Vec<PackageFilter> {
    let none = PackageFilter::default;
    let tags = vec!["core".to_owned(), "web".to_owned()];
    let metadata = vec![("arch".to_owned(), "x86_64".to_owned())];
    vec![
        none(),
        PackageFilter { search: Some("shop 商城".to_owned()), ..none() },
        PackageFilter { kind: Some(PackageKind::File), ..none() },
        PackageFilter { creator: Some("ada".parse().unwrap()), ..none() },
        PackageFilter { tags: tags.clone(), ..none() },
        PackageFilter { metadata: metadata.clone(), ..none() },
        PackageFilter { search: Some("shop".to_owned()), kind: Some(PackageKind::File), tags, metadata, ..none() },
    ]
}

/// Every list of packages and versions: each order, each filter, the first page and a later one.
fn cases() -> Vec<Case> {
    let keys = [
        PackageKey::Name,
        PackageKey::Updated,
        PackageKey::Created,
        PackageKey::Versions,
        PackageKey::Instances,
        PackageKey::Kind,
    ];
    let orders = keys
        .into_iter()
        .flat_map(|key| [Direction::Up, Direction::Down].map(|direction| PackageOrder { key, direction }));
    let mut cases = Vec::new();
    for order in orders {
        let place = order.place("7 00000000000000000000000007").unwrap();
        for filter in filters() {
            let terms = filter.terms().unwrap();
            for after in [None, Some(&place)] {
                let what = format!("{order:?} {filter:?} {}", after.is_some());
                cases.push(case(&what, statement(&filter, &terms, None, order, after, 50), Sorting::Never));
                if !terms.is_empty() {
                    let few = statement(&filter, &terms, Some(0), order, after, 50);
                    cases.push(case(format!("few of {what}"), few, Sorting::Few));
                }
            }
        }
    }
    for filter in filters() {
        let terms = filter.terms().unwrap();
        match terms.first() {
            None => cases.push(case("count of all", count_all(), Sorting::Never)),
            Some(term) => {
                cases.push(case(format!("count of {filter:?}"), count_of(&terms, 0, term, 2000), Sorting::Few));
            }
        }
    }
    cases.extend(version_cases());
    cases.extend(script_cases());
    cases.extend(instance_cases());
    cases.push(case("newest versions", versions::newest_statement(50), Sorting::Never));
    let names = ["a".parse().unwrap(), "b".parse().unwrap()];
    let place = instance_history::HistoryPlace { deployment: one(), unit: one() };
    for after in [None, Some(place)] {
        cases.push(case(
            "history of an instance",
            instance_history::statement(one(), one(), after, 50),
            Sorting::Never,
        ));
    }
    let of_package = deployments::Filter { package: Some("a".parse().unwrap()), ..deployments::Filter::default() };
    for before in [None, Some(one())] {
        let sql = deployments::statement(&of_package, before, 50).unwrap();
        cases.push(case("deployments of a package", sql, Sorting::Never));
    }
    cases.push(case("objects of packages", packages::objects_statement(names.iter()), Sorting::Few));
    cases
}

fn one<T: Identifier>() -> T {
    T::from_parts(jiff::Timestamp::UNIX_EPOCH, 1)
}

/// The lists of one package's versions: each order, each filter, the first page and a later one.
fn version_cases() -> Vec<Case> {
    let package = PackageId::from_parts(jiff::Timestamp::UNIX_EPOCH, 1);
    let none = VersionFilter::default;
    let filters = [
        none(),
        VersionFilter { search: Some("1.0".to_owned()), ..none() },
        VersionFilter { state: Some(VersionState::Yanked), ..none() },
        VersionFilter { creator: Some("ada".parse().unwrap()), ..none() },
        VersionFilter { whereabouts: Some(Whereabouts::OnHosts), ..none() },
        VersionFilter { whereabouts: Some(Whereabouts::Nowhere), ..none() },
    ];
    let mut cases = Vec::new();
    for filter in filters {
        for key in [VersionKey::Number, VersionKey::Created, VersionKey::Size] {
            for direction in [Direction::Up, Direction::Down] {
                let order = VersionOrder { key, direction };
                let cursor = if key == VersionKey::Number { "1.0.0" } else { "7 00000000000000000000000007" };
                for after in [None, order.place(cursor)] {
                    let what = format!("versions {order:?} {filter:?} {}", after.is_some());
                    let sql = version_list::statement(package, &filter, order, after, 50).unwrap();
                    cases.push(case(what, sql, Sorting::Never));
                }
            }
        }
        let sql = version_list::count_statement(package, &filter).unwrap();
        cases.push(case(format!("count of versions {filter:?}"), sql, Sorting::Never));
    }
    cases
}

/// The lists of how a script ended: groups of one deployment are sorted by their size, which is bounded by its hosts.
fn script_cases() -> Vec<Case> {
    let deployment = DeploymentId::from_parts(jiff::Timestamp::UNIX_EPOCH, 1);
    let (host, group) = ("web-1".parse().unwrap(), "code-0-x".to_owned());
    let place = script_results::GroupPlace { hosts: 2, id: group.clone() };
    let none = script_results::Filter::default;
    let filters = [
        none(),
        script_results::Filter { group: Some(group), ..none() },
        script_results::Filter { host: Some("web-2".parse().unwrap()), ..none() },
    ];
    let mut cases = Vec::new();
    for after in [None, Some(&place)] {
        let sql = script_results::groups_statement(deployment, after, 50);
        cases.push(case(format!("groups {}", after.is_some()), sql, Sorting::Few));
    }
    for filter in &filters {
        for after in [None, Some(&host)] {
            let sql = script_results::hosts_statement(deployment, filter, after, 50);
            cases.push(case(format!("hosts {filter:?} {}", after.is_some()), sql, Sorting::Never));
        }
    }
    cases
}

/// The list of instances in the orders that have an index of their own, where it is too long to be sorted.
fn instance_cases() -> Vec<Case> {
    let none = Filter::default;
    let filters = [
        none(),
        Filter { package: Some("shop".parse().unwrap()), ..none() },
        Filter { version: Some("1.0.0".parse().unwrap()), ..none() },
        Filter { state: Some(InstanceState::Running), ..none() },
        Filter { health: Some(Health::Healthy), ..none() },
        Filter { drift: Some(Drift::Some), ..none() },
        Filter { drift: Some(Drift::None), ..none() },
        Filter { module: Some(one()), ..none() },
    ];
    let mut cases = Vec::new();
    for filter in &filters {
        // What the hosts of a module have is found by these, and sorted.
        let of_index = if filter.module.is_some() { Sorting::Few } else { Sorting::Never };
        let package = filter.package.as_ref().map(|_| one());
        let search = Search { filter, package, since: HeardSince(jiff::Timestamp::UNIX_EPOCH) };
        // PostgreSQL sorts the instances of each package by themselves.
        let keys =
            [(InstanceKey::Version, of_index), (InstanceKey::Since, of_index), (InstanceKey::Package, Sorting::Few)];
        for (key, sorting) in keys {
            for direction in [Direction::Up, Direction::Down] {
                let order = InstanceOrder { key, direction };
                let value = if key == InstanceKey::Package { "" } else { "7 " };
                let place = order.place(&format!("{value}00000000000000000000000007 shop"));
                assert!(place.is_some());
                for after in [None, place.as_ref()] {
                    let what = format!("instances {order:?} {filter:?} {}", after.is_some());
                    let mut sql = Sql::new("WITH ");
                    push_page(&mut sql, &search, None, order, after, 50).unwrap();
                    sql.push(" SELECT host_id FROM page");
                    cases.push(case(what, sql, sorting));
                }
            }
        }
    }
    cases
}

/// The plan of a statement, a line each.
async fn plan(conn: &mut Conn, explain: &str, column: &str, sql: &Sql) -> Vec<String> {
    let (text, args): (String, Vec<Arg>) = sql.clone().into_parts();
    let text: &'static str = Box::leak(format!("{explain}{text}").into_boxed_str());
    let rows = conn.query(text, args).await.unwrap_or_else(|error| panic!("{text}: {error}"));
    rows.iter().map(|row| row.text(column).unwrap()).collect()
}

/// Statements as no list may be, which show that the look at the plans finds something.
fn bad() -> [Sql; 2] {
    [
        Sql::new("SELECT p.id FROM packages p WHERE p.description = 'x' LIMIT 5"),
        Sql::new("SELECT p.id FROM packages p ORDER BY p.description LIMIT 5"),
    ]
}

/// Whether a plan reads a table whole, or sorts where it must not. A subquery that was materialised is as long as its limit, and an index that is read in
/// its order ends with the page.
fn is_dear_for_sqlite(lines: &[String], sorting: Sorting) -> bool {
    const BOUNDED: [&str; 7] =
        ["SCAN page", "SCAN f", "SCAN found", "SCAN k", "SCAN c", "SCAN counted", "SCAN CONSTANT ROW"];
    lines.iter().any(|line| {
        let is_whole = line.starts_with("SCAN ") && !line.contains(" INDEX ") && !BOUNDED.contains(&line.as_str());
        let sorts = line.starts_with("USE TEMP B-TREE FOR") && line.ends_with("ORDER BY");
        is_whole || (sorts && sorting == Sorting::Never)
    })
}

fn is_dear_for_postgres(lines: &[String], sorting: Sorting) -> bool {
    lines.iter().map(|line| line.trim_start_matches([' ', '-', '>'])).any(|line| {
        let sorts = line == "Sort" || line == "Incremental Sort";
        // Few rows are sorted; looked for along an index of the order, they are found at its end at worst.
        let walks = line.contains(" using packages_by_");
        line.starts_with("Seq Scan on") || (sorts && sorting == Sorting::Never) || (walks && sorting == Sorting::Few)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_reads_no_table_to_its_end() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&StoreUrl::Sqlite(directory.path().join("packhorse.db"))).await.unwrap();
    let mut reader = store.read().await.unwrap();
    for Case { what, sql, sorting } in cases() {
        let lines = plan(&mut reader, "EXPLAIN QUERY PLAN ", "detail", &sql).await;
        assert!(!is_dear_for_sqlite(&lines, sorting), "{what}: {lines:#?}");
    }
    for bad in bad() {
        let lines = plan(&mut reader, "EXPLAIN QUERY PLAN ", "detail", &bad).await;
        assert!(is_dear_for_sqlite(&lines, Sorting::Never), "{}: {lines:#?}", bad.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_reads_no_table_to_its_end() {
    let store = Store::open(&packhorse_testkit::postgres::schema().url.parse().unwrap()).await.unwrap();
    let mut reader = store.read().await.unwrap();
    for setting in [
        "SET LOCAL enable_seqscan = off",
        "SET LOCAL enable_sort = off",
        "SET LOCAL enable_incremental_sort = off",
        "SET LOCAL enable_hashjoin = off",
        "SET LOCAL enable_mergejoin = off",
        "SET LOCAL enable_bitmapscan = off",
    ] {
        reader.execute(setting, vec![]).await.unwrap();
    }
    for Case { what, sql, sorting } in cases() {
        let lines = plan(&mut reader, "EXPLAIN (COSTS OFF) ", "QUERY PLAN", &sql).await;
        assert!(!is_dear_for_postgres(&lines, sorting), "{what}: {lines:#?}");
    }
    for bad in bad() {
        let lines = plan(&mut reader, "EXPLAIN (COSTS OFF) ", "QUERY PLAN", &bad).await;
        assert!(is_dear_for_postgres(&lines, Sorting::Never), "{}: {lines:#?}", bad.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn relations_are_found_by_index() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&StoreUrl::Sqlite(directory.path().join("packhorse.db"))).await.unwrap();
    let mut reader = store.read().await.unwrap();
    let object = ObjectId::from_parts(jiff::Timestamp::UNIX_EPOCH, 1);
    for side in
        [packhorse_model::api::objects::RelationSide::Children, packhorse_model::api::objects::RelationSide::Parents]
    {
        let lines = plan(
            &mut reader,
            "EXPLAIN QUERY PLAN ",
            "detail",
            &object_relations::list_statement(object, side, None, 50),
        )
        .await;
        assert!(!lines.iter().any(|line| line.starts_with("SCAN ")), "{lines:#?}");
    }
}
