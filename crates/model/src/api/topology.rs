//! The topology with counts.

use serde::{Deserialize, Serialize};

use crate::ids::{BusinessId, ModuleId, SystemId};
use crate::name::TopologyName;
use crate::topology::{Environment, ModulePath};

/// The whole tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Topology {
    /// By name.
    pub businesses: Vec<Business>,
}

/// A business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Business {
    /// Its identity.
    pub id: BusinessId,
    /// Its name.
    pub name: TopologyName,
    /// By name.
    pub systems: Vec<System>,
}

/// A system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct System {
    /// Its identity.
    pub id: SystemId,
    /// Its name.
    pub name: TopologyName,
    /// What it is for.
    pub environment: Environment,
    /// By name.
    pub modules: Vec<Module>,
}

/// A module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Module {
    /// Its identity.
    pub id: ModuleId,
    /// Its name.
    pub name: TopologyName,
    /// Its path.
    pub path: ModulePath,
    /// How many hosts belong to it.
    pub hosts: u64,
    /// How many instances are on them.
    pub instances: u64,
}

/// What applying a topology changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AppliedTopology {
    /// What was added or changed, as `Shop/Production: added`.
    pub changes: Vec<String>,
    /// The tree as it is now.
    pub topology: Topology,
}
