//! Where a package may be deployed.

use serde::{Deserialize, Serialize};

use crate::topology::ModulePath;

/// A module that a package is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Binding {
    /// The module.
    pub module: ModulePath,
    /// Since when.
    pub created_at: jiff::Timestamp,
}
