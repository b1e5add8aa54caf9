//! Errors on the wire: RFC 9457 problem details with a stable code and a hint.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::api::unresolved::UnresolvedVariable;

/// An error as every client sees it (`application/problem+json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// Stable and for machines: `version_exists`, `package_not_found`, `PKG_PATH`.
    pub code: String,
    /// What is wrong, in a sentence.
    pub title: String,
    /// What exactly, and where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// What the title says beside its words, by name, for clients that have words of their own for the code: `which`, `host`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
    /// Of `variables_unresolved`: the uses of variables that come to nothing, the first 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unresolved: Vec<UnresolvedVariable>,
}

/// The media type of a [`Problem`].
pub const MEDIA_TYPE: &str = "application/problem+json";
