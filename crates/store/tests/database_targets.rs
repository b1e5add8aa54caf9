//! Database targets, and what their ledgers said.

use packhorse_model::api::database_tests::DatabaseFound;
use packhorse_model::database::{DatabaseLogin, DatabaseTls, LedgerState};
use packhorse_model::ids::{AttemptId, DatabaseTargetId, HostId, ModuleId, PackageId};
use packhorse_model::manifest::{DatabaseNeed, Engine};
use packhorse_model::order::{Health, HostFacts, InstanceReport, InstanceState};
use packhorse_model::topology::Environment;
use packhorse_model::{HostName, VersionState};
use packhorse_store::database_targets::{self, Filter, NewDatabaseTarget};
use packhorse_store::database_tests::{self, NewTest};
use packhorse_store::vault::{self, NewVersion, Sealed};
use packhorse_store::version_needs::NeedingInstance;
use packhorse_store::{Conn, hosts, instances, topology, version_needs};

use crate::harness::{TestStore, at, id, on_both};
use crate::version_list::{package, version};

on_both!(
    targets_are_found_by_name_module_host_and_secret,
    ledgers_are_what_was_reported_last,
    needs_are_found_by_database_and_system,
    a_target_has_one_test_and_the_first_answer_stays,
);

async fn module(conn: &mut Conn) -> (ModuleId, HostId) {
    topology::insert_business(conn, id(1), &"Shop".parse().unwrap(), at(0)).await.unwrap();
    topology::insert_system(conn, id(1), id(1), &"Live".parse().unwrap(), Environment::Prod, at(0)).await.unwrap();
    topology::insert_module(conn, id(1), id(1), &"Db".parse().unwrap(), at(0)).await.unwrap();
    let (host, _) = hosts::join(conn, id(1), &"db-1".parse().unwrap(), &HostFacts::default(), at(0)).await.unwrap();
    (id(1), host)
}

async fn put(conn: &mut Conn, number: u128, name: &str, host: HostId, second: i64) {
    let login = DatabaseLogin {
        engine: Engine::Postgres,
        address: Some("db:5432".parse().unwrap()),
        database: name.to_owned(),
        user: Some("shop".to_owned()),
        tls: DatabaseTls::Require,
        authority: None,
    };
    let new = NewDatabaseTarget {
        id: id(number),
        name: &name.parse().unwrap(),
        module: id(1),
        host,
        login: &login,
        secret: Some(id(1)),
        description: "",
        by: "user:ada",
        at: at(second),
    };
    database_targets::put(conn, &new).await.unwrap();
}

async fn secret(conn: &mut Conn) {
    vault::insert(conn, id(1), &"shop-db".parse().unwrap(), "", "user:ada", at(1)).await.unwrap();
    let sealed = Sealed { key_id: "k".to_owned(), bytes: vec![1; 40] };
    let new = NewVersion { secret: id(1), version: 1, sealed: &sealed, by: "user:ada", at: at(2) };
    vault::add_version(conn, &new).await.unwrap();
}

