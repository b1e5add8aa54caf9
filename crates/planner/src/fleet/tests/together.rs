//! Several packages in one deployment: how they are planned together, and that hosts get all of them or none.

use packhorse_model::deployment::{Plan, PlannedBatch};
use packhorse_model::ids::PlanId;
use packhorse_model::order::Aftermath;
use packhorse_model::strategy::OnFailure;
use packhorse_model::{PackageKind, PackageName};

use super::databases::{database, migration};
use super::*;

/// A package with its hosts, of which each has this version, or nothing.
struct Wanted {
    package: PackageName,
    kind: PackageKind,
    hosts: Vec<InventoryHost>,
    rank: Option<i64>,
}

fn wanted(package: &str, hosts: &[(usize, Option<&str>)]) -> Wanted {
    let on = |number: &str| InventoryInstance { install_root: format!("/data/app/{package}"), ..instance(number) };
    let hosts = hosts.iter().map(|(number, has)| host(*number, has.map(on))).collect();
    Wanted { package: package.parse().unwrap(), kind: PackageKind::File, hosts, rank: None }
}

fn shared(number: usize, found: Result<HostMigration, &str>) -> Wanted {
    let mut host = database(number, Some("1.0.0"), found);
    host.instance =
        host.instance.map(|known| InventoryInstance { install_root: "/data/app/shop-db".to_owned(), ..known });
    Wanted { package: "shop-db".parse().unwrap(), kind: PackageKind::Database, hosts: vec![host], rank: None }
}

fn planned(action: Action, wanted: Vec<Wanted>, strategy: &Strategy) -> Result<Planned, PlanError> {
    let specs: Vec<DeploymentSpec> = wanted
        .iter()
        .map(|wanted| DeploymentSpec {
            package: wanted.package.clone(),
            ..spec(action, Some("1.0.1"), strategy.clone())
        })
        .collect();
    let of: Vec<(PackageKind, Option<i64>)> = wanted.iter().map(|wanted| (wanted.kind, wanted.rank)).collect();
    let mut inventories: Vec<Inventory> = wanted
        .into_iter()
        .map(|wanted| Inventory {
            target: Some(version("1.0.1")),
            availability: Availability::Everywhere,
            hosts: wanted.hosts,
        })
        .collect();
    let parts = specs.iter().zip(of).zip(&mut inventories);
    let parts = parts.map(|((spec, (kind, rank)), inventory)| Part { spec, kind, rank, inventory }).collect();
    plan_together(parts, &mut numbered_units())
}

