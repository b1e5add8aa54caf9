use packhorse_model::api::database::ChainStepKind;
use packhorse_model::api::exclusions::ExclusionCode;
use packhorse_model::database::{DatabaseLogin, DatabaseTls, Migration, MigrationStep, PASSWORD};
use packhorse_model::deployment::{Direction, Plan};
use packhorse_model::ids::DatabaseTargetId;
use packhorse_model::manifest::Engine;
use packhorse_model::order::{SecretVersion, UnitOrder};
use packhorse_model::strategy::OnFailure;

use super::*;

/// One step there, and one back if there is any.
pub(super) fn migration(from: Option<&str>, to: &str, has_way_back: bool) -> HostMigration {
    let number = |text: &str| text.parse().unwrap();
    let step = |kind, from: Option<&str>, to: Option<&str>| MigrationStep {
        kind,
        from: from.map(number),
        to: to.map(number),
        version: "1.0.1".parse().unwrap(),
        scripts: Vec::new(),
    };
    let steps = if from == Some(to) { vec![] } else { vec![step(ChainStepKind::Increment, from, Some(to))] };
    let migration = Migration {
        target: id::<DatabaseTargetId>(1),
        name: "shop".parse().unwrap(),
        login: DatabaseLogin {
            engine: Engine::Sqlite,
            address: None,
            database: "/data/shop.db".to_owned(),
            user: None,
            tls: DatabaseTls::Off,
            authority: None,
        },
        from: from.map(number),
        to: Some(number(to)),
        steps,
        way_back: has_way_back.then(|| vec![step(ChainStepKind::Rollback, Some(to), from)]),
        known: Vec::new(),
    };
    HostMigration { migration, password: Some(SecretVersion { secret: id(1), version: 3 }) }
}

pub(super) fn database(number: usize, has: Option<&str>, found: Result<HostMigration, &str>) -> InventoryHost {
    let mut host = super::host(number, has.map(instance));
    let found = found.map(|migration| vec![migration]).map_err(|why| Exclusion::new(ExclusionCode::NoWay, why));
    host.migrations.insert(version("1.0.1").id, found);
    host
}

fn planned(hosts: Vec<InventoryHost>, strategy: Strategy) -> Result<Planned, PlanError> {
    let inventory = Inventory { target: Some(version("1.0.1")), availability: Availability::Everywhere, hosts };
    plan(&spec(Action::Deploy, Some("1.0.1"), strategy), &inventory, &mut numbered_units())
}

#[test]
fn a_database_package_migrates_with_the_password_of_its_user() {
    let hosts = vec![
        database(1, None, Ok(migration(None, "1.0.1", false))),
        database(2, Some("1.0.0"), Ok(migration(Some("1.0.0"), "1.0.1", true))),
        database(3, Some("1.0.1"), Ok(migration(Some("1.0.1"), "1.0.1", true))),
        // Its files are there, and its database is not.
        database(4, Some("1.0.1"), Ok(migration(Some("1.0.0"), "1.0.1", true))),
        database(5, None, Err("nothing leads there")),
    ];
    let planned = planned(hosts, Strategy::default()).unwrap();
    assert_eq!(planned.unchanged, [name(3)]);
    assert_eq!((&planned.excluded[0].host, planned.excluded[0].reason.as_str()), (&name(5), "nothing leads there"));
    let units: Vec<&PlannedUnit> = planned.batches.iter().flat_map(|batch| &batch.units).collect();
    assert_eq!(units.len(), 3);
    for unit in units {
        assert_eq!((unit.order.action, unit.order.secrets[PASSWORD].version), (UnitAction::Migrate, 3));
        assert!(unit.order.migration.is_some());
    }
    assert_eq!(planned.changes.iter().map(|change| change.migrations.len()).sum::<usize>(), 3);
}

