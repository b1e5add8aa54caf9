//! A package made of what lies on this machine: a folder as it is, or single files under names of their own, and texts that lie nowhere.
//!
//! The archive is a function of paths, permissions and bytes alone. Times and owners are not taken along, so that the same files make
//! the same archive on every machine and at any time.

use std::collections::HashMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};
use packhorse_model::Digest;

use crate::codec::digest_of;
use crate::path::{EntryPath, LinkTarget, PathError};
use crate::transfer::write_tar_from;
use crate::tree::{Entry, EntryKind, LINK_MODE, Tree, TreeError};

/// The level at which zlib packs: the one that it uses itself, of which a recipe is proven soonest.
const LEVEL: u32 = 6;
/// The mode of a text that lies nowhere.
const TEXT_MODE: u16 = 0o644;

/// Why no package can be made of files.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// A file that cannot be read.
    #[error("could not read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A device, a socket or the like.
    #[error("{} is neither a file nor a folder nor a link", .0.display())]
    Special(PathBuf),
    /// A name that no package may have in it.
    #[error(transparent)]
    Path(#[from] PathError),
    /// Files that make no package together: two of one name, a link that leads out.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// The archive could not be written, or a file was changed meanwhile.
    #[error("could not pack: {0}")]
    Pack(io::Error),
}

/// Where the bytes of a file are.
#[derive(Debug)]
enum Place {
    File(PathBuf),
    Text(Vec<u8>),
}

/// The files of a package.
#[derive(Debug, Default)]
pub struct LocalTree {
    entries: Vec<Entry>,
    places: HashMap<EntryPath, Place>,
}

impl LocalTree {
    /// Everything in a folder, with empty folders and links. Links are not followed.
    ///
    /// # Errors
    /// When something cannot be read, is special, or has a name that no package may have in it.
    pub fn of_folder(folder: &Path) -> Result<Self, LocalError> {
        let mut tree = Self::default();
        let mut open = vec![(folder.to_owned(), Vec::new())];
        while let Some((folder, path)) = open.pop() {
            let unreadable = |source| LocalError::Read { path: folder.clone(), source };
            for entry in fs::read_dir(&folder).map_err(unreadable)? {
                let entry = entry.map_err(unreadable)?;
                let mut path = path.clone();
                path.extend_from_slice(entry.file_name().as_bytes());
                let metadata = entry.metadata().map_err(unreadable)?;
                tree.add(&entry.path(), EntryPath::from_bytes(&path)?, &metadata)?;
                if metadata.is_dir() {
                    path.push(b'/');
                    open.push((entry.path(), path));
                }
            }
        }
        Ok(tree)
    }

    /// Adds one file, whose permissions it keeps, at the top under this name.
    ///
    /// # Errors
    /// When it cannot be read, is no file, or its name is none for a package.
    pub fn add_file(&mut self, file: &Path, name: &str) -> Result<(), LocalError> {
        let metadata = fs::metadata(file).map_err(|source| LocalError::Read { path: file.to_owned(), source })?;
        if !metadata.is_file() {
            return Err(LocalError::Special(file.to_owned()));
        }
        self.add(file, EntryPath::new(name)?, &metadata)
    }

    /// Adds a text at the top under this name.
    ///
    /// # Errors
    /// When its name is none for a package.
    pub fn add_text(&mut self, name: &str, text: String) -> Result<(), LocalError> {
        let bytes = text.into_bytes();
        let path = EntryPath::new(name)?;
        let kind = EntryKind::File { size: bytes.len() as u64, digest: digest_of(&bytes) };
        self.entries.push(Entry { path: path.clone(), mode: TEXT_MODE, kind });
        self.places.insert(path, Place::Text(bytes));
        Ok(())
    }

    fn add(&mut self, local: &Path, path: EntryPath, metadata: &Metadata) -> Result<(), LocalError> {
        let unreadable = |source| LocalError::Read { path: local.to_owned(), source };
        let mode = u16::try_from(metadata.permissions().mode() & 0o777).unwrap_or_default();
        let (mode, kind) = if metadata.is_dir() {
            (mode, EntryKind::Directory)
        } else if metadata.is_symlink() {
            let target = fs::read_link(local).map_err(unreadable)?;
            (LINK_MODE, EntryKind::Symlink { target: LinkTarget::from_bytes(target.as_os_str().as_bytes())? })
        } else if metadata.is_file() {
            let mut hasher = blake3::Hasher::new();
            let file = File::open(local).map_err(unreadable)?;
            hasher.update_reader(file).map_err(unreadable)?;
            self.places.insert(path.clone(), Place::File(local.to_owned()));
            (mode, EntryKind::File { size: hasher.count(), digest: Digest::new(*hasher.finalize().as_bytes()) })
        } else {
            return Err(LocalError::Special(local.to_owned()));
        };
        self.entries.push(Entry { path, mode, kind });
        Ok(())
    }