fn units(planned: &[PlannedBatch]) -> String {
    let unit = |unit: &PlannedUnit| format!("{} {}", unit.host_name, unit.order.package);
    let line = |batch: &PlannedBatch| {
        format!("{:?}: {}", batch.kind, batch.units.iter().map(unit).collect::<Vec<_>>().join(", "))
    };
    planned.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn databases_go_first_and_then_hosts_with_all_that_they_get() {
    let conf = Wanted { rank: Some(1), ..wanted("shop-conf", &[(1, None), (2, None), (3, None), (10, None)]) };
    let web = wanted("shop-web", &[(1, Some("1.0.0")), (10, Some("1.0.0")), (2, Some("1.0.1")), (4, None)]);
    let database = shared(9, Ok(migration(Some("1.0.0"), "1.0.1", true)));
    let strategy = Strategy { canary: 1, batch: "2".parse().unwrap(), ..Strategy::default() };
    let planned = planned(Action::Deploy, vec![web, conf, database], &strategy).unwrap();
    insta::assert_snapshot!(units(&planned.batches), @"
    Rolling: web-9 shop-db
    Canary: web-1 shop-conf, web-1 shop-web
    Rolling: web-2 shop-conf, web-3 shop-conf
    Rolling: web-4 shop-web, web-10 shop-conf, web-10 shop-web
    ");
    let packages: Vec<&str> = planned.changes.iter().map(|change| change.package.as_str()).collect();
    assert_eq!(packages, ["shop-db", "shop-conf", "shop-web", "shop-web"]);
    assert_eq!(planned.unchanged, Vec::<HostName>::new(), "web-2 gets a configuration");
}

#[test]
fn the_way_back_keeps_its_databases_last_in_whatever_batches() {
    let hosts = &[(1, Some("1.0.0")), (2, Some("1.0.0"))];
    let database = shared(9, Ok(migration(Some("1.0.0"), "1.0.1", true)));
    let planned = planned(Action::Deploy, vec![wanted("shop-web", hosts), database], &Strategy::default()).unwrap();
    let plan = Plan { id: id(1), parent: None, direction: Direction::Forward, batches: planned.batches };
    let done = |unit: &PlannedUnit| UnitView { state: UnitState::Succeeded, ..pending(unit) };
    let ended: Vec<UnitView> = plan.units().map(done).collect();
    let all: Vec<HostName> = [1, 2, 9].map(name).into();
    let back = roll_back_some(&plan, &ended, &all, id::<PlanId>(2), &mut numbered_units()).unwrap();
    let mut state = fleet_of(1, &[&[UnitState::Pending, UnitState::Pending], &[UnitState::Pending]]);
    state.state = DeploymentState::Running;
    let resized = resize(&back, &state, Some(&"1".parse().unwrap()), id::<PlanId>(3)).unwrap();
    insta::assert_snapshot!(units(&resized.batches), @"
    Rolling: web-2 shop-web
    Rolling: web-1 shop-web
    Rolling: web-9 shop-db
    ");
}

#[test]
fn a_host_that_cannot_have_one_package_gets_none() {
    let conf = wanted("shop-conf", &[(1, Some("1.0.0")), (2, Some("1.0.0")), (3, Some("1.0.0"))]);
    let web = wanted("shop-web", &[(1, Some("1.0.0")), (2, None), (3, Some("1.0.0"))]);
    let planned = planned(Action::Upgrade, vec![web, conf], &Strategy::default()).unwrap();
    insta::assert_snapshot!(units(&planned.batches), @"Rolling: web-1 shop-web, web-1 shop-conf, web-3 shop-web, web-3 shop-conf");
    let excluded: Vec<String> =
        planned.excluded.iter().map(|excluded| format!("{}: {}", excluded.host, excluded.reason)).collect();
    assert_eq!(
        excluded,
        ["web-2: shop-web cannot go there: shop-web is not on it: deploy it there first"],
        "and only once"
    );
    assert!(planned.changes.iter().all(|change| !change.hosts.contains(&name(2))));
}

#[test]
fn nothing_goes_where_its_database_cannot() {
    let database = shared(9, Err("nothing leads there"));
    let web = wanted("shop-web", &[(1, Some("1.0.0"))]);
    let refused = planned(Action::Deploy, vec![web, database], &Strategy::default()).unwrap_err();
    insta::assert_snapshot!(refused, @"shop-db cannot be brought to the database that web-9 runs: nothing leads there");
}

#[test]
fn a_plan_of_one_package_is_what_it_always_was() {
    let hosts = || (1..=7).map(|number| host(number, (number != 3).then(|| instance("1.0.0")))).collect::<Vec<_>>();
    let spec = spec(
        Action::Deploy,
        Some("1.0.1"),
        Strategy { canary: 2, batch: "1 *2".parse().unwrap(), ..Strategy::default() },
    );
    let inventory =
        || Inventory { target: Some(version("1.0.1")), availability: Availability::Everywhere, hosts: hosts() };
    let alone = plan(&spec, &inventory(), &mut numbered_units()).unwrap();
    let mut inventory = inventory();
    let part = Part { spec: &spec, kind: PackageKind::File, rank: None, inventory: &mut inventory };
    assert_eq!(plan_together(vec![part], &mut numbered_units()).unwrap(), alone);
}

#[test]
fn where_nothing_changes_that_is_said_once() {
    let conf = wanted("shop-conf", &[(1, Some("1.0.1"))]);
    let web = wanted("shop-web", &[(1, Some("1.0.1")), (2, Some("1.0.1"))]);
    let planned = planned(Action::Deploy, vec![web, conf], &Strategy::default()).unwrap();
    assert_eq!((planned.batches.len(), planned.unchanged), (0, vec![name(1), name(2)]));
    assert_eq!(
        planned.warnings.iter().map(|caution| caution.text.as_str()).collect::<Vec<_>>(),
        ["there is nothing to do"]
    );
}

#[test]
fn the_way_back_leaves_hosts_first_and_then_databases() {
    let conf = Wanted { rank: Some(1), ..wanted("shop-conf", &[(1, None), (2, None)]) };
    let web = wanted("shop-web", &[(1, Some("1.0.0")), (2, Some("1.0.0"))]);
    let database = shared(9, Ok(migration(Some("1.0.0"), "1.0.1", true)));
    let strategy = Strategy { batch: "1".parse().unwrap(), ..Strategy::default() };
    let planned = planned(Action::Deploy, vec![web, conf, database], &strategy).unwrap();
    let plan = Plan { id: id(1), parent: None, direction: Direction::Forward, batches: planned.batches };
    let done = |unit: &PlannedUnit| UnitView { state: UnitState::Succeeded, ..pending(unit) };
    let ended: Vec<UnitView> = plan.batches.iter().flat_map(|batch| &batch.units).map(done).collect();
    let back = roll_back(&plan, &ended, id::<PlanId>(2), &mut numbered_units()).unwrap();
    insta::assert_snapshot!(units(&back.batches), @"
    Rolling: web-2 shop-web, web-2 shop-conf, web-1 shop-web, web-1 shop-conf
    Rolling: web-9 shop-db
    ");
}

use UnitState::{Baking, Cancelled, Failed, Pending, Prepared, Restoring, Succeeded, Switching};

/// The state with what the last attempt of units left.
fn left(mut state: FleetState, places: &[usize], aftermath: Aftermath) -> FleetState {
    for (place, unit) in state.batches.iter_mut().flatten().enumerate() {
        if places.contains(&place) {
            unit.aftermath = Some(aftermath);
        }
    }
    state
}

#[test]
fn a_host_changes_over_one_package_after_the_other() {
    let first = fleet_of(2, &[&[Prepared, Prepared, Prepared, Prepared]]);
    insta::assert_snapshot!(shown(&first, 20), @r#"
    web-1/0 Prepared -> Switching, may Switch
    web-2/0 Prepared -> Switching, may Switch
    waits: Switching { hosts: ["web-1", "web-2"] }
    "#);
    let second = fleet_of(2, &[&[Baking, Prepared, Switching, Prepared]]);
    insta::assert_snapshot!(shown(&second, 20), @r#"
    web-1/1 Prepared -> Switching, may Switch
    waits: Switching { hosts: ["web-1", "web-2"] }
    waits: Bake { batch: 0, until: 1970-01-01T00:00:50Z }
    "#);
}

#[test]
fn a_host_is_retired_with_everything_at_once() {
    let half = fleet_of(2, &[&[Baking, Switching]]);
    insta::assert_snapshot!(shown(&half, 500), @r#"waits: Switching { hosts: ["web-1"] }"#);
    let mut whole = fleet_of(2, &[&[Baking, Baking]]);
    whole.batches[0][1].validated_at = Some(at(40));
    insta::assert_snapshot!(shown(&whole, 60), @"waits: Bake { batch: 0, until: 1970-01-01T00:01:10Z }");
    insta::assert_snapshot!(shown(&whole, 70), @r#"
    web-1/0 Baking -> Retiring, may Retire
    web-1/1 Baking -> Retiring, may Retire
    waits: Switching { hosts: ["web-1"] }
    "#);
}

#[test]
fn what_is_proven_goes_back_when_another_package_fails_the_last_first() {
    let mut state = left(fleet_of(3, &[&[Baking, Baking, Failed]]), &[2], Aftermath::Restored);
    state.strategy.on_failure = OnFailure::Ignore;
    insta::assert_snapshot!(shown(&state, 30), @r#"
    web-1/1 Baking -> Restoring, may Restore: it goes back with another package of the deployment, which this host does not get: see what failed there, then retry
    waits: Switching { hosts: ["web-1"] }
    waits: Bake { batch: 0, until: 1970-01-01T00:00:50Z }
    "#);
    let next = left(fleet_of(3, &[&[Baking, Failed, Failed]]), &[1, 2], Aftermath::Restored);
    let next = FleetState { strategy: state.strategy.clone(), ..next };
    insta::assert_snapshot!(shown(&next, 30), @r#"
    web-1/0 Baking -> Restoring, may Restore: it goes back with another package of the deployment, which this host does not get: see what failed there, then retry
    waits: Switching { hosts: ["web-1"] }
    "#);
}

#[test]
fn what_has_not_begun_does_not_begin_on_a_host_that_fails() {
    let mut state = left(fleet_of(2, &[&[Failed, Prepared, Prepared, Prepared]]), &[0], Aftermath::Untouched);
    state.strategy.on_failure = OnFailure::Ignore;
    insta::assert_snapshot!(shown(&state, 30), @r#"
    web-1/1 Prepared -> Failed, may Cancel: another package of the deployment failed on this host, which gets all of them or none: see what failed there, then retry
    web-2/0 Prepared -> Switching, may Switch
    waits: Switching { hosts: ["web-2"] }
    "#);
}

#[test]
fn an_unhealthy_package_takes_those_behind_it_back_first() {
    let mut state = fleet_of(2, &[&[Baking, Baking]]);
    state.batches[0][0].health = Health::Unhealthy;
    insta::assert_snapshot!(shown(&state, 30), @r#"
    web-1/1 Baking -> Restoring, may Restore: it goes back with another package of the deployment, which this host does not get: see what failed there, then retry
    Running -> Halted
    waits: Decision { failed: ["web-1"] }
    waits: Switching { hosts: ["web-1"] }
    waits: Bake { batch: 0, until: 1970-01-01T00:00:50Z }
    "#);
}

#[test]
fn a_failure_elsewhere_sends_half_done_hosts_back_and_names_only_what_failed() {
    let state = fleet_of(2, &[&[Baking, Prepared, Failed, Failed, Baking, Switching, Baking, Baking]]);
    let state = left(state, &[2, 3], Aftermath::Restored);
    insta::assert_snapshot!(shown(&state, 30), @r#"
    Running -> Halted
    web-1/1 Prepared -> Cancelled, may Cancel
    web-1/0 Baking -> Restoring, may Restore: it goes back with another package of the deployment, which this host does not get: see what failed there, then retry
    waits: Decision { failed: ["web-2"] }
    waits: Switching { hosts: ["web-1", "web-3"] }
    waits: Bake { batch: 0, until: 1970-01-01T00:00:50Z }
    "#);
}

#[test]
fn an_abort_retires_only_hosts_that_have_everything() {
    let mut state = fleet_of(2, &[&[Baking, Prepared, Baking, Baking, Baking, Switching]]);
    state.state = DeploymentState::Aborting;
    insta::assert_snapshot!(shown(&state, 30), @r#"
    web-1/1 Prepared -> Cancelled, may Cancel
    web-2/0 Baking -> Retiring, may Retire
    web-2/1 Baking -> Retiring, may Retire
    web-1/0 Baking -> Restoring, may Restore: it goes back with another package of the deployment, which this host does not get: see what failed there, then retry
    waits: Switching { hosts: ["web-1", "web-2", "web-3"] }
    waits: Bake { batch: 0, until: 1970-01-01T00:00:50Z }
    "#);
}

#[test]
fn a_host_begins_with_everything_or_not_at_all() {
    let mut state = fleet_of(2, &[&[Pending, Pending, Pending, Pending]]);
    state.batches[0][3].occupied = true;
    insta::assert_snapshot!(shown(&state, 30), @r#"
    web-1/0 admitted, epoch 1
    web-1/1 admitted, epoch 1
    waits: Preparing { hosts: ["web-1"] }
    waits: Switching { hosts: ["web-2"] }
    "#);
}

#[test]
fn back_each_package_waits_for_the_end_of_those_before_it() {
    let mut state = fleet_of(2, &[&[Switching, Prepared, Failed, Prepared], &[Pending]]);
    (state.state, state.direction) = (DeploymentState::RollingBack, Direction::Back);
    let state = left(state, &[2], Aftermath::Broken);
    insta::assert_snapshot!(shown(&state, 30), @r#"
    web-2/1 Prepared -> Switching, may Switch
    waits: Switching { hosts: ["web-1", "web-2"] }
    "#);
}

#[test]
fn failures_are_counted_by_host() {
    let states = [Failed, Failed, Succeeded, Succeeded, Succeeded, Succeeded, Succeeded, Succeeded];
    let mut state = left(fleet_of(2, &[&states, &[Pending, Pending]]), &[0, 1], Aftermath::Restored);
    state.strategy.error_threshold = Some("1".parse().unwrap());
    assert!(!state.is_beyond_thresholds(), "one host of five failed");
    state.strategy.error_threshold = None;
    state.strategy.success_threshold = Some("75".parse().unwrap());
    assert!(!state.is_beyond_thresholds(), "three of four succeeded");
    state.strategy.success_threshold = Some("76".parse().unwrap());
    assert!(state.is_beyond_thresholds());
}

#[test]
fn no_failure_of_a_database_is_tolerated_before_what_rests_on_it() {
    let mut state = left(fleet_of(1, &[&[Failed], &[Pending]]), &[0], Aftermath::Restored);
    state.strategy.on_failure = OnFailure::Ignore;
    assert!(!state.is_beyond_thresholds());
    state.batches[0][0].action = UnitAction::Migrate;
    assert!(state.is_beyond_thresholds());
}

#[test]
fn a_word_about_a_host_means_all_of_its_packages() {
    let state = fleet_of(2, &[&[Failed, Failed, Failed, Cancelled, Pending, Pending]]);
    let mut state = left(state, &[0, 1, 2], Aftermath::Restored);
    state.state = DeploymentState::Halted;
    let word = |word: Result<Vec<Transition>, RetryError>| -> String {
        let line = |transition: &Transition| match transition {
            Transition::Unit { unit, to, .. } => {
                let place = state.units().position(|view| view.unit == *unit).unwrap();
                format!("{place} {to:?}")
            }
            other => format!("{other:?}"),
        };
        word.map_or_else(|error| error.to_string(), |word| word.iter().map(line).collect::<Vec<_>>().join(", "))
    };
    let goes_on = "Deployment { from: Halted, to: Running }";
    assert_eq!(word(retry(&state, &[])), format!("0 Pending, 1 Pending, 2 Pending, 3 Pending, {goes_on}"));
    // What was only held because of it goes along.
    assert_eq!(word(retry(&state, &[name(1)])), format!("0 Pending, 1 Pending, 2 Pending, 3 Pending, {goes_on}"));
    assert_eq!(word(skip(&state, &[name(1)])), format!("0 Skipped, 1 Skipped, 2 Skipped, 3 Skipped, {goes_on}"));
    assert_eq!(word(skip(&state, &[name(3)])), "4 Skipped, 5 Skipped");
    assert_eq!(
        word(retry(&state, &[name(3)])),
        "web-3 is not a host at which this deployment failed, was cancelled or is unknown"
    );
    state.batches[0][2].state = Restoring;
    assert_eq!(
        retry(&state, &[]).unwrap_err(),
        RetryError::GoingBack(name(2)),
        "what is going back comes to its end first"
    );
}

/// Of each unit that fails or goes back because of another of its host, that other.
fn companions(state: &FleetState, seconds: i64) -> Vec<(UnitId, UnitId)> {
    let decision = step(state, at(seconds));
    let of = |transition: &Transition| match transition {
        Transition::Unit { unit, trouble: Some(Trouble { companion: Some(companion), .. }), .. } => {
            Some((*unit, *companion))
        }
        _ => None,
    };
    decision.transitions.iter().filter_map(of).collect()
}

#[test]
fn what_goes_back_names_the_package_that_failed_and_not_one_that_went_back_before() {
    let mut state = left(fleet_of(3, &[&[Baking, Baking, Failed]]), &[2], Aftermath::Restored);
    state.strategy.on_failure = OnFailure::Ignore;
    let (first, second, third): (UnitId, UnitId, UnitId) =
        (state.batches[0][0].unit, state.batches[0][1].unit, state.batches[0][2].unit);
    assert_eq!(companions(&state, 30), [(second, third)]);
    for transition in step(&state, at(30)).transitions {
        state.apply(&transition, at(30));
    }
    state.batches[0][1].state = Failed;
    assert_eq!(companions(&state, 40), [(first, third)]);

    let mut fails_first = left(fleet_of(2, &[&[Failed, Prepared]]), &[0], Aftermath::Restored);
    fails_first.strategy.on_failure = OnFailure::Ignore;
    let (failed, other): (UnitId, UnitId) = (fails_first.batches[0][0].unit, fails_first.batches[0][1].unit);
    assert_eq!(companions(&fails_first, 30), [(other, failed)]);
}
