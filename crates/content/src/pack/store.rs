//! Where packs are kept: written once under their digest, read by ranges.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use packhorse_crashpoint as crashpoint;
use packhorse_model::Digest;

use crate::source::not_found;

/// A place for packs.
pub trait PackStore: Send + Sync {
    /// Keeps a pack. When this returns, the pack survives a power cut. Writing the same pack again changes nothing.
    ///
    /// # Errors
    /// If it could not be written; nothing is kept then under the pack's name.
    fn write(&self, pack: &Digest, bytes: &[u8]) -> io::Result<()>;

    /// Reads exactly `len` bytes from `offset`.
    ///
    /// # Errors
    /// `NotFound` if there is no such pack, `UnexpectedEof` if it is shorter.
    fn read_range(&self, pack: &Digest, offset: u64, len: usize) -> io::Result<Vec<u8>>;

    /// How long a pack is.
    ///
    /// # Errors
    /// `NotFound` if there is no such pack.
    fn size(&self, pack: &Digest) -> io::Result<u64>;
}

/// Whoever shares a place has it.
macro_rules! shared {
    ($($shared:ty),+) => {$(
        impl<S: PackStore + ?Sized> PackStore for $shared {
            fn write(&self, pack: &Digest, bytes: &[u8]) -> io::Result<()> {
                (**self).write(pack, bytes)
            }

            fn read_range(&self, pack: &Digest, offset: u64, len: usize) -> io::Result<Vec<u8>> {
                (**self).read_range(pack, offset, len)
            }

            fn size(&self, pack: &Digest) -> io::Result<u64> {
                (**self).size(pack)
            }
        }
    )+};
}

shared!(&S, std::sync::Arc<S>);

/// Where packs are until they are complete.
const UNFINISHED: &str = "unfinished";

/// Packs in a directory: `ab/abcdef….pack`. One process at a time has it open.
#[derive(Debug)]
pub struct DirectoryPacks {
    root: PathBuf,
    /// Numbers the unfinished ones.
    next: AtomicU64,
}

impl DirectoryPacks {
    /// Keeps packs under `root`, which is made if it is not there. What an interrupted process left unfinished is removed.
    ///
    /// # Errors
    /// If it cannot be made or cleaned.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        fs::create_dir_all(root.join(UNFINISHED))?;
        for left in fs::read_dir(root.join(UNFINISHED))? {
            fs::remove_file(left?.path())?;
        }
        Ok(Self { root, next: AtomicU64::new(0) })
    }

    fn path(&self, pack: &Digest) -> PathBuf {
        let name = pack.to_string();
        self.root.join(&name[..2]).join(format!("{name}.pack"))
    }

    fn open_pack(&self, pack: &Digest) -> io::Result<File> {
        File::open(self.path(pack)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => not_found("pack", pack),
            _ => error,
        })
    }
}

impl PackStore for DirectoryPacks {
    fn write(&self, pack: &Digest, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(pack);
        if path.try_exists()? {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(&self.root);
        if !folder.try_exists()? {
            fs::create_dir_all(folder)?;
            sync_folder(&self.root)?;
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let temporary = self.root.join(UNFINISHED).join(number.to_string());
        let written = write_synced(&temporary, bytes)
            .and_then(|()| crashpoint::write("pack.rename"))
            .and_then(|()| fs::rename(&temporary, &path));
        if written.is_err() {
            // What is left of it would only take room; whether it can be removed does not change the error.
            let _ = fs::remove_file(&temporary);
        }
        written.and_then(|()| sync_folder(folder))
    }

    fn read_range(&self, pack: &Digest, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let mut file = self.open_pack(pack)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        file.take(len as u64).read_to_end(&mut bytes)?;
        if bytes.len() == len { Ok(bytes) } else { Err(too_short(pack)) }
    }

    fn size(&self, pack: &Digest) -> io::Result<u64> {
        Ok(self.open_pack(pack)?.metadata()?.len())
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    crashpoint::write("pack.create")?;
    let mut file = File::create(path)?;
    crashpoint::write("pack.write")?;
    file.write_all(bytes)?;
    crashpoint::write("pack.sync")?;
    file.sync_all()
}

/// Makes the names in a folder survive a power cut.
fn sync_folder(folder: &Path) -> io::Result<()> {
    crashpoint::write("pack.sync_folder")?;
    File::open(folder)?.sync_all()
}

fn too_short(pack: &Digest) -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, format!("pack {pack} is shorter than it was written"))
}

/// Packs in memory, for tests and for what is small and passing.
#[derive(Debug, Default)]
pub struct MemoryPacks {
    packs: Mutex<HashMap<Digest, Vec<u8>>>,
}

impl MemoryPacks {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<Digest, Vec<u8>>) -> T) -> T {
        work(&mut self.packs.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many packs there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.with(|packs| packs.len())
    }
}

impl PackStore for MemoryPacks {
    fn write(&self, pack: &Digest, bytes: &[u8]) -> io::Result<()> {
        self.with(|packs| packs.insert(*pack, bytes.to_vec()));
        Ok(())
    }

    fn read_range(&self, pack: &Digest, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        self.with(|packs| {
            let bytes = packs.get(pack).ok_or_else(|| not_found("pack", pack))?;
            let start = usize::try_from(offset).map_err(|_| too_short(pack))?;
            let range = start.checked_add(len).and_then(|end| bytes.get(start..end));
            range.map(<[u8]>::to_vec).ok_or_else(|| too_short(pack))
        })
    }

    fn size(&self, pack: &Digest) -> io::Result<u64> {
        self.with(|packs| packs.get(pack).map(|bytes| bytes.len() as u64).ok_or_else(|| not_found("pack", pack)))
    }
}
