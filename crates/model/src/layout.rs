//! How versions of a package lie on a host.

use serde::{Deserialize, Serialize};

/// How the versions of one package share its install root.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Layout {
    /// One common directory whose content is replaced.
    Overwrite,
    /// A directory for each version.
    Versioned,
    /// A directory for each version, and `current`, a link to the one that is used.
    #[default]
    Symlink,
}

impl Layout {
    /// The word used in `packhorse.toml`, the API and the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Overwrite => "overwrite",
            Self::Versioned => "versioned",
            Self::Symlink => "symlink",
        }
    }
}
