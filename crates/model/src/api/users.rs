//! The people who sign in.

use serde::{Deserialize, Serialize};

use crate::name::UserName;

/// The shortest password, in characters.
pub const SHORTEST_PASSWORD: usize = 12;

/// Adds a user, who can then sign in.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewUser {
    /// Their name.
    pub name: UserName,
    /// Their password; 12 characters at least, 1,024 bytes at most.
    pub password: String,
}

impl std::fmt::Debug for NewUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewUser").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A user in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserSummary {
    /// Their name.
    pub name: UserName,
    /// Since when they are known.
    pub created_at: jiff::Timestamp,
}
