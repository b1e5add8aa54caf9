//! Reading the stream into a stage.

use std::io::{self, BufRead, BufReader, Read};

use super::WINDOW_LOG_MAX;
use super::ahead::unpacked_ahead;
use super::header::{BLOCK, headers, padding};
use crate::stage::{Stage, StageError};
use crate::tree::EntryKind;

/// How much is read at a time.
const PIECE: usize = 256 * 1024;

/// A full transfer could not be taken in.
#[derive(Debug, thiserror::Error)]
pub enum FullError {
    /// The stream ended, or broke off, or is damaged; getting it again may help.
    #[error("the transfer could not be read: {0}")]
    Transfer(#[source] io::Error),
    /// The stream is whole and is not that of the tree.
    #[error("the transfer is not that of the version that was asked for: it differs at {0:?}")]
    Other(String),
    /// A file could not be staged.
    #[error(transparent)]
    Stage(#[from] StageError),
}

/// Reads the full transfer of the tree that is being staged.
///
/// # Errors
/// [`FullError`]; the stage is then to be dropped and discarded.
pub fn read_full(transfer: impl Read + Send, stage: &Stage) -> Result<(), FullError> {
    let frame = Frame::new(BufReader::with_capacity(PIECE, transfer)).map_err(FullError::Transfer)?;
    unpacked_ahead(frame, |tar| read_tar(tar, stage))
}

fn read_tar(tar: &mut impl Read, stage: &Stage) -> Result<(), FullError> {
    let mut hand = stage.hand();
    let mut piece = vec![0; PIECE];
    for (at, entry) in stage.tree().iter().enumerate() {
        let path = entry.path.as_str();
        expect(tar, &headers(entry), path)?;
        if let EntryKind::File { size, .. } = entry.kind {
            let mut file = hand.create_at(at)?;
            let mut left = size;
            while left > 0 {
                let wanted = usize::try_from(left).map_or(PIECE, |left| left.min(PIECE));
                tar.read_exact(&mut piece[..wanted]).map_err(FullError::Transfer)?;
                file.write(&piece[..wanted])?;
                left -= wanted as u64;
            }
            file.finish()?;
            expect(tar, &[0; BLOCK][..padding(size)], path)?;
        }
    }
    expect(tar, &[0; 2 * BLOCK], "the end")?;
    // Reading to the end is what checks the frame's checksum.
    match tar.read(&mut [0; 1]).map_err(FullError::Transfer)? {
        0 => Ok(()),
        _ => Err(FullError::Other("the end".to_owned())),
    }
}

fn expect(tar: &mut impl Read, expected: &[u8], path: &str) -> Result<(), FullError> {
    let mut actual = vec![0; expected.len()];
    tar.read_exact(&mut actual).map_err(FullError::Transfer)?;
    if actual == expected { Ok(()) } else { Err(FullError::Other(path.to_owned())) }
}

/// The one zstd frame that a transfer is, with nothing behind it.
struct Frame<R: BufRead>(Option<zstd::Decoder<'static, R>>);

impl<R: BufRead> Frame<R> {
    fn new(transfer: R) -> io::Result<Self> {
        let mut decoder = zstd::Decoder::with_buffer(transfer)?.single_frame();
        decoder.window_log_max(WINDOW_LOG_MAX)?;
        Ok(Self(Some(decoder)))
    }
}

impl<R: BufRead> Read for Frame<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(decoder) = &mut self.0 else { return Ok(0) };
        let count = decoder.read(buffer)?;
        if count == 0
            && !buffer.is_empty()
            && let Some(decoder) = self.0.take()
            && !decoder.finish().fill_buf()?.is_empty()
        {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "bytes follow the end of the transfer"));
        }
        Ok(count)
    }
}
