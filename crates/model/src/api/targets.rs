//! The hosts at which a deployment would be aimed, before there is a plan.

use serde::{Deserialize, Serialize};

use crate::api::exclusions::ExclusionCause;
use crate::api::hosts::HostState;
use crate::deployment::{Action, Targets};
use crate::label::Labels;
use crate::name::{HostName, PackageName};
use crate::order::{Health, InstanceState};
use crate::topology::ModulePath;
use crate::version::VersionNumber;

/// What a deployment would be asked to do, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TargetQuery {
    /// What.
    pub action: Action,
    /// Of which package.
    pub package: PackageName,
    /// To which version; for deploy and upgrade.
    #[serde(default)]
    pub version: Option<VersionNumber>,
    /// Where.
    pub targets: Targets,
}

/// A host that is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TargetHost {
    /// Its name.
    pub host: HostName,
    /// The modules that it belongs to.
    pub modules: Vec<ModulePath>,
    /// Its labels.
    pub labels: Labels,
    /// Whether it is heard of.
    pub state: HostState,
    /// What is on it of the package.
    pub instance: Option<TargetInstance>,
    /// What would become of it.
    pub prospect: Prospect,
    /// Why it cannot be chosen, and what to do.
    pub reason: Option<String>,
    /// The same by code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<ExclusionCause>,
}

/// The instance of the package on a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TargetInstance {
    /// The current version.
    pub version: VersionNumber,
    /// The version to which it can be put back without download.
    pub previous: Option<VersionNumber>,
    /// Whether it is meant to run.
    pub state: InstanceState,
    /// Whether it does what it should.
    pub health: Health,
}

/// What would become of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Prospect {
    /// It would change.
    Changes,
    /// It is as wanted.
    Unchanged,
    /// It cannot be chosen, or would be left out.
    Excluded,
}