#[test]
fn going_back_on_failure_wants_a_way_back() {
    let strategy = Strategy { on_failure: OnFailure::Rollback, ..Strategy::default() };
    let refused = planned(vec![database(1, None, Ok(migration(None, "1.0.1", false)))], strategy.clone()).unwrap_err();
    insta::assert_snapshot!(refused, @"on a failure this deployment would go back, and nothing leads shop back to an empty database");
    let hosts = vec![database(1, Some("1.0.0"), Ok(migration(Some("1.0.0"), "1.0.1", true)))];
    let planned = planned(hosts, strategy).unwrap();
    let plan = Plan { id: id(1), parent: None, direction: Direction::Forward, batches: planned.batches };
    let units = plan.batches[0].units.iter().map(|unit| UnitView { state: UnitState::Succeeded, ..pending(unit) });
    let units: Vec<UnitView> = units.collect();
    let back = roll_back(&plan, &units, id(2), &mut numbered_units()).unwrap();
    let order = &back.batches[0].units[0].order;
    let migration = order.migration.as_ref().unwrap();
    assert_eq!(order.action, UnitAction::Migrate);
    assert_eq!(
        (migration.from.as_ref(), migration.to.as_ref()),
        (Some(&"1.0.1".parse().unwrap()), Some(&"1.0.0".parse().unwrap()))
    );
    assert_eq!(migration.steps[0].kind, ChainStepKind::Rollback);
    assert_eq!(order.secrets[PASSWORD].version, 3);
}

#[test]
fn a_host_goes_through_its_databases_one_after_the_other_and_back_in_reverse() {
    let named = |number: usize, name: &str, from: &str| {
        let mut own = migration(Some(from), "1.0.1", true);
        own.migration.target = id::<DatabaseTargetId>(number);
        own.migration.name = name.parse().unwrap();
        own.password = Some(SecretVersion { secret: id(number), version: 1 });
        own
    };
    let mut host = super::host(1, Some(instance("1.0.0")));
    host.migrations.insert(version("1.0.1").id, Ok(vec![named(1, "a", "1.0.0"), named(2, "b", "0.9.0")]));
    let mut one_way = host.clone();
    if let Some(Ok(own)) = one_way.migrations.get_mut(&version("1.0.1").id) {
        own[1].migration.way_back = None;
    }
    let strategy = Strategy { on_failure: OnFailure::Rollback, ..Strategy::default() };
    let refused = planned(vec![one_way], strategy).unwrap_err().to_string();
    insta::assert_snapshot!(refused, @"on a failure this deployment would go back, and nothing leads b back to 0.9.0");
    let planned = planned(vec![host], Strategy::default()).unwrap();
    assert_eq!(planned.changes[0].migrations.len(), 2);
    let plan = Plan { id: id(1), parent: None, direction: Direction::Forward, batches: planned.batches };
    let unit = &plan.batches[0].units[0];
    let names = |order: &UnitOrder| {
        let of = |migration: &Migration| format!("{} {}", migration.name, order.password_name(migration));
        order.each_migration().map(of).collect::<Vec<_>>()
    };
    assert_eq!(unit.order.migration, None, "an agent that knows of one only does nothing");
    let (a, b) = (id::<DatabaseTargetId>(1), id::<DatabaseTargetId>(2));
    assert_eq!(names(&unit.order), [format!("a {PASSWORD}.{a}"), format!("b {PASSWORD}.{b}")]);
    assert!(names(&unit.order).iter().all(|name| unit.order.secrets.contains_key(&name[2..])));
    let units = [UnitView { state: UnitState::Succeeded, ..pending(unit) }];
    let back = roll_back(&plan, &units, id(2), &mut numbered_units()).unwrap();
    let back = &back.batches[0].units[0].order;
    assert_eq!(names(back), [format!("b {PASSWORD}.{b}"), format!("a {PASSWORD}.{a}")]);
    let ends: Vec<_> = back.each_migration().map(|migration| migration.to.as_ref().unwrap().as_str()).collect();
    assert_eq!(ends, ["0.9.0", "1.0.0"], "each goes to where it was");
}
