//! Strategies with names, per environment.

use serde::{Deserialize, Serialize};

use crate::name::{StrategyName, UserName};
use crate::strategy::Strategy;
use crate::topology::Environment;

/// A strategy with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NamedStrategy {
    /// Its name.
    pub name: StrategyName,
    /// The environment that it is for; any, if not said.
    pub environment: Option<Environment>,
    /// What it is for.
    pub description: String,
    /// How a deployment proceeds.
    pub strategy: Strategy,
    /// Whether deployments in its environment have it that say nothing else.
    pub is_default: bool,
    /// Who changed it last.
    pub updated_by: UserName,
    /// When.
    pub updated_at: jiff::Timestamp,
}

/// Saves a strategy under a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetStrategy {
    /// The environment that it is for; any, if not said.
    pub environment: Option<Environment>,
    /// What it is for.
    pub description: String,
    /// How a deployment proceeds.
    pub strategy: Strategy,
    /// Whether deployments in its environment have it that say nothing else. Another one that was the default is that no longer.
    pub is_default: bool,
}
