//! Secrets of the vault: named, sealed, and never given back.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::SecretId;
use crate::name::SecretName;

/// The longest secret, in bytes.
pub const LONGEST_SECRET: usize = 64 << 10;

/// Puts a secret into the vault.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSecret {
    /// Its name.
    pub name: SecretName,
    /// What it says; at most 64 KiB.
    pub value: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
}

/// Changes a secret. A new value is a new version; what was rendered with the former one stays until it is deployed again.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecretChange {
    /// The new value; the one that there is, if not said.
    pub value: Option<String>,
    /// What it is for; as it was, if not said.
    pub description: Option<String>,
}

impl fmt::Debug for NewSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSecret").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for SecretChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretChange").field("description", &self.description).finish_non_exhaustive()
    }
}

/// A secret as it is shown: everything but what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Secret {
    /// Its identity.
    pub id: SecretId,
    /// Its name.
    pub name: SecretName,
    /// What it is for.
    pub description: String,
    /// The version that is used from now on, from 1.
    pub version: u32,
    /// How many variables lead to it.
    pub used_by: u64,
    /// Who changed it last.
    pub updated_by: String,
    /// When.
    pub updated_at: jiff::Timestamp,
    /// When it was put into the vault.
    pub created_at: jiff::Timestamp,
}
