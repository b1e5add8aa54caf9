//! Yanking and banning versions, and taking that back.

use serde::{Deserialize, Serialize};

use crate::name::UserName;

/// Why the state of a version is changed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StateReason {
    /// For those who meet the version later; up to 1000 characters. A ban needs one.
    #[serde(default)]
    pub reason: String,
}

/// Who changed the state of a version last, when, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StateChange {
    /// Why; empty if nothing was said.
    pub reason: String,
    /// Who.
    pub by: UserName,
    /// When.
    pub at: jiff::Timestamp,
}
