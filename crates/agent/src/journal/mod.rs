//! The journal: everything that the agent must know again after it was killed, in one append-only file.
//!
//! # What must hold
//! - [`Journal::commit`] returns when the records are on disk. Whoever depends on a record (acknowledges it, reports it, runs a
//!   command because of it) commits first.
//! - All records of a commit are one frame: after a crash all of them are there or none.
//! - The file is never longer than some multiple of what it says: [`Journal::compact`] writes it anew, beside the old one, and
//!   renames.
//! - One agent writes it: the state directory is locked by whoever opened it.

mod frame;

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use packhorse_crashpoint as crashpoint;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::files;
pub use frame::Damage;

/// Files below this size are not worth writing anew.
const SMALL: u64 = 256 << 10;
/// The largest journal that is read; compaction keeps it far below.
const LARGEST_FILE: u64 = 256 << 20;

/// The journal cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The disk says no.
    #[error("the journal {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Its bytes are damaged.
    #[error("the journal {path} is damaged: {damage}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where.
        damage: Damage,
    },
    /// A record is whole and makes no sense: it was written by another version, or by something else.
    #[error("the journal {path} has a record that this agent does not understand: {reason}")]
    Record {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// An open journal of records of type `R`.
#[derive(Debug)]
pub struct Journal<R> {
    path: PathBuf,
    file: File,
    size: u64,
    /// The size after the last compaction, or at opening.
    base: u64,
    pending: Vec<R>,
}

impl<R: Serialize + DeserializeOwned> Journal<R> {
    /// Opens or makes the journal, and gives the records that are in it. A tail that a crash has torn is cut off.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn open(path: &Path) -> Result<(Self, Vec<R>), JournalError> {
        let wrong = |source| JournalError::Io { path: path.to_owned(), source };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = options.open(path).map_err(wrong)?;
        let mut bytes = Vec::new();
        (&mut file).take(LARGEST_FILE).read_to_end(&mut bytes).map_err(wrong)?;
        let frames = frame::read(&bytes).map_err(|damage| JournalError::Damaged { path: path.to_owned(), damage })?;
        let mut records = Vec::new();
        for payload in &frames.payloads {
            let frame: Vec<R> = serde_json::from_slice(payload)
                .map_err(|error| JournalError::Record { path: path.to_owned(), reason: error.to_string() })?;
            records.extend(frame);
        }
        let mut size = frames.good as u64;
        if size < bytes.len() as u64 {
            tracing::warn!(path = %path.display(), bytes = bytes.len() as u64 - size, "cut a torn record off the journal");
            file.set_len(size).map_err(wrong)?;
        }
        if size == 0 {
            file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0))).map_err(wrong)?;
            file.write_all(frame::MAGIC).map_err(wrong)?;
            size = frame::MAGIC.len() as u64;
        }
        file.sync_all().and_then(|()| files::sync_folder_of(path)).map_err(wrong)?;
        file.seek(SeekFrom::Start(size)).map_err(wrong)?;
        Ok((Self { path: path.to_owned(), file, size, base: size, pending: Vec::new() }, records))
    }

    /// Adds a record to the next commit.
    pub fn push(&mut self, record: R) {
        self.pending.push(record);
    }

    /// Makes everything that was pushed durable.
    ///
    /// # Errors
    /// [`JournalError::Io`]. The records stay pending, and the file as it was before, as far as the disk allows.
    pub fn commit(&mut self) -> Result<(), JournalError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let frame = self.frame(&self.pending)?;
        let written = crashpoint::write("journal.write")
            .and_then(|()| self.file.write_all(&frame))
            .and_then(|()| crashpoint::write("journal.sync"))
            .and_then(|()| self.file.sync_data());
        if let Err(source) = written {
            // What was written of the frame must not stand before the next one.
            let _ = self.file.set_len(self.size).and_then(|()| self.file.seek(SeekFrom::Start(self.size)));
            return Err(JournalError::Io { path: self.path.clone(), source });
        }
        crashpoint::reach("journal.committed");
        self.size += frame.len() as u64;
        self.pending.clear();
        Ok(())
    }

    /// Whether most of the file is history.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.size > SMALL && self.size > 4 * self.base
    }

    /// Replaces everything by these records, which say the same, including what is pending.
    ///
    /// # Errors
    /// [`JournalError::Io`]; the old journal is then still there.
    pub fn compact(&mut self, records: &[R]) -> Result<(), JournalError> {
        let wrong = |source| JournalError::Io { path: self.path.clone(), source };
        let mut bytes = frame::MAGIC.to_vec();
        bytes.extend(self.frame(records)?);
        files::replace(&self.path, &bytes, 0o600).map_err(wrong)?;
        let mut file = OpenOptions::new().read(true).write(true).open(&self.path).map_err(wrong)?;
        self.size = file.seek(SeekFrom::End(0)).map_err(wrong)?;
        self.base = self.size;
        self.file = file;
        self.pending.clear();
        Ok(())
    }

    fn frame(&self, records: &[R]) -> Result<Vec<u8>, JournalError> {
        let unwritable = |reason| JournalError::Record { path: self.path.clone(), reason };
        let payload = serde_json::to_vec(records).map_err(|error| unwritable(error.to_string()))?;
        frame::encode(&payload).ok_or_else(|| unwritable("it is too large".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(path: &Path) -> (Journal<u32>, Vec<u32>) {
        Journal::open(path).unwrap()
    }

    #[test]
    fn what_was_committed_is_read_back_and_what_was_not_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let (mut journal, records) = open(&path);
        assert!(records.is_empty());
        (0..3).for_each(|record| journal.push(record));
        journal.commit().unwrap();
        journal.push(3);
        drop(journal);
        let (mut journal, records) = open(&path);
        assert_eq!(records, [0, 1, 2]);
        journal.push(4);
        journal.commit().unwrap();
        assert_eq!(open(&path).1, [0, 1, 2, 4]);
    }

    #[test]
    fn a_torn_tail_is_cut_and_damage_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let (mut journal, _) = open(&path);
        for record in [1, 2] {
            journal.push(record);
            journal.commit().unwrap();
        }
        let mut bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        let (mut journal, records) = open(&path);
        assert_eq!(records, [1]);
        journal.push(3);
        journal.commit().unwrap();
        assert_eq!(open(&path).1, [1, 3]);

        bytes[frame::MAGIC.len() + 5] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let error = Journal::<u32>::open(&path).unwrap_err().to_string();
        assert!(error.ends_with("is damaged: the record at byte 8 is damaged"), "{error}");
    }

    #[test]
    fn compaction_bounds_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let (mut journal, _) = Journal::<String>::open(&path).unwrap();
        let mut largest = 0;
        for number in 0..40 {
            journal.push(format!("{number}{}", "x".repeat(50_000)));
            journal.commit().unwrap();
            if journal.is_long() {
                journal.compact(&[format!("up to {number}")]).unwrap();
            }
            largest = largest.max(std::fs::metadata(&path).unwrap().len());
        }
        assert!(largest < 2 * SMALL, "{largest}");
        drop(journal);
        let (_, records) = Journal::<String>::open(&path).unwrap();
        assert!(records[0].starts_with("up to ") && records.last().unwrap().starts_with("39"));
    }
}