async fn targets_are_found_by_name_module_host_and_secret(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    let (module, host) = module(&mut tx).await;
    secret(&mut tx).await;
    for (number, name) in [(1, "a"), (2, "b"), (3, "c")] {
        put(&mut tx, number, name, host, 1).await;
    }
    put(&mut tx, 2, "b2", host, 5).await;
    let found = database_targets::by_name(&mut tx, &"b2".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(found.target.login.to_string(), "b2 on db:5432");
    assert_eq!((found.target.created_at, found.target.updated_at), (at(1), at(5)));
    assert_eq!((found.host, found.module, found.password.unwrap().version), (Some(host), module, 1));
    assert!(database_targets::by_name(&mut tx, &"b".parse().unwrap()).await.unwrap().is_none());

    let names = |found: Vec<database_targets::StoredTarget>| {
        found.iter().map(|stored| stored.target.name.to_string()).collect::<Vec<_>>().join(" ")
    };
    let of_module = Filter { module: Some(module), host: None };
    let after = "a".parse().unwrap();
    assert_eq!(names(database_targets::page(&mut tx, &of_module, Some(&after), 10).await.unwrap()), "b2 c");
    assert_eq!(database_targets::count(&mut tx, &of_module).await.unwrap(), 3);
    let elsewhere = Filter { module: None, host: Some(id(9)) };
    assert_eq!(names(database_targets::page(&mut tx, &elsewhere, None, 10).await.unwrap()), "");
    assert_eq!(names(database_targets::in_modules(&mut tx, &[module]).await.unwrap()), "a b2 c");
    assert_eq!(names(database_targets::run_by(&mut tx, &[host]).await.unwrap()), "a b2 c");
    assert_eq!(database_targets::with_secret(&mut tx, id(1), 2).await.unwrap().len(), 2);

    // Without its host a target is still there.
    hosts::delete(&mut tx, host).await.unwrap();
    let found = database_targets::by_name(&mut tx, &"a".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((found.host, found.target.host), (None, None));
    database_targets::delete(&mut tx, id(1)).await.unwrap();
    assert_eq!(database_targets::count(&mut tx, &Filter::default()).await.unwrap(), 2);
}

async fn ledgers_are_what_was_reported_last(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    let (_, host) = module(&mut tx).await;
    secret(&mut tx).await;
    put(&mut tx, 1, "a", host, 1).await;
    package(&mut tx, 1).await;
    let (target, package): (DatabaseTargetId, PackageId) = (id(1), id(1));
    for (second, version) in [(3, "1.0"), (4, "1.1")] {
        let ledger = LedgerState { version: Some(version.parse().unwrap()), stopped: None };
        let attempt: AttemptId = id(7);
        database_targets::report(&mut tx, target, package, &ledger, attempt, at(second)).await.unwrap();
    }
    // One that was deleted meanwhile has nothing to be written to.
    database_targets::report(&mut tx, id(9), package, &LedgerState::default(), id(7), at(5)).await.unwrap();
    let found = database_targets::by_name(&mut tx, &"a".parse().unwrap()).await.unwrap().unwrap();
    let [reported] = found.target.ledgers.as_slice() else { panic!("{found:?}") };
    assert_eq!((reported.ledger.version.as_ref().unwrap().as_str(), reported.reported_at), ("1.1", at(4)));
    assert!(found.target.ledger(&reported.package).is_some());
}

async fn needs_are_found_by_database_and_system(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    let (module, host) = module(&mut tx).await;
    hosts::set_modules(&mut tx, host, &[module]).await.unwrap();
    let shop = package(&mut tx, 1).await;
    version(&mut tx, shop, 1, "2.0.0", VersionState::Published).await;
    let need = DatabaseNeed { database: "shop-db".parse().unwrap(), from: Some("1.1".parse().unwrap()), below: None };
    version_needs::insert(&mut tx, id(1), std::slice::from_ref(&need)).await.unwrap();
    let (database, business, system) = ("shop-db".parse().unwrap(), "Shop".parse().unwrap(), "Live".parse().unwrap());
    assert_eq!(version_needs::instances(&mut tx, &database, &business, &system, 10).await.unwrap(), []);
    let report = InstanceReport {
        package: "shop-1".parse().unwrap(),
        version: "2.0.0".parse().unwrap(),
        tree: packhorse_model::Digest::new([7; 32]),
        install_root: "/data/app/shop-1".to_owned(),
        state: InstanceState::Running,
        health: Health::Unknown,
        reason: None,
        previous: None,
        rendering: None,
        previous_rendering: None,
        drift: None,
    };
    instances::replace(&mut tx, host, &[report], at(1)).await.unwrap();
    let found = version_needs::instances(&mut tx, &database, &business, &system, 10).await.unwrap();
    let [instance] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((instance.host.as_str(), instance.package.as_str(), &instance.need), ("db-1", "shop-1", &need));
    let elsewhere = "Test".parse().unwrap();
    assert_eq!(version_needs::instances(&mut tx, &database, &business, &elsewhere, 10).await.unwrap(), []);
    let NeedingInstance { package, version, .. } = instance;
    let on = version_needs::hosts(&mut tx, package, version, &business, &system).await.unwrap();
    assert_eq!(on.iter().map(HostName::as_str).collect::<Vec<_>>(), ["db-1"]);
    assert!(version_needs::hosts(&mut tx, package, version, &business, &elsewhere).await.unwrap().is_empty());
    secret(&mut tx).await;
    put(&mut tx, 1, "a", host, 1).await;
    assert_eq!(database_targets::in_system(&mut tx, &business, &system).await.unwrap().len(), 1);
    assert!(database_targets::in_system(&mut tx, &business, &elsewhere).await.unwrap().is_empty());
}

async fn a_target_has_one_test_and_the_first_answer_stays(test: TestStore) {
    let mut tx = test.store.write().await.unwrap();
    let (_, host) = module(&mut tx).await;
    secret(&mut tx).await;
    put(&mut tx, 1, "a", host, 1).await;
    put(&mut tx, 2, "b", host, 1).await;
    for (number, target, second) in [(1, 1, 10), (2, 2, 20), (3, 1, 30)] {
        let new = NewTest { id: id(number), target: id(target), host, by: "user:ada", at: at(second) };
        database_tests::put(&mut tx, &new).await.unwrap();
    }
    assert!(database_tests::by_id(&mut tx, id(1)).await.unwrap().is_none(), "another one has taken its place");
    assert_eq!(database_tests::open_of(&mut tx, host, at(0)).await.unwrap(), [id(2), id(3)]);
    assert_eq!(database_tests::open_of(&mut tx, host, at(20)).await.unwrap(), [id(3)]);
    for (server, second) in [("first", 31), ("second", 32)] {
        let found = DatabaseFound { server: Some(server.to_owned()), ..DatabaseFound::default() };
        database_tests::answer(&mut tx, id(3), &found, at(second)).await.unwrap();
    }
    let found = database_tests::of_target(&mut tx, id(1)).await.unwrap().unwrap();
    assert_eq!((found.answered_at, found.found.unwrap().server.unwrap().as_str()), (Some(at(31)), "first"));
    assert_eq!((found.target.as_str(), found.host_name.as_str()), ("a", "db-1"));
    assert_eq!(database_tests::open_of(&mut tx, host, at(0)).await.unwrap(), [id(2)]);
    // It goes with its target.
    database_targets::delete(&mut tx, id(2)).await.unwrap();
    assert!(database_tests::by_id(&mut tx, id(2)).await.unwrap().is_none());
}
