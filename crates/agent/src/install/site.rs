//! An install root, open.

use std::fs::{DirBuilder, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use packhorse_content::stage::{Folder, Walk, discard};
use packhorse_content::{EntryPath, Tree, digest_of};
use packhorse_model::{Digest, PackageName};

use super::record::Record;
use crate::files;
use crate::paths::Paths;
use crate::users::UserError;

/// The link to the version that is used.
pub const CURRENT: &str = "current";
/// Folder of trees.
pub const TREES: &str = "trees";
/// Folder of files as they came.
pub const ORIGINALS: &str = "originals";
/// Folder of what is not complete yet.
pub const STAGING: &str = "staging";
/// Folder of the versions, where the files of one of them lie in the install root itself.
pub(super) const VERSIONS: &str = "versions";
/// Folder of what is being removed.
pub const TRASH: &str = "trash";

const OWN: &str = packhorse_content::path::MARKER;
const RECORD: &str = "installed.json";
/// The largest list or original that is read whole.
const LARGEST: u64 = 256 << 20;

/// An install root cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// The path of the order is not one below which anything may be installed.
    #[error("the install root {0:?} is not an absolute path of plain names")]
    Path(String),
    /// Another package lies there.
    #[error("{package} lies in {root} already: give one of them another install_root")]
    Taken {
        /// The install root.
        root: String,
        /// Who lies there.
        package: PackageName,
    },
    /// One of two install roots lies in the other.
    #[error(
        "{root} and {other}, where {package} lies, are one inside the other: give one of them another install_root"
    )]
    Nested {
        /// The install root.
        root: String,
        /// The other one.
        other: String,
        /// Who lies there.
        package: PackageName,
    },
    /// A file would go where another package has its own.
    #[error("{path} belongs to {package} on this host: let one of the two go elsewhere")]
    Claimed {
        /// Where.
        path: String,
        /// Who has it.
        package: PackageName,
    },
    /// A target of a config package is not one.
    #[error("the target {target:?}: {reason}")]
    Target {
        /// As packhorse.toml says it.
        target: String,
        /// Why not, and what to do.
        reason: String,
    },
    /// What lies there must not be replaced.
    #[error("{path} {reason}")]
    InTheWay {
        /// Where.
        path: PathBuf,
        /// What it is, and what to do.
        reason: String,
    },
    /// The list of what a version consists of is not here any more.
    #[error("the list of files of {0} is lost or damaged on this host: deploy the version again")]
    Lost(String),
    /// A user or group cannot be had.
    #[error(transparent)]
    User(#[from] UserError),
    /// The disk says no.
    #[error("{path}: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// An install root.
#[derive(Debug)]
pub struct Site {
    path: PathBuf,
    root: Folder,
    own: Folder,
    package: PackageName,
}

impl Site {
    /// Opens the install root of a package; none if nothing was ever installed there.
    ///
    /// # Errors
    /// [`SiteError`].
    pub fn open(paths: &Paths, install_root: &str, package: &PackageName) -> Result<Option<Self>, SiteError> {
        let path = paths.on_host(install_root).ok_or_else(|| SiteError::Path(install_root.to_owned()))?;
        let wrong = |source| SiteError::Io { path: path.clone(), source };
        let missing = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        let root = match Folder::open(&path) {
            Err(error) if missing(&error) => return Ok(None),
            root => root.map_err(wrong)?,
        };
        let own = match root.folder(OWN) {
            Err(error) if missing(&error) => return Ok(None),
            own => own.map_err(wrong)?,
        };
        let site = Self { path, root, own, package: package.clone() };
        match site.read_record()? {
            Some(record) if record.package != *package => {
                Err(SiteError::Taken { root: install_root.to_owned(), package: record.package })
            }
            _ => Ok(Some(site)),
        }
    }

    /// Opens the install root of a package, and makes it if it is not there.
    ///
    /// # Errors
    /// [`SiteError`].
    pub fn ensure(paths: &Paths, install_root: &str, package: &PackageName) -> Result<Self, SiteError> {
        if let Some(site) = Self::open(paths, install_root, package)? {
            return Ok(site);
        }
        let path = paths.on_host(install_root).ok_or_else(|| SiteError::Path(install_root.to_owned()))?;
        let make = || {
            DirBuilder::new().recursive(true).mode(0o755).create(&path)?;
            let root = Folder::open(&path)?;
            let own = root.ensure_folder(OWN)?;
            root.sync()?;
            files::sync_folder_of(&path)?;
            Ok((root, own))
        };
        let (root, own) = make().map_err(|source| SiteError::Io { path: path.clone(), source })?;
        Ok(Self { path, root, own, package: package.clone() })
    }

    /// Its path on this host.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Folder {
        &self.root
    }

    /// A folder of ours in it, which is made if it is missing.
    ///
    /// # Errors
    /// [`SiteError::Io`].
    pub fn own(&self, name: &str) -> Result<Folder, SiteError> {
        self.own.ensure_folder(name).map_err(self.wrong(name))
    }

    /// What is written down about it.
    ///
    /// # Errors
    /// [`SiteError::Io`].
    pub fn record(&self) -> Result<Record, SiteError> {
        Ok(self.read_record()?.unwrap_or_else(|| Record::empty(self.package.clone())))
    }

    fn read_record(&self) -> Result<Option<Record>, SiteError> {
        files::read_json(&self.own_path(RECORD)).map_err(self.wrong(RECORD))
    }

    /// Writes down what lies here.
    ///
    /// # Errors
    /// [`SiteError::Io`].
    pub fn save(&self, record: &Record) -> Result<(), SiteError> {
        files::replace_json(&self.own_path(RECORD), record).map_err(self.wrong(RECORD))
    }

    /// The list of what a version consists of, if it is here and undamaged.
    ///
    /// # Errors
    /// [`SiteError::Io`].
    pub fn tree(&self, digest: &Digest) -> Result<Option<Tree>, SiteError> {
        let bytes = self.kept(TREES, digest)?;
        Ok(bytes.and_then(|bytes| Tree::from_bytes(&bytes).ok()))
    }

    /// A file as it came, if it is here and undamaged.
    ///
    /// # Errors
    /// [`SiteError::Io`].
    pub fn original(&self, digest: &Digest) -> Result<Option<Vec<u8>>, SiteError> {
        self.kept(ORIGINALS, digest)
    }

    /// Keeps bytes under their digest in one of our folders.
    ///
    /// # Errors
    /// [`SiteError::Io`].
    pub fn keep(&self, folder: &str, digest: &Digest, bytes: &[u8]) -> Result<(), SiteError> {
        if self.kept(folder, digest)?.is_some() {
            return Ok(());
        }
        let into = self.own(folder)?;
        let name = digest.to_string();
        let new = format!("{name}.new");
        let put = || {
            discard(&into, &new)?;
            let mut file: File = into.create_file(&new)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            into.rename(&new, &into, &name)?;
            into.sync()
        };
        put().map_err(self.wrong(folder))
    }

    fn kept(&self, folder: &str, digest: &Digest) -> Result<Option<Vec<u8>>, SiteError> {
        let file = match self.own(folder)?.open_file(digest.to_string()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file.map_err(self.wrong(folder))?,
        };
        let mut bytes = Vec::new();
        file.take(LARGEST).read_to_end(&mut bytes).map_err(self.wrong(folder))?;
        Ok(Some(bytes).filter(|bytes| digest_of(bytes) == *digest))
    }

    /// Takes directories of versions away: first out of sight, then for good.
    ///
    /// # Errors
    /// [`SiteError::Io`].
    pub fn remove(&self, versions: &Folder, directories: &[String]) -> Result<(), SiteError> {
        let trash = self.own(TRASH)?;
        for directory in directories {
            let removed =
                discard(&trash, directory).and_then(|()| match versions.rename(directory, &trash, directory) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                    renamed => renamed,
                });
            removed.map_err(|source| SiteError::Io { path: self.path.join(directory), source })?;
        }
        versions.sync().map_err(self.wrong(TRASH))?;
        self.empty(TRASH, |_| false)
    }

    /// Removes directories with data, by their paths below the root, and tells which were there. No link on the way is followed, and a link
    /// in the place of one is removed itself.
    ///
    /// # Errors
    /// [`SiteError::Io`], also if what leads there is a link or no folder.
    pub fn remove_data(&self, directories: &[String]) -> Result<Vec<String>, SiteError> {
        let mut removed = Vec::new();
        for directory in directories {
            let wrong = |source| SiteError::Io { path: self.path.join(directory), source };
            let path = EntryPath::new(directory).map_err(|error| wrong(io::Error::other(error.to_string())))?;
            let mut walk = Walk::new(&self.root);
            let parent = match walk.parent(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                parent => parent.map_err(wrong)?,
            };
            if parent.look_up(path.name()).map_err(wrong)?.is_some() {
                discard(parent, path.name()).map_err(wrong)?;
                parent.sync().map_err(wrong)?;
                removed.push(directory.clone());
            }
        }
        Ok(removed)
    }

    /// Removes what is in one of our folders, except what is to stay.
    ///
    /// # Errors
    /// [`SiteError::Io`].
    pub fn empty(&self, folder: &str, stays: impl Fn(&str) -> bool) -> Result<(), SiteError> {
        let opened = self.own(folder)?;
        let clear = || {
            for name in opened.names()?.collect::<io::Result<Vec<_>>>()? {
                if !std::str::from_utf8(&name).is_ok_and(&stays) {
                    discard(&opened, name)?;
                }
            }
            Ok(())
        };
        clear().map_err(self.wrong(folder))
    }

    /// Removes everything of ours, and the root if nothing else is in it.
    ///
    /// # Errors
    /// [`SiteError::Io`].
    pub fn clear(&self) -> Result<(), SiteError> {
        discard(&self.root, OWN).map_err(self.wrong(""))?;
        match std::fs::remove_dir(&self.path) {
            // Logs and data that no version owned stay.
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
            removed => removed.map_err(|source| SiteError::Io { path: self.path.clone(), source }),
        }
    }

    pub(super) fn own_path(&self, name: &str) -> PathBuf {
        self.path.join(OWN).join(name)
    }

    pub(super) fn wrong(&self, name: &str) -> impl FnOnce(io::Error) -> SiteError {
        let path = self.own_path(name);
        move |source| SiteError::Io { path, source }
    }
}
