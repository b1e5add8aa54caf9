//! Bytes that are being uploaded, on disk: one file for each upload, which is only ever appended to.
//!
//! A row says how many bytes of a file are safe; what lies behind them was being written when something stopped, and is written
//! again. Whoever goes on with an upload takes it over from a connection that still hangs.

use std::collections::HashMap;
use std::io::{self, SeekFrom};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, BodyDataStream};
use futures::StreamExt as _;
use packhorse_model::ids::UploadId;
use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};
use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

use crate::error::ApiError;
use crate::intake::stored;

/// A piece is made safe after so many bytes: what a crash can cost.
const PIECE: u64 = 8 << 20;

/// Where uploads lie.
pub(crate) struct Spool {
    directory: PathBuf,
    held: Held,
}

type Held = Arc<Mutex<HashMap<UploadId, Holder>>>;

struct Holder {
    lock: Arc<tokio::sync::Mutex<()>>,
    /// Asks whoever writes now to stop.
    stop: CancellationToken,
}

/// An upload that nobody else works on.
pub(crate) struct Hold {
    id: UploadId,
    held: Held,
    lock: Arc<tokio::sync::Mutex<()>>,
    guard: Option<OwnedMutexGuard<()>>,
    stop: CancellationToken,
}

impl Drop for Hold {
    fn drop(&mut self) {
        drop(self.guard.take());
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        // The map's and ours: nobody else waits.
        if Arc::strong_count(&self.lock) == 2 {
            held.remove(&self.id);
        }
    }
}

/// How an append ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// All that the client sent is safe.
    Whole,
    /// The connection broke, or another one has taken over.
    CutOff,
    /// The client sent more than it had announced; the rest was not taken.
    TooLong,
}

impl Spool {
    pub(super) fn new(directory: PathBuf) -> Self {
        Self { directory, held: Held::default() }
    }

    /// Takes an upload over from whoever has it, as soon as what they were writing is safe.
    pub(crate) async fn hold(&self, id: UploadId) -> Hold {
        let stop = CancellationToken::new();
        let lock = {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            let lock = held.get(&id).map(|before| {
                before.stop.cancel();
                Arc::clone(&before.lock)
            });
            let lock = lock.unwrap_or_default();
            held.insert(id, Holder { lock: Arc::clone(&lock), stop: stop.clone() });
            lock
        };
        let mut hold = Hold { id, held: Arc::clone(&self.held), lock: Arc::clone(&lock), guard: None, stop };
        hold.guard = Some(lock.lock_owned().await);
        hold
    }

    fn path(&self, id: UploadId) -> PathBuf {
        self.directory.join(id.to_string())
    }

    /// How many of the bytes that should be safe are there in fact: fewer if the directory was lost.
    pub(crate) async fn present(&self, hold: &Hold, received: u64) -> io::Result<u64> {
        match tokio::fs::metadata(self.path(hold.id)).await {
            Ok(metadata) => Ok(metadata.len().min(received)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Appends a body after the first `received` bytes, up to `size` bytes in all; [`Append::next`] does it.
    pub(crate) async fn append(&self, hold: &Hold, received: u64, size: u64, body: Body) -> Result<Append, ApiError> {
        let file = self.open(hold, received).await.map_err(stored)?;
        Ok(Append { file, pieces: body.into_data_stream(), at: received, size, stop: hold.stop.clone() })
    }

    async fn open(&self, hold: &Hold, received: u64) -> io::Result<File> {
        tokio::fs::create_dir_all(&self.directory).await?;
        let path = self.path(hold.id);
        let is_new = received == 0;
        let mut file = OpenOptions::new().create(true).write(true).truncate(is_new).open(path).await?;
        file.set_len(received).await?;
        file.seek(SeekFrom::Start(received)).await?;
        if is_new {
            // So that the name is as safe as the bytes.
            File::open(&self.directory).await?.sync_all().await?;
        }
        Ok(file)
    }

    /// The bytes of a complete upload.
    pub(crate) async fn read(&self, hold: &Hold) -> io::Result<std::fs::File> {
        Ok(File::open(self.path(hold.id)).await?.into_std().await)
    }

    /// Removes the bytes of an upload.
    pub(crate) async fn remove(&self, hold: &Hold) -> io::Result<()> {
        self.remove_file(hold.id).await
    }

    /// Removes the bytes of an upload that no row names.
    pub(super) async fn remove_file(&self, id: UploadId) -> io::Result<()> {
        match tokio::fs::remove_file(self.path(id)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Every upload of which there are bytes.
    pub(super) async fn list(&self) -> io::Result<Vec<UploadId>> {
        let mut entries = match tokio::fs::read_dir(&self.directory).await {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut found = Vec::new();
        while let Some(entry) = entries.next_entry().await? {
            found.extend(entry.file_name().to_str().and_then(|name| name.parse::<UploadId>().ok()));
        }
        Ok(found)
    }
}

/// A body that is being appended to an upload.
pub(crate) struct Append {
    file: File,
    pieces: BodyDataStream,
    at: u64,
    size: u64,
    stop: CancellationToken,
}

impl Append {
    /// Writes some more of the body: says up to where all bytes are on disk now, and how it has ended, if it has.
    pub(crate) async fn next(&mut self) -> Result<(u64, Option<Ended>), ApiError> {
        let until = self.at.saturating_add(PIECE);
        let mut ended = None;
        while ended.is_none() && self.at < until {
            let piece = tokio::select! {
                biased;
                () = self.stop.cancelled() => Some(Err(())),
                piece = self.pieces.next() => piece.map(|piece| piece.map_err(drop)),
            };
            match piece {
                None => ended = Some(Ended::Whole),
                Some(Err(())) => ended = Some(Ended::CutOff),
                Some(Ok(piece)) if piece.len() as u64 > self.size - self.at => ended = Some(Ended::TooLong),
                Some(Ok(piece)) => {
                    self.file.write_all(&piece).await.map_err(stored)?;
                    self.at += piece.len() as u64;
                }
            }
        }
        sync(&mut self.file).await.map_err(stored)?;
        Ok((self.at, ended))
    }
}

async fn sync(file: &mut File) -> io::Result<()> {
    file.flush().await?;
    file.sync_data().await
}
