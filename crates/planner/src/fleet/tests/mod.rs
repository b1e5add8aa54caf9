//! Specs, inventories and identities for the tests of this module.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use packhorse_model::api::hosts::HostState;
use packhorse_model::deployment::{
    Action, BatchKind, DataFate, DeploymentSpec, DeploymentState, Direction, PlannedUnit, Targets, UnitState,
};
use packhorse_model::ids::{HostId, Identifier, UnitId};
use packhorse_model::manifest::{Command, HealthCheck, Lifecycle, Manifest, Probe};
use packhorse_model::order::{Grant, Health, InstanceState, Release, UnitAction};
use packhorse_model::strategy::Strategy;
use packhorse_model::{Digest, HostName};

use super::*;

mod controlling;
mod databases;
mod folding;
mod gating;
mod going_back;
mod holding;
mod planning;
mod properties;
mod retrying;
mod simulation;
mod stepping;
mod together;

/// An identifier that is as good as its number.
fn id<T: Identifier>(number: usize) -> T {
    T::from_parts(Timestamp::UNIX_EPOCH, number as u128)
}

fn numbered_units() -> impl FnMut() -> UnitId {
    let mut next = 0;
    move || {
        next += 1;
        id(next)
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn version(number: &str) -> KnownVersion {
    let mut bytes = [0; 32];
    bytes[..number.len()].copy_from_slice(number.as_bytes());
    let script = |name: &str| Some(Command::of_file(&format!("scripts/{name}.sh")));
    let manifest = Manifest {
        lifecycle: Lifecycle { start: script("start"), stop: script("stop"), ..Lifecycle::default() },
        health: vec![HealthCheck { probe: Probe::Port(8080), interval: 15, timeout: 5, within: 30 }],
        ..Manifest::default()
    };
    let release =
        Release { version: number.parse().unwrap(), tree: Digest::new(bytes), size: 1, manifest, rendering: None };
    KnownVersion { id: id(number.bytes().fold(0, |sum, byte| sum * 256 + usize::from(byte))), release }
}

fn instance(number: &str) -> InventoryInstance {
    InventoryInstance {
        current: InstanceVersion { number: number.parse().unwrap(), known: Some(version(number)) },
        previous: None,
        rendering: None,
        previous_rendering: None,
        install_root: "/data/app/shop-web".to_owned(),
        state: InstanceState::Running,
        health: Health::Healthy,
        drift: None,
    }
}

fn host(number: usize, instance: Option<InventoryInstance>) -> InventoryHost {
    InventoryHost {
        id: id::<HostId>(number),
        name: name(number),
        address: format!("10.0.0.{number}"),
        room: BTreeMap::new(),
        modules: vec!["Shop/Production/Web".parse().unwrap()],
        labels: BTreeMap::new(),
        state: HostState::Online,
        instance,
        busy: None,
        occupant: None,
        values: BTreeMap::new(),
        migrations: BTreeMap::new(),
        unmet: BTreeMap::new(),
        barred: None,
    }
}

fn name(number: usize) -> HostName {
    format!("web-{number}").parse().unwrap()
}

fn spec(action: Action, version: Option<&str>, strategy: Strategy) -> DeploymentSpec {
    DeploymentSpec {
        action,
        package: "shop-web".parse().unwrap(),
        version: version.map(|version| version.parse().unwrap()),
        also: Vec::new(),
        targets: Targets { modules: vec!["Shop/Production/Web".parse().unwrap()], ..Targets::default() },
        strategy,
        data: DataFate::Keep,
        parameters: BTreeMap::new(),
        strategy_name: None,
        not_before: None,
    }
}

/// A plan as it looks before anything has happened.
fn fresh(planned: &Planned, strategy: &Strategy) -> FleetState {
    let batches =
        planned.batches.iter().map(|batch| batch.units.iter().map(pending).collect()).collect::<Vec<Vec<_>>>();
    let hosts: BTreeSet<HostName> = batches.iter().flatten().map(|unit: &UnitView| unit.host_name.clone()).collect();
    FleetState {
        state: DeploymentState::Running,
        direction: Direction::Forward,
        strategy: strategy.clone(),
        group: hosts.len(),
        batches,
        kinds: planned.batches.iter().map(|batch| batch.kind).collect(),
        promoted: 0,
        ahead: 0,
        former: Vec::new(),
        down_elsewhere: BTreeSet::new(),
        holds: Vec::new(),
    }
}

fn pending(unit: &PlannedUnit) -> UnitView {
    UnitView::pending(unit.unit, unit.host_name.clone(), unit.order.action)
}

/// Units with numbers from 1, in batches of these states.
fn fleet(batches: &[&[UnitState]]) -> FleetState {
    fleet_of(1, batches)
}

/// The same with so many units for each host.
fn fleet_of(packages: usize, batches: &[&[UnitState]]) -> FleetState {
    let mut number = 0;
    let mut unit = |state: &UnitState| {
        number += 1;
        let grant = match state {
            UnitState::Switching | UnitState::Baking | UnitState::Unknown => Grant::Switch,
            UnitState::Restoring => Grant::Restore,
            UnitState::Retiring => Grant::Retire,
            _ => Grant::Prepare,
        };
        UnitView {
            state: *state,
            grant,
            epoch: u32::from(*state != UnitState::Pending),
            attempt_open: state.is_in_flight(),
            admitted_at: Some(at(0)),
            prepared_at: (!matches!(state, UnitState::Pending | UnitState::Preparing)).then(|| at(10)),
            validated_at: matches!(state, UnitState::Baking | UnitState::Retiring).then(|| at(20)),
            health: Health::Healthy,
            changed_at: Some(at(0)),
            ..UnitView::pending(id(number), name(number.div_ceil(packages)), UnitAction::Install)
        }
    };
    let batches: Vec<Vec<UnitView>> = batches.iter().map(|batch| batch.iter().map(&mut unit).collect()).collect();
    FleetState {
        state: DeploymentState::Running,
        direction: Direction::Forward,
        strategy: Strategy { bake_seconds: 30, unit_timeout_seconds: 600, ..Strategy::default() },
        group: batches.iter().map(Vec::len).sum::<usize>().div_ceil(packages),
        kinds: batches.iter().map(|_| BatchKind::Rolling).collect(),
        batches,
        promoted: 0,
        ahead: 0,
        former: Vec::new(),
        down_elsewhere: BTreeSet::new(),
        holds: Vec::new(),
    }
}

/// What a step writes and what it waits for, in a few lines.
fn shown(state: &FleetState, second: i64) -> String {
    let decision = step(state, at(second));
    let host = |unit: &UnitId| {
        let companions = state.hosts().find(|host| host.len() > 1 && host.iter().any(|view| view.unit == *unit));
        match companions.and_then(|host| Some((host, host.iter().position(|view| view.unit == *unit)?))) {
            Some((host, place)) => format!("{}/{place}", host[0].host_name),
            None => {
                state.all().find(|view| view.unit == *unit).map(|view| view.host_name.to_string()).unwrap_or_default()
            }
        }
    };
    let mut lines: Vec<String> = decision
        .transitions
        .iter()
        .map(|transition| match transition {
            Transition::Admit { unit, epoch } => format!("{} admitted, epoch {epoch}", host(unit)),
            Transition::Unit { unit, from, to, grant, trouble } => {
                let grant = grant.map(|grant| format!(", may {grant:?}")).unwrap_or_default();
                let trouble = trouble.as_ref().map(|trouble| format!(": {}", trouble.message)).unwrap_or_default();
                format!("{} {from:?} -> {to:?}{grant}{trouble}", host(unit))
            }
            Transition::Deployment { from, to } => format!("{from:?} -> {to:?}"),
            Transition::Supersede { unit } => format!("{}: attempt superseded", host(unit)),
            Transition::Promote { below } => format!("batches below {below} promoted"),
            Transition::SkipAhead { below } => format!("batches below {below} ahead"),
            Transition::RollBack => "new plan, back".to_owned(),
        })
        .collect();
    // That there are no more than are named need not be said each time.
    lines.extend(decision.waiting.iter().map(|waiting| format!("waits: {waiting:?}").replace(", more: 0", "")));
    lines.join("\n")
}
