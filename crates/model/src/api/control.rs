//! Words to a deployment that goes on, and about its units.

use serde::{Deserialize, Serialize};

use crate::name::HostName;
use crate::order::Aftermath;
use crate::strategy::{Amount, BatchExpression};

/// Lets the next batch of a deployment begin.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NextBatch {
    /// The batch that is meant, from 0; the next one if not said. Refused if another one is the next, and of no effect if it has begun.
    pub batch: Option<u32>,
}

/// Changes how a deployment goes on with the hosts that have not begun. What is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Resize {
    /// Sizes of the batches that have not begun; percentages are of the hosts in these.
    pub batch: Option<BatchExpression>,
    /// Instances that may be down at the same time.
    pub max_unavailable: Option<Amount>,
}

/// Brings hosts of a deployment back to the version that they had.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RollBack {
    /// Only these hosts, by a deployment of their own; all if empty.
    pub hosts: Vec<HostName>,
}

/// What a person found on the host of an unknown unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Confirm {
    /// Whether the unit is as ordered.
    pub outcome: ConfirmedOutcome,
    /// What stands on the host, if it is not as ordered.
    #[serde(default)]
    pub aftermath: Option<Aftermath>,
    /// What was seen, for whoever reads it later.
    #[serde(default)]
    pub reason: String,
}

/// How an unknown unit turned out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ConfirmedOutcome {
    /// As ordered.
    Succeeded,
    /// Not as ordered.
    Failed,
}
