//! What there is: the hosts that a deployment may act on, with their instance of the package.

use std::collections::BTreeMap;

use packhorse_model::api::hosts::HostState;
use packhorse_model::api::unresolved::NoValue;
use packhorse_model::database::Migration;
use packhorse_model::ids::{DeploymentId, HostId, VersionId};
use packhorse_model::label::Labels;
use packhorse_model::order::{Envelope, Health, InstanceState, Release, SecretVersion};
use packhorse_model::topology::ModulePath;
use packhorse_model::{Digest, HostName, PackageName, VersionNumber};

use super::exclusion::Exclusion;

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
    /// Bytes free in its file systems, by a directory in each: the roots of its instances, and where further ones lie by default.
    pub room: BTreeMap<String, u64>,
    /// The modules that it belongs to.
    pub modules: Vec<ModulePath>,
    /// Its labels.
    pub labels: Labels,
    /// Whether it is heard of.
    pub state: HostState,
    /// Its instance of the package.
    pub instance: Option<InventoryInstance>,
    /// A deployment of the same package that holds it.
    pub busy: Option<DeploymentId>,
    /// Another package that lies where the version would go, or around that place.
    pub occupant: Option<PackageName>,
    /// What variables come to on it, for each version that may go there.
    pub values: BTreeMap<VersionId, HostValues>,
    /// Of a database package: how each database of the host comes to each version that may go there, or why one does not.
    pub migrations: BTreeMap<VersionId, Result<Vec<HostMigration>, Exclusion>>,
    /// What versions that may go there need and do not find.
    pub unmet: BTreeMap<VersionId, Exclusion>,
    /// Why it is left out, whatever is on it: because of another package of the same deployment.
    pub barred: Option<Exclusion>,
}

/// How a database of a host comes to a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostMigration {
    /// From where it is.
    pub migration: Migration,
    /// The password of the user that runs it, if it needs one.
    pub password: Option<SecretVersion>,
}

/// What the variables of a version come to on a host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostValues {
    /// Those that anybody may see. What Packhorse sets itself goes before them.
    pub variables: BTreeMap<String, String>,
    /// Where the others are.
    pub secrets: BTreeMap<String, SecretVersion>,
    /// How values are encrypted for the application; none if nothing is.
    pub envelope: Option<Envelope>,
    /// The digest of those that stand in rendered files; none if none do.
    pub digest: Option<Digest>,
    /// Uses of variables that have no value.
    pub unresolved: Vec<UnresolvedUse>,
}

/// A variable that a version uses and that has no value on a host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnresolvedUse {
    /// Where: `conf/shop.toml:3`, or the key of packhorse.toml.
    pub place: String,
    /// As it stands there: `[@db_host]`.
    pub token: String,
    /// Its name: `db_host`.
    pub name: String,
    /// Why it has none.
    pub why: NoValue,
}

/// The instance of the package on a host.
#[derive(Debug, Clone)]
pub struct InventoryInstance {
    /// What runs, or would.
    pub current: InstanceVersion,
    /// The version to which it can be put back without download.
    pub previous: Option<InstanceVersion>,
    /// The digest of the values in its rendered files.
    pub rendering: Option<Digest>,
    /// The same of the version before.
    pub previous_rendering: Option<Digest>,
    /// Where it lies.
    pub install_root: String,
    /// Whether it is meant to run.
    pub state: InstanceState,
    /// Whether it does what it should.
    pub health: Health,
    /// How many of its files differ from what was deployed; none if nobody has looked.
    pub drift: Option<u64>,
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
