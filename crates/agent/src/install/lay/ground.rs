//! Where files are laid, and how they are made durable there.

use std::path::{Path, PathBuf};

use packhorse_content::EntryPath;
use packhorse_content::stage::Folder;
use packhorse_planner::host::Arrangement;

use crate::install::{Site, SiteError};
use crate::paths::Paths;

/// The folder below which files are laid; their paths are relative to it.
#[derive(Debug)]
pub struct Ground {
    folder: Folder,
    path: PathBuf,
    reach: Reach,
}

/// How far apart the places may lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// On one file system, with many files: it is synced as a whole.
    InstallRoot,
    /// Anywhere, with few files: each is synced, and its folder.
    WholeHost,
}

impl Ground {
    /// The ground of a package that lays files.
    ///
    /// # Errors
    /// [`SiteError::Io`].
    pub fn open(paths: &Paths, site: &Site, arrangement: Arrangement) -> Result<Self, SiteError> {
        let (path, reach) = match arrangement {
            Arrangement::Config => (paths.root(), Reach::WholeHost),
            Arrangement::Overwrite | Arrangement::Symlink | Arrangement::Versioned => (site.path(), Reach::InstallRoot),
        };
        Self::at(path, reach)
    }

    pub(super) fn at(path: &Path, reach: Reach) -> Result<Self, SiteError> {
        let folder = Folder::open(path).map_err(|source| SiteError::Io { path: path.to_owned(), source })?;
        Ok(Self { folder, path: path.to_owned(), reach })
    }

    /// The folder itself.
    #[must_use]
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    pub(super) fn root(&self) -> &Path {
        &self.path
    }

    pub(super) fn reach(&self) -> Reach {
        self.reach
    }

    /// A path on it as people know it.
    #[must_use]
    pub fn shown(&self, path: &EntryPath) -> PathBuf {
        self.path.join(path.as_str())
    }

    pub(super) fn wrong(&self, path: &EntryPath) -> impl FnOnce(std::io::Error) -> SiteError {
        let path = self.shown(path);
        move |source| SiteError::Io { path, source }
    }
}
