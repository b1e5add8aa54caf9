//! The kinds of package, and where a version stands in its life.

use serde::{Deserialize, Serialize};

/// What a package carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PackageKind {
    /// Files that are put on a host and run there.
    File,
    /// Configuration.
    Config,
    /// A script.
    Script,
    /// SQL for a database.
    Database,
    /// A container image.
    Image,
    /// A whole application of other packages.
    App,
}

impl PackageKind {
    /// The word used in the API and the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Config => "config",
            Self::Script => "script",
            Self::Database => "database",
            Self::Image => "image",
            Self::App => "app",
        }
    }
}

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum VersionState {
    /// Frozen, and may be deployed.
    Published,
    /// Not to be chosen any more; what runs may go on.
    Yanked,
    /// Must not run: deployments of it stop.
    Banned,
}
