//! Instances: one package on one host; what became of them, and what is done to many at once.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::api::deployments::{DeploymentDetail, PlanPreview};
use crate::deployment::{Action, DataFate, UnitFailure, UnitState};
use crate::ids::{DeploymentId, HostId, PlanId, UnitId};
use crate::name::{HostName, PackageName, StrategyName, TopologyName, UserName};
use crate::order::{Health, InstanceState, UnitAction};
use crate::topology::{Environment, ModulePath};
use crate::version::VersionNumber;

/// One package on one host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Instance {
    /// The host.
    pub host: HostId,
    /// Its name.
    pub host_name: HostName,
    /// Its address.
    pub address: String,
    /// The host's modules.
    pub modules: Vec<ModulePath>,
    /// The package.
    pub package: PackageName,
    /// The current version.
    pub version: VersionNumber,
    /// The version to which it can be put back without download.
    pub previous: Option<VersionNumber>,
    /// Whether it is meant to run.
    pub state: InstanceState,
    /// Whether it does what it should; unknown while the host is not heard of.
    pub health: Health,
    /// Why it is not healthy.
    pub reason: Option<String>,
    /// Where it lies.
    pub install_root: String,
    /// The deployment that last changed it.
    pub deployment: Option<DeploymentId>,
    /// How many of its files differ from what was deployed; none if its host has not looked yet.
    #[serde(default)]
    pub drift: Option<u64>,
    /// When it last changed.
    pub updated_at: jiff::Timestamp,
}

/// One change of an instance by a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstanceChange {
    /// The unit that made it, or should have.
    pub unit: UnitId,
    /// The deployment that it belongs to.
    pub deployment: DeploymentId,
    /// What the deployment was asked for.
    pub action: Action,
    /// What was done here: on the way back of a deployment something else than it was asked for.
    pub did: UnitAction,
    /// The version before.
    pub from: Option<VersionNumber>,
    /// The version after.
    pub to: Option<VersionNumber>,
    /// How it ended, or where it stands.
    pub outcome: UnitState,
    /// Why it failed or is unknown.
    #[serde(default)]
    pub failure: Option<UnitFailure>,
    /// Who started the deployment.
    pub creator: UserName,
    /// When the deployment started.
    pub created_at: jiff::Timestamp,
    /// When this last changed.
    pub updated_at: jiff::Timestamp,
}

/// One operation over many instances: a deployment for each package, all of them or none.
///
/// Either `instances` says which, or `filter`, and not both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstanceOperation {
    /// What is done: start, stop, restart, upgrade, downgrade or uninstall.
    pub action: Action,
    /// These.
    #[serde(default)]
    pub instances: Vec<InstanceName>,
    /// All for which this holds now.
    #[serde(default)]
    pub filter: Option<InstanceSelection>,
    /// To which version; for upgrade and downgrade, of one package.
    #[serde(default)]
    pub version: Option<VersionNumber>,
    /// How; each deployment follows it by itself. The keys that are said go over the strategy that is named, or over the default of the
    /// environment.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::strategy::Strategy))]
    pub strategy: Map<String, Value>,
    /// The strategy of this name, as far as `strategy` does not say otherwise.
    #[serde(default)]
    pub strategy_name: Option<StrategyName>,
    /// Nothing starts before.
    #[serde(default)]
    pub not_before: Option<jiff::Timestamp>,
    /// What an uninstall does with data.
    #[serde(default)]
    pub data: DataFate,
}

/// An instance by the names of its host and package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstanceName {
    /// The host.
    pub host: HostName,
    /// The package.
    pub package: PackageName,
}

/// Which instances an operation is about: those for which everything holds that is said. Something must be said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstanceSelection {
    /// Of this package.
    pub package: Option<PackageName>,
    /// Of this version.
    pub version: Option<VersionNumber>,
    /// On hosts of one of these modules.
    pub modules: Vec<ModulePath>,
    /// On one of these hosts.
    pub hosts: Vec<HostName>,
    /// On hosts of this business.
    pub business: Option<TopologyName>,
    /// On hosts of systems of this name.
    pub system: Option<TopologyName>,
    /// On hosts of systems that are for this.
    pub environment: Option<Environment>,
    /// In this state.
    pub state: Option<InstanceState>,
    /// Of this health.
    pub health: Option<Health>,
    /// With files that differ from what was deployed, or without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<DriftSelection>,
}

/// Whether files of an instance differ from what was deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DriftSelection {
    /// Some do.
    Some,
    /// None does, as far as its host has looked.
    None,
}

/// What an operation would do: a plan for each package, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperationPlan {
    /// The plans, to be applied together.
    pub plans: Vec<PlanPreview>,
}

/// Applies plans of one operation together: all of them, or none if one no longer holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApplyOperation {
    /// The plans.
    pub plans: Vec<PlanId>,
}

/// The deployments that an operation has started, one for each package at which there is something to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperationStarted {
    /// The deployments, by package.
    pub deployments: Vec<DeploymentDetail>,
}
