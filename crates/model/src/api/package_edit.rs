//! What people say about a package, whatever its versions say of themselves.

use serde::{Deserialize, Serialize};

use crate::tag::Tag;

/// Characters of a description at most.
pub const LONGEST_DESCRIPTION: usize = 2_000;
/// Tags of a package at most.
pub const MOST_TAGS: usize = 50;

/// A change of a package; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PackageEdit {
    /// A line about it; 2,000 characters at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// All tags that it shall have besides those of its latest version; 50 at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<Tag>>,
}
