//! The versions that are deployed, and the plan of each deployment: made by the planner, of what every host has.

use std::collections::BTreeMap;

use jiff::Timestamp;
use packhorse_model::api::hosts::HostState;
use packhorse_model::deployment::{DeploymentSpec, PlannedBatch};
use packhorse_model::ids::{HostId, Identifier, UnitId};
use packhorse_model::manifest::{Command, HealthCheck, Lifecycle, Manifest, Probe};
use packhorse_model::order::{Health, InstanceState, Release};
use packhorse_model::{Digest, HostName, PackageName};
use packhorse_planner::fleet::{
    Availability, InstanceVersion, Inventory, InventoryHost, InventoryInstance, KnownVersion, plan,
};
use serde_json::json;

use crate::story::Rollout;

/// When the simulation begins.
pub(crate) fn epoch() -> Timestamp {
    Timestamp::from_second(1_800_000_000).expect("a time")
}

/// An identifier that is as good as its number.
pub(crate) fn id<T: Identifier>(number: usize) -> T {
    T::from_parts(epoch(), number as u128)
}

pub(crate) fn host_id(number: usize) -> HostId {
    id(number + 1)
}

pub(crate) fn host_name(number: usize) -> HostName {
    format!("host-{number:02}").parse().expect("a name")
}

pub(crate) fn install_root(package: &PackageName) -> String {
    format!("/data/app/{package}")
}

/// A version of a package: 0 is on every host, 1 is deployed.
pub(crate) fn release(package: &PackageName, number: u8) -> Release {
    let script = |name: &str| Some(Command::of_file(&format!("scripts/{name}.sh")));
    let lifecycle = Lifecycle {
        update: script("update"),
        start: script("start"),
        post_start: script("post_start"),
        stop: script("stop"),
        on_failure: script("on_failure"),
        on_rollback: script("on_rollback"),
        ..Lifecycle::default()
    };
    let check = HealthCheck { probe: Probe::Port(8080), interval: 15, timeout: 5, within: 5 };
    let tree = blake3::hash(format!("{package} {number}").as_bytes());
    Release {
        version: format!("1.0.{number}").parse().expect("a version"),
        tree: Digest::from(*tree.as_bytes()),
        size: 1,
        manifest: Manifest { lifecycle, health: vec![check], ..Manifest::default() },
        rendering: None,
    }
}

fn known(package: &PackageName, number: u8) -> KnownVersion {
    KnownVersion { id: id(usize::from(number) + 1), release: release(package, number) }
}

/// What brings version 1 to every host.
pub(crate) fn batches(rollout: &Rollout, hosts: usize, units: &mut dyn FnMut() -> UnitId) -> Vec<PlannedBatch> {
    let package = &rollout.package;
    let spec: DeploymentSpec = serde_json::from_value(json!({
        "action": "deploy", "package": package, "version": "1.0.1",
        "targets": { "modules": ["Shop/Production/Web"] }, "strategy": rollout.strategy,
    }))
    .expect("a spec");
    let instance = || InventoryInstance {
        current: InstanceVersion { number: release(package, 0).version, known: Some(known(package, 0)) },
        previous: None,
        rendering: None,
        previous_rendering: None,
        install_root: install_root(package),
        state: InstanceState::Running,
        health: Health::Healthy,
        drift: None,
    };
    let host = |number| InventoryHost {
        id: host_id(number),
        name: host_name(number),
        address: format!("10.0.0.{number}"),
        room: BTreeMap::new(),
        modules: vec!["Shop/Production/Web".parse().expect("a module")],
        labels: BTreeMap::new(),
        state: HostState::Online,
        instance: Some(instance()),
        busy: None,
        occupant: None,
        values: BTreeMap::new(),
        migrations: BTreeMap::new(),
        unmet: BTreeMap::new(),
        barred: None,
    };
    let inventory = Inventory {
        target: Some(known(package, 1)),
        availability: Availability::Everywhere,
        hosts: (0..hosts).map(host).collect(),
    };
    let planned = plan(&spec, &inventory, units).expect("the plan can be made");
    assert_eq!(planned.excluded, [], "every host takes part");
    planned.batches
}
