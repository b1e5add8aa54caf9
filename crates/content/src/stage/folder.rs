//! Folders as handles, and walking below them without following links.

use std::ffi::CStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
use std::path::Path;

use packhorse_crashpoint as crashpoint;
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, RawMode, Stat};

use crate::path::EntryPath;

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
/// While a tree is being written nobody else looks into it.
const PRIVATE: Mode = Mode::RWXU;

/// An open folder.
///
/// What lies in it is named by plain names only: a name with a `/`, or `.` or `..`, is refused.
#[derive(Debug)]
pub struct Folder(OwnedFd);

impl Folder {
    /// Opens a folder by a path that is trusted, such as an install root; the last name of it must not be a link.
    ///
    /// # Errors
    /// If it is missing, no folder, or a link.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(rustix::fs::open(path, FOLDER, Mode::empty())?))
    }

    /// Opens a folder in this one.
    ///
    /// # Errors
    /// If it is missing, no folder, or a link.
    pub fn folder(&self, name: impl AsRef<[u8]>) -> io::Result<Self> {
        Ok(Self(rustix::fs::openat(&self.0, plain(&name)?, FOLDER, Mode::empty())?))
    }

    /// Makes a folder that only its owner can enter.
    ///
    /// # Errors
    /// If there is something with this name.
    pub fn create_folder(&self, name: impl AsRef<[u8]>) -> io::Result<Self> {
        crashpoint::write("folder.make")?;
        rustix::fs::mkdirat(&self.0, plain(&name)?, PRIVATE)?;
        self.folder(&name)
    }

    /// Opens a folder in this one, which is made if it is missing.
    ///
    /// # Errors
    /// If what is there is no folder.
    pub fn ensure_folder(&self, name: impl AsRef<[u8]>) -> io::Result<Self> {
        match self.create_folder(&name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.folder(name),
            made => made,
        }
    }

    /// Makes an empty file that only its owner can read.
    ///
    /// # Errors
    /// If there is something with this name.
    pub fn create_file(&self, name: impl AsRef<[u8]>) -> io::Result<File> {
        crashpoint::write("folder.file")?;
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(&self.0, plain(&name)?, flags, Mode::RUSR | Mode::WUSR)?.into())
    }

    /// Opens a regular file for reading.
    ///
    /// # Errors
    /// If it is missing, or anything but a regular file.
    pub fn open_file(&self, name: impl AsRef<[u8]>) -> io::Result<File> {
        // Without NONBLOCK, opening a pipe that someone put there would wait for its writer.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.0, plain(&name)?, flags, Mode::empty())?;
        if file_type(&rustix::fs::fstat(&file)?) != FileType::RegularFile {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok(file.into())
    }

    /// Makes a symbolic link.
    ///
    /// # Errors
    /// If there is something with this name.
    pub fn create_link(&self, name: impl AsRef<[u8]>, target: &str) -> io::Result<()> {
        crashpoint::write("folder.link")?;
        Ok(rustix::fs::symlinkat(target, &self.0, plain(&name)?)?)
    }

    /// What a symbolic link says.
    ///
    /// # Errors
    /// If it is missing, or no link.
    pub fn read_link(&self, name: impl AsRef<[u8]>) -> io::Result<Vec<u8>> {
        Ok(rustix::fs::readlinkat(&self.0, plain(&name)?, Vec::new())?.into_bytes())
    }

    /// Renames `name` here to `new_name` in `to`, over what has that name there.
    ///
    /// # Errors
    /// Those of the rename.
    pub fn rename(&self, name: impl AsRef<[u8]>, to: &Self, new_name: impl AsRef<[u8]>) -> io::Result<()> {
        crashpoint::write("folder.rename")?;
        Ok(rustix::fs::renameat(&self.0, plain(&name)?, &to.0, plain(&new_name)?)?)
    }

    /// Removes a file or a link.
    ///
    /// # Errors
    /// If it is missing, or a folder.
    pub fn remove_file(&self, name: impl AsRef<[u8]>) -> io::Result<()> {
        crashpoint::write("folder.remove")?;
        Ok(rustix::fs::unlinkat(&self.0, plain(&name)?, AtFlags::empty())?)
    }

    /// Removes an empty folder.
    ///
    /// # Errors
    /// If it is missing, no folder, or has something in it.
    pub fn remove_folder(&self, name: impl AsRef<[u8]>) -> io::Result<()> {
        crashpoint::write("folder.remove")?;
        Ok(rustix::fs::unlinkat(&self.0, plain(&name)?, AtFlags::REMOVEDIR)?)
    }

    /// What has this name, a link itself and not what it leads to; `None` if nothing has.
    ///
    /// # Errors
    /// If it can't be looked up.
    pub fn look_up(&self, name: impl AsRef<[u8]>) -> io::Result<Option<Stat>> {
        match rustix::fs::statat(&self.0, plain(&name)?, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(rustix::io::Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Lets its owner into a folder in this one that is closed even to them.
    ///
    /// # Errors
    /// If it is missing, no folder, a link, or somebody else's.
    pub fn unlock_folder(&self, name: impl AsRef<[u8]>) -> io::Result<()> {
        // What can't be opened has no handle to change the mode of, and by its name the kernel would follow a link. So the
        // name is pinned first, and changed by what it was pinned to.
        let pinned = rustix::fs::openat(&self.0, plain(&name)?, FOLDER | OFlags::PATH, Mode::empty())?;
        Ok(rustix::fs::chmod(format!("/proc/self/fd/{}", pinned.as_raw_fd()), PRIVATE)?)
    }

    /// Sets the nine permission bits of this folder.
    ///
    /// # Errors
    /// If they can't be set.
    pub fn set_mode(&self, mode: u16) -> io::Result<()> {
        Ok(rustix::fs::fchmod(&self.0, Mode::from_raw_mode(RawMode::from(mode)))?)
    }

    /// The permission bits of this folder, with those beyond the nine.
    ///
    /// # Errors
    /// If they can't be read.
    pub fn mode(&self) -> io::Result<u16> {
        Ok(permissions(&rustix::fs::fstat(&self.0)?))
    }

    /// The names in this folder, as bytes, in no order.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn names(&self) -> io::Result<impl Iterator<Item = io::Result<Vec<u8>>>> {
        let entries = Dir::read_from(&self.0)?;
        Ok(entries.filter_map(|entry| match entry {
            Ok(entry) if matches!(entry.file_name().to_bytes(), b"." | b"..") => None,
            Ok(entry) => Some(Ok(CStr::to_bytes(entry.file_name()).to_vec())),
            Err(error) => Some(Err(error.into())),
        }))
    }

    /// Makes the names in this folder durable.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn sync(&self) -> io::Result<()> {
        crashpoint::write("folder.sync")?;
        Ok(rustix::fs::fsync(&self.0)?)
    }

    /// Makes everything durable that was written to the file system on which this folder lies.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn sync_file_system(&self) -> io::Result<()> {
        crashpoint::write("folder.sync_all")?;
        Ok(rustix::fs::syncfs(&self.0)?)
    }

    /// A second handle of the same folder.
    ///
    /// # Errors
    /// If no more handles can be had.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(Self(self.0.try_clone()?))
    }
}

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl From<OwnedFd> for Folder {
    /// The caller vouches that it is the handle of a folder; on anything else every call gives an error.
    fn from(fd: OwnedFd) -> Self {
        Self(fd)
    }
}

