//! What there is: the hosts that a deployment may act on, with their instance of the package.

use std::collections::BTreeMap;

use packhorse_model::api::hosts::HostState;
use packhorse_model::ids::{DeploymentId, HostId, VersionId};
use packhorse_model::order::{Health, InstanceState, Release};
use packhorse_model::topology::ModulePath;
use packhorse_model::{HostName, VersionNumber};

/// Everything that a plan rests on.
#[derive(Debug, Clone)]
pub struct Inventory {
    /// The version that is asked for, for deploy and upgrade.
    pub target: Option<KnownVersion>,
    /// Which hosts may get it.
    pub availability: Availability,
    /// Every host that the spec's targets may mean, in any order.
    pub hosts: Vec<InventoryHost>,
}

/// Which hosts may get the version that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Availability {
    /// All.
    #[default]
    Everywhere,
    /// Those that have it, as current or previous version: it was yanked.
    WhereItIs,
}

/// A version of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownVersion {
    /// Its identity.
    pub id: VersionId,
    /// As a host needs to know it.
    pub release: Release,
}

/// A host.
#[derive(Debug, Clone)]
pub struct InventoryHost {
    /// Its identity.
    pub id: HostId,
    /// Its name.
    pub name: HostName,
    /// Its address, for the variable `packhorse.host.ip`.
    pub address: String,
    /// The modules that it belongs to.
    pub modules: Vec<ModulePath>,
    /// Whether it is heard of.
    pub state: HostState,
    /// Its instance of the package.
    pub instance: Option<InventoryInstance>,
    /// A deployment of the same package that holds it.
    pub busy: Option<DeploymentId>,
    /// Values of variables that people set for it. Those that Packhorse sets itself go before them.
    pub variables: BTreeMap<String, String>,
}

/// The instance of the package on a host.
#[derive(Debug, Clone)]
pub struct InventoryInstance {
    /// What runs, or would.
    pub current: InstanceVersion,
    /// The version to which it can be put back without download.
    pub previous: Option<InstanceVersion>,
    /// Where it lies.
    pub install_root: String,
    /// Whether it is meant to run.
    pub state: InstanceState,
    /// Whether it does what it should.
    pub health: Health,
}

impl InventoryInstance {
    /// Whether the host has this version, as the current one or as the one to which it can be put back.
    pub(crate) fn has(&self, version: &KnownVersion) -> bool {
        let known =
            self.current.known.iter().chain(self.previous.iter().filter_map(|previous| previous.known.as_ref()));
        known.into_iter().any(|known| known.id == version.id)
    }
}

/// A version as a host reports it, and as the registry knows it.
#[derive(Debug, Clone)]
pub struct InstanceVersion {
    /// The number that the host reports.
    pub number: VersionNumber,
    /// The version; none if the registry has no version of this number and content.
    pub known: Option<KnownVersion>,
}
