//! Where the versions lie in an install root, and which of them is the current one.

use std::path::PathBuf;

use packhorse_content::stage::{Folder, link_target};
use packhorse_planner::host::Arrangement;

use super::record::Record;
use super::site::{CURRENT, Site, SiteError, VERSIONS};

impl Site {
    /// The folder in which the versions lie, each in its directory.
    ///
    /// # Errors
    /// [`SiteError::Io`].
    pub fn versions(&self, arrangement: Arrangement) -> Result<Folder, SiteError> {
        match arrangement {
            Arrangement::Overwrite => self.own(VERSIONS),
            Arrangement::Symlink | Arrangement::Versioned | Arrangement::Config => {
                self.root().try_clone().map_err(|source| SiteError::Io { path: self.path().to_owned(), source })
            }
        }
    }

    /// Where a version lies whole.
    #[must_use]
    pub fn path_of(&self, arrangement: Arrangement, directory: &str) -> PathBuf {
        match arrangement {
            Arrangement::Overwrite => self.own_path(VERSIONS).join(directory),
            Arrangement::Symlink | Arrangement::Versioned | Arrangement::Config => self.path().join(directory),
        }
    }

    /// Where a version is used when it is the current one: its commands run there, and its processes are of there.
    #[must_use]
    pub fn home_of(&self, arrangement: Arrangement, directory: &str) -> PathBuf {
        match arrangement {
            Arrangement::Overwrite => self.path().to_owned(),
            Arrangement::Symlink | Arrangement::Versioned | Arrangement::Config => self.path().join(directory),
        }
    }

    /// The directory of the version that is used: what the link says where there is one, else what is written down.
    ///
    /// # Errors
    /// [`SiteError::Io`].
    pub fn current(&self, record: &Record) -> Result<Option<String>, SiteError> {
        if record.arrangement() == Arrangement::Symlink {
            return link_target(self.root(), CURRENT)
                .map_err(|source| SiteError::Io { path: self.path().join(CURRENT), source });
        }
        Ok(record.current.as_ref().map(|held| held.directory.clone()))
    }
}
