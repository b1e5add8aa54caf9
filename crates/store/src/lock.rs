//! One server per data directory: an advisory lock on a file that names its holder.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use crate::error::StoreError;

const NAME: &str = "packhorse.lock";

/// Holds the directory until it is dropped or the process ends, however it ends.
pub(crate) struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    pub(crate) fn acquire(directory: &Path) -> Result<Self, StoreError> {
        let failed = |path: &Path, source| StoreError::File { path: path.to_owned(), source };
        std::fs::create_dir_all(directory).map_err(|error| failed(directory, error))?;
        let path = directory.join(NAME);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| failed(&path, error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Err(held(directory, &mut file)),
            Err(std::fs::TryLockError::Error(error)) => return Err(failed(&path, error)),
        }
        file.set_len(0)
            .and_then(|()| file.seek(SeekFrom::Start(0)))
            .and_then(|_| writeln!(file, "{}", std::process::id()))
            .map_err(|error| failed(&path, error))?;
        Ok(Self { _file: file })
    }
}

/// Who holds this directory, if someone does. Makes and changes nothing.
pub(crate) fn holder(directory: &Path) -> Option<StoreError> {
    let mut file = File::open(directory.join(NAME)).ok()?;
    match file.try_lock_shared() {
        Err(std::fs::TryLockError::WouldBlock) => Some(held(directory, &mut file)),
        _ => None,
    }
}

fn held(directory: &Path, file: &mut File) -> StoreError {
    let mut holder = String::new();
    // What cannot be read is only the name in a message.
    let _ = file.read_to_string(&mut holder);
    let holder = match holder.trim() {
        "" => "unknown".to_owned(),
        known => known.to_owned(),
    };
    StoreError::Locked { directory: directory.to_owned(), holder }
}
