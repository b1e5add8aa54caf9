//! Small files that are replaced whole and durably, and read with a bound.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use packhorse_crashpoint as crashpoint;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The largest file that is read whole.
const LARGEST: u64 = 64 << 20;

/// Puts a file in place by a rename, and returns when that is on disk: readers see the old one or the new one.
///
/// # Errors
/// Those of the disk. The old file is then still there.
pub fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    match std::fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    crashpoint::write("file.create")?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&new)?;
    crashpoint::write("file.write")?;
    file.write_all(bytes)?;
    crashpoint::write("file.sync")?;
    file.sync_all()?;
    crashpoint::write("file.rename")?;
    std::fs::rename(&new, path)?;
    sync_folder_of(path)
}

/// [`replace`] with JSON that only its owner can read.
///
/// # Errors
/// As [`replace`].
pub fn replace_json(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let bytes = serde_json::to_vec_pretty(value).map_err(io::Error::other)?;
    replace(path, &bytes, 0o600)
}

/// Reads a file that must not be large; nothing if it is not there.
///
/// # Errors
/// Those of the disk, and `FileTooLarge`.
pub fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut bytes = Vec::new();
    if file.take(LARGEST + 1).read_to_end(&mut bytes)? as u64 > LARGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "more than 64 MiB"));
    }
    Ok(Some(bytes))
}

/// Reads JSON; nothing if the file is not there.
///
/// # Errors
/// As [`read`], and `InvalidData`.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    let Some(bytes) = read(path)? else { return Ok(None) };
    serde_json::from_slice(&bytes).map(Some).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// Makes the names in the folder of `path` durable.
///
/// # Errors
/// Those of the disk.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    crashpoint::write("folder.sync")?;
    File::open(folder)?.sync_all()
}
