use packhorse_model::deployment::{Direction, Plan, UnitState};
use packhorse_model::order::{Aftermath, Grant};

use super::*;
use crate::host;

/// A plan of one batch, and its units as they ended.
fn ended(
    spec: &DeploymentSpec,
    target: Option<&str>,
    hosts: Vec<InventoryHost>,
    ends: &[(UnitState, Option<Aftermath>)],
) -> (Plan, Vec<UnitView>) {
    let inventory = Inventory { target: target.map(version), availability: Availability::Everywhere, hosts };
    let planned = plan(spec, &inventory, &mut numbered_units()).unwrap();
    let units = planned.batches.iter().flat_map(|batch| &batch.units).zip(ends);
    let units = units.map(|(unit, (state, aftermath))| UnitView {
        state: *state,
        aftermath: *aftermath,
        grant: Grant::Switch,
        ..pending(unit)
    });
    let units = units.collect();
    (Plan { id: id(1), parent: None, direction: Direction::Forward, batches: planned.batches }, units)
}

fn shown(back: &Option<Plan>) -> String {
    let Some(back) = back else { return "nothing".to_owned() };
    assert_eq!((back.parent, back.direction, back.batches.len()), (Some(id(1)), Direction::Back, 1));
    let number = |release: &Option<Release>| release.as_ref().map_or("-".to_owned(), |r| r.version.to_string());
    let line = |unit: &packhorse_model::deployment::PlannedUnit| {
        format!(
            "{}: {:?} {} -> {}",
            unit.host_name,
            unit.order.action,
            number(&unit.order.from),
            number(&unit.order.to)
        )
    };
    back.batches[0].units.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_host_that_may_have_changed_goes_back_the_last_first() {
    let hosts = (1..=9).map(|number| super::host(number, (number != 2).then(|| instance("1.0.0")))).collect();
    let ends = [
        (UnitState::Succeeded, None),
        (UnitState::Succeeded, None),
        (UnitState::Failed, Some(Aftermath::Restored)),
        (UnitState::Failed, Some(Aftermath::Broken)),
        (UnitState::Failed, Some(Aftermath::Untouched)),
        (UnitState::Unknown, None),
        (UnitState::Cancelled, None),
        (UnitState::Pending, None),
        (UnitState::Skipped, None),
    ];
    let spec = spec(Action::Deploy, Some("1.0.1"), Strategy { canary: 1, ..Strategy::default() });
    let (plan, units) = ended(&spec, Some("1.0.1"), hosts, &ends);
    let back = roll_back(&plan, &units, id(2), &mut numbered_units());
    insta::assert_snapshot!(shown(&back), @"
    web-6: Install 1.0.1 -> 1.0.0
    web-4: Install 1.0.1 -> 1.0.0
    web-2: Uninstall 1.0.1 -> -
    web-1: Install 1.0.1 -> 1.0.0
    ");

    let order = &back.unwrap().batches[0].units[0].order;
    assert_eq!(order.variables["packhorse.version"], "1.0.0");
    // Of a host of which nobody knows, both versions are a place to start from.
    for found in ["1.0.0", "1.0.1"] {
        let known = version(found);
        let current = host::InstalledVersion {
            version: known.release.version.clone(),
            tree: known.release.tree,
            rendering: None,
            directory: format!("shop-web_{found}"),
            condition: host::Condition::Intact,
        };
        let installed =
            host::Installed { current: Some(current), state: InstanceState::Running, ..host::Installed::nothing() };
        assert!(host::steps(order, &installed).is_ok());
    }
}

#[test]
fn every_action_has_its_way_back_but_a_restart() {
    let back = |action, target, hosts| {
        let (plan, units) =
            ended(&spec(action, target, Strategy::default()), target, hosts, &[(UnitState::Succeeded, None)]);
        shown(&roll_back(&plan, &units, id(2), &mut numbered_units()))
    };
    let runs = || vec![super::host(1, Some(instance("1.0.0")))];
    let stopped =
        || vec![super::host(1, Some(InventoryInstance { state: InstanceState::Stopped, ..instance("1.0.0") }))];
    assert_eq!(back(Action::Stop, None, runs()), "web-1: Start 1.0.0 -> 1.0.0");
    assert_eq!(back(Action::Start, None, stopped()), "web-1: Stop 1.0.0 -> 1.0.0");
    assert_eq!(back(Action::Uninstall, None, runs()), "web-1: Install - -> 1.0.0");
    assert_eq!(back(Action::Restart, None, runs()), "nothing");
    assert_eq!(back(Action::Deploy, Some("1.0.0"), stopped()), "nothing");
}

#[test]
fn nothing_changed_means_no_way_back() {
    let spec = spec(Action::Deploy, Some("1.0.1"), Strategy::default());
    let ends = [(UnitState::Failed, Some(Aftermath::Restored))];
    let (plan, mut units) = ended(&spec, Some("1.0.1"), vec![super::host(1, Some(instance("1.0.0")))], &ends);
    assert_eq!(roll_back(&plan, &units, id(2), &mut numbered_units()), None);
    units[0].state = UnitState::Unknown;
    units[0].grant = Grant::Prepare;
    assert_eq!(roll_back(&plan, &units, id(2), &mut numbered_units()), None, "it was never allowed to switch");
}
