//! Signing in, and API tokens.

use serde::{Deserialize, Serialize};

use crate::ids::TokenId;
use crate::name::UserName;

/// Signs in.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignIn {
    /// Who.
    pub user: String,
    /// The password.
    pub password: String,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// Who.
    pub user: UserName,
    /// The server's version.
    pub server_version: String,
}

/// Asks for an API token.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateToken {
    /// What it is for.
    pub name: String,
    /// Days after which it ends; without, it ends when it is deleted.
    #[serde(default)]
    pub expires_in_days: Option<u32>,
}

/// A new API token. The secret is shown once and not stored.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedToken {
    /// As in lists.
    pub token: TokenSummary,
    /// Goes into `Authorization: Bearer`.
    pub secret: String,
}

/// An API token in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenSummary {
    /// Its identity.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// When it was made.
    pub created_at: jiff::Timestamp,
    /// When it ends.
    pub expires_at: Option<jiff::Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<jiff::Timestamp>,
}