    /// Writes the archive, a `.tar.gz`.
    ///
    /// # Errors
    /// When the files make no package together, when one of them has changed since it was added, or when `out` fails.
    pub fn pack(self, out: impl Write) -> Result<(), LocalError> {
        let Self { entries, places } = self;
        let tree = Tree::new(entries)?;
        let mut gzip = GzBuilder::new().write(out, Compression::new(LEVEL));
        let open = |path: &EntryPath, digest: &Digest, size: u64| match places.get(path) {
            Some(Place::File(local)) => Unchanged::open(local, *digest, size).map(Box::new).map(Opened::File),
            Some(Place::Text(bytes)) => Ok(Opened::Text(bytes)),
            None => Err(io::ErrorKind::NotFound.into()),
        };
        write_tar_from(&tree, open, &mut gzip).map_err(LocalError::Pack)?;
        gzip.finish().and_then(|mut out| out.flush()).map_err(LocalError::Pack)
    }
}

enum Opened<'a> {
    File(Box<Unchanged>),
    Text(&'a [u8]),
}

impl Read for Opened<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Text(bytes) => bytes.read(buffer),
        }
    }
}

/// A file that fails if it is not what it was when it was added.
struct Unchanged {
    file: File,
    hasher: blake3::Hasher,
    path: PathBuf,
    digest: Digest,
    size: u64,
}

impl Unchanged {
    fn open(path: &Path, digest: Digest, size: u64) -> io::Result<Self> {
        let file =
            File::open(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
        Ok(Self { file, hasher: blake3::Hasher::new(), path: path.to_owned(), digest, size })
    }
}

impl Read for Unchanged {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        let is_over = count == 0 && !buffer.is_empty();
        if self.hasher.count() > self.size || is_over && Digest::new(*self.hasher.finalize().as_bytes()) != self.digest
        {
            let message = format!("{} was changed while it was packed", self.path.display());
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use packhorse_model::filename::ArchiveFormat;

    use super::*;
    use crate::archive::{Limits, check};

    fn packed(tree: LocalTree) -> Vec<u8> {
        let mut bytes = Vec::new();
        tree.pack(&mut bytes).unwrap();
        bytes
    }

    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("bin/empty")).unwrap();
        fs::write(dir.path().join("bin/start.sh"), "#!/bin/sh\n").unwrap();
        for (path, mode) in [("bin", 0o755), ("bin/empty", 0o755), ("bin/start.sh", 0o4755)] {
            fs::set_permissions(dir.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
        }
        symlink("bin", dir.path().join("current")).unwrap();
        dir
    }

    #[test]
    fn a_folder_makes_the_same_archive_every_time() {
        let dir = folder();
        let first = packed(LocalTree::of_folder(dir.path()).unwrap());
        fs::File::open(dir.path().join("bin/start.sh")).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
        assert_eq!(packed(LocalTree::of_folder(dir.path()).unwrap()), first);
        let contents = check(io::Cursor::new(first), ArchiveFormat::TarGz, Limits::default()).unwrap();
        let seen: Vec<_> = contents.tree.iter().map(|entry| format!("{} {:o}", entry.path, entry.mode)).collect();
        assert_eq!(seen, ["bin 755", "bin/empty 755", "bin/start.sh 755", "current 777"]);
    }

    #[test]
    fn files_and_texts_lie_beside_one_another() {
        let dir = folder();
        let mut tree = LocalTree::default();
        tree.add_file(&dir.path().join("bin/start.sh"), "run").unwrap();
        tree.add_text("packhorse.toml", "keep = 1\n".to_owned()).unwrap();
        let contents = check(io::Cursor::new(packed(tree)), ArchiveFormat::TarGz, Limits::default()).unwrap();
        let seen: Vec<_> = contents.tree.iter().map(|entry| format!("{} {:o}", entry.path, entry.mode)).collect();
        assert_eq!(seen, ["packhorse.toml 644", "run 755"]);
    }

    #[test]
    fn what_makes_no_package_is_named() {
        let dir = folder();
        assert!(matches!(LocalTree::default().add_file(dir.path(), "x"), Err(LocalError::Special(_))));
        let mut twice = LocalTree::default();
        twice.add_text("a", String::new()).unwrap();
        twice.add_text("a", String::new()).unwrap();
        assert!(matches!(twice.pack(io::sink()), Err(LocalError::Tree(TreeError::Duplicate(_)))));
        let tree = LocalTree::of_folder(dir.path()).unwrap();
        fs::write(dir.path().join("bin/start.sh"), "#!/bin/ah\n").unwrap();
        let error = tree.pack(io::sink()).unwrap_err().to_string();
        assert!(error.contains("start.sh was changed while it was packed"), "{error}");
        symlink("../..", dir.path().join("out")).unwrap();
        let out = LocalTree::of_folder(dir.path()).unwrap().pack(io::sink()).unwrap_err();
        assert!(matches!(out, LocalError::Tree(TreeError::Link { .. })), "{out}");
    }
}
