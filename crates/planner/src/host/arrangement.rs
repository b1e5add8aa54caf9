//! How the versions of a package lie on a host, and how one of them becomes the current one.

use packhorse_model::order::{Release, UnitOrder};
use packhorse_model::{Layout, PackageKind};

/// Where the versions of a package lie, and what makes one of them the current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrangement {
    /// A directory for each version in the install root; the link `current` leads to the one that is used.
    Symlink,
    /// A directory for each version in the install root; it is written down which of them is used.
    Versioned,
    /// The files of the current version lie in the install root itself. Every version that is kept lies whole out of sight.
    Overwrite,
    /// A directory for each version in the install root, and the files of the current one at their targets, anywhere on the host.
    Config,
}

impl Arrangement {
    /// That of a version.
    #[must_use]
    pub fn of(release: &Release) -> Self {
        Self::new(release, release.manifest.layout.unwrap_or_default())
    }

    /// That of an order, which says the layout itself.
    #[must_use]
    pub fn ordered(order: &UnitOrder) -> Self {
        let release = order.to.as_ref().or(order.from.as_ref());
        release.map_or(Self::Symlink, |release| Self::new(release, order.layout))
    }

    fn new(release: &Release, layout: Layout) -> Self {
        match (release.manifest.said_kind(), layout) {
            (PackageKind::Config, _) => Self::Config,
            (_, Layout::Symlink) => Self::Symlink,
            (_, Layout::Versioned) => Self::Versioned,
            (_, Layout::Overwrite) => Self::Overwrite,
        }
    }

    /// Whether files of the current version lie where they are used, apart from the directory of the version.
    #[must_use]
    pub fn lays_files(self) -> bool {
        matches!(self, Self::Overwrite | Self::Config)
    }

    /// The word for it, in messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Symlink => Layout::Symlink.as_str(),
            Self::Versioned => Layout::Versioned.as_str(),
            Self::Overwrite => Layout::Overwrite.as_str(),
            Self::Config => PackageKind::Config.as_str(),
        }
    }
}