pub(super) fn file_type(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}

/// The permission bits, with those beyond the nine.
pub(super) fn permissions(stat: &Stat) -> u16 {
    u16::try_from(stat.st_mode & 0o7777).unwrap_or(u16::MAX)
}

fn plain(name: &impl AsRef<[u8]>) -> io::Result<&[u8]> {
    let name = name.as_ref();
    if matches!(name, b"" | b"." | b"..") || name.contains(&b'/') {
        let message = format!("{:?} is not a plain name", String::from_utf8_lossy(name));
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    Ok(name)
}

/// Finds the folders of paths, one after the other; those that the next path shares with the one before stay open.
#[derive(Debug)]
pub struct Walk<'f> {
    root: &'f Folder,
    open: Vec<(Box<str>, Folder)>,
}

impl<'f> Walk<'f> {
    /// Starts at `root`.
    #[must_use]
    pub fn new(root: &'f Folder) -> Self {
        Self { root, open: Vec::new() }
    }

    /// The folder that `path` lies in.
    ///
    /// # Errors
    /// If a folder on the way is missing, no folder, or a link.
    pub fn parent(&mut self, path: &EntryPath) -> io::Result<&Folder> {
        self.folder(path.parent().unwrap_or_default())
    }

    /// The folder at this path, which is empty for the root.
    ///
    /// # Errors
    /// As [`Walk::parent`].
    pub fn folder(&mut self, path: &str) -> io::Result<&Folder> {
        let mut names = path.split('/').filter(|name| !name.is_empty()).peekable();
        let mut shared = 0;
        while let Some((name, _)) = self.open.get(shared)
            && names.next_if_eq(&&**name).is_some()
        {
            shared += 1;
        }
        self.open.truncate(shared);
        for name in names {
            let folder = self.last().folder(name)?;
            self.open.push((name.into(), folder));
        }
        Ok(self.last())
    }

    fn last(&self) -> &Folder {
        self.open.last().map_or(self.root, |(_, folder)| folder)
    }
}
