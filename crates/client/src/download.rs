//! `/api/v1/packages/{name}/versions/{version}/archive`: the exact bytes that were uploaded, into a file.
//!
//! The bytes go to `.NAME.part` beside the file and get their name only when all have come and their SHA-256 is the one that
//! the server keeps for the version. A part that is left by a broken download is gone on with, by the next try or the next
//! run; it is locked while it is written, so that two runs never write one file.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use futures::TryStreamExt;
use packhorse_model::api::packages::VersionDetail;
use reqwest::header::{CONTENT_RANGE, RANGE};
use reqwest::{Method, Response, StatusCode};
use sha2::{Digest, Sha256};

use crate::client::Client;
use crate::error::ClientError;
use crate::progress::Progress;

/// Broken connections in a row, without a byte in between, after which a download is given up; its part stays.
const MAX_BARREN_TRIES: u32 = 5;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(500);
const BLOCK: usize = 256 << 10;

impl Client {
    /// Downloads the archive of `version` to `to`, which is replaced if it exists.
    ///
    /// # Errors
    /// When the server refuses or stays out of reach, the file cannot be written, or other bytes come than were uploaded.
    pub async fn download(&self, version: &VersionDetail, to: &Path, progress: &Progress) -> Result<(), ClientError> {
        let mut part = Part::open(to)?;
        match self.fill(version, &mut part, progress).await {
            Ok(()) => part.finish(to),
            // What broke on the way is gone on with later; anything else would only fail again, or fills the disk.
            Err(error @ ClientError::Unreachable { .. }) if part.length > 0 => Err(error),
            Err(error) => {
                part.discard();
                Err(error)
            }
        }
    }

    /// Brings all bytes and proves them. A part of an earlier run that turns out to be no beginning of this archive is
    /// thrown away, once.
    async fn fill(&self, version: &VersionDetail, part: &mut Part, progress: &Progress) -> Result<(), ClientError> {
        let archive = &version.archive;
        let mut is_inherited = part.length > 0;
        if part.length > archive.size {
            part.restart()?;
        }
        loop {
            self.complete(version, part, progress).await?;
            let found = part.sha256();
            if found == archive.sha256 {
                return Ok(());
            }
            if !is_inherited {
                let what = format!("{}@{}", version.summary.package, version.summary.version);
                return Err(ClientError::Corrupt { what, expected: archive.sha256.clone(), found });
            }
            is_inherited = false;
            part.restart()?;
        }
    }

    /// Brings what is missing, over any number of connections that break.
    async fn complete(&self, version: &VersionDetail, part: &mut Part, progress: &Progress) -> Result<(), ClientError> {
        let size = version.archive.size;
        let mut barren = 0;
        while part.length < size {
            let before = part.length;
            let broken = match self.fetch(version, part, progress).await {
                Ok(()) if part.length == size => break,
                Ok(()) => ClientError::Unreachable {
                    url: self.address(),
                    cause: format!("the archive ended after {} of {size} bytes", part.length),
                },
                Err(error @ ClientError::Unreachable { .. }) => error,
                Err(error) => return Err(error),
            };
            barren = if part.length > before { 0 } else { barren + 1 };
            if barren == MAX_BARREN_TRIES {
                return Err(broken);
            }
            tracing::debug!(error = %broken, at = part.length, "going on with the download");
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// One request for what is missing.
    async fn fetch(&self, version: &VersionDetail, part: &mut Part, progress: &Progress) -> Result<(), ClientError> {
        let summary = &version.summary;
        let path = ["packages", summary.package.as_str(), "versions", summary.version.as_str(), "archive"];
        let mut request = self.request(Method::GET, self.url(&path));
        if part.length > 0 {
            request = request.header(RANGE, format!("bytes={}-", part.length));
        }
        let response = self.send_once(request).await?;
        if !goes_on_at(&response, part.length) {
            part.restart()?;
        }
        let mut blocks = response.bytes_stream();
        while let Some(block) = blocks.try_next().await.map_err(|error| self.transport(&error))? {
            if part.length + block.len() as u64 > version.archive.size {
                return Err(ClientError::unexpected(&self.url(&path), "more bytes came than the archive has"));
            }
            part.append(&block)?;
            progress.at(part.length);
        }
        Ok(())
    }
}

/// Whether an answer begins where the part ends.
fn goes_on_at(response: &Response, length: u64) -> bool {
    if response.status() != StatusCode::PARTIAL_CONTENT {
        return length == 0;
    }
    let range = response.headers().get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
    range.is_some_and(|range| range.starts_with(&format!("bytes {length}-")))
}

/// What has come so far.
struct Part {
    file: File,
    path: PathBuf,
    length: u64,
    hash: Sha256,
}

impl Part {
    /// Opens and locks the part that belongs to `to`, and reads what an earlier run has left in it.
    fn open(to: &Path) -> Result<Self, ClientError> {
        let name = to.file_name().ok_or_else(|| ClientError::File {
            doing: "write",
            path: to.to_owned(),
            source: io::Error::from(io::ErrorKind::IsADirectory),
        })?;
        let path = to.with_file_name(format!(".{}.part", name.to_string_lossy()));
        let failed = |source| ClientError::File { doing: "write", path: path.clone(), source };
        let file = File::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ClientError::Busy { path: to.to_owned() }),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let mut part = Self { file, path: path.clone(), length: 0, hash: Sha256::new() };
        part.read_back().map_err(failed)?;
        Ok(part)
    }

    fn read_back(&mut self) -> io::Result<()> {
        let mut block = vec![0; BLOCK];
        loop {
            match self.file.read(&mut block)? {
                0 => return Ok(()),
                count => {
                    self.hash.update(&block[..count]);
                    self.length += count as u64;
                }
            }
        }
    }

    fn append(&mut self, block: &[u8]) -> Result<(), ClientError> {
        self.file.write_all(block).map_err(|error| self.failed(error))?;
        self.hash.update(block);
        self.length += block.len() as u64;
        Ok(())
    }

    fn restart(&mut self) -> Result<(), ClientError> {
        self.file.set_len(0).and_then(|()| self.file.rewind()).map_err(|error| self.failed(error))?;
        self.length = 0;
        self.hash = Sha256::new();
        Ok(())
    }

    fn sha256(&self) -> String {
        self.hash.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn finish(self, to: &Path) -> Result<(), ClientError> {
        let done = self.file.sync_all().and_then(|()| std::fs::rename(&self.path, to));
        done.map_err(|error| self.failed(error))
    }

    fn discard(self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "could not remove the rest of a download");
        }
    }

    fn failed(&self, source: io::Error) -> ClientError {
        ClientError::File { doing: "write", path: self.path.clone(), source }
    }
}
