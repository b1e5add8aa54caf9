//! Taking a file over from what is installed on the same host.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::atomic::Ordering;

use super::writer::{FileWriter, StageError, read_error};

/// How much is read at a time.
const PIECE: u64 = 256 * 1024;

/// How a file came over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Copied {
    /// It shares its blocks with the old one.
    Cloned,
    /// Byte by byte.
    Copied,
}

impl FileWriter<'_> {
    /// Takes over the whole of `from`. Shares its blocks where the file system can; what arrives is checked in either case.
    pub(crate) fn take_over(&mut self, from: &File) -> Result<Copied, StageError> {
        let path = self.entry.path.as_str();
        let clones = &self.stage.clones;
        // A file that fits into one block gains nothing.
        let copied = if self.size > 4096 && clones.load(Ordering::Relaxed) {
            match rustix::fs::ioctl_ficlone(&self.file, from) {
                Ok(()) => Copied::Cloned,
                Err(_) => {
                    clones.store(false, Ordering::Relaxed);
                    Copied::Copied
                }
            }
        } else {
            Copied::Copied
        };
        let mut buffer = buffer_for(self.size);
        let mut at = 0;
        loop {
            // What a clone has beyond its size would stay; of a copy it is never written.
            if copied == Copied::Copied && at == self.size {
                return Ok(copied);
            }
            let source = if copied == Copied::Cloned { &self.file } else { from };
            let count = source.read_at(&mut buffer, at).map_err(read_error(path))?;
            match copied {
                _ if count == 0 => return Ok(copied),
                Copied::Cloned => self.check(&buffer[..count])?,
                Copied::Copied => self.write(&buffer[..count])?,
            }
            at += count as u64;
        }
    }
}

/// A buffer for a file of this size: large for speed, no larger than needed since most files are small.
pub(super) fn buffer_for(size: u64) -> Vec<u8> {
    let length = size.saturating_add(1).clamp(512, PIECE);
    vec![0; usize::try_from(length).unwrap_or(4096)]
}

/// Whether a read failed because of what is there, and not because the host is failing.
pub(crate) fn is_altered(error: &io::Error) -> bool {
    use rustix::io::Errno;
    matches!(
        error.kind(),
        io::ErrorKind::NotFound
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::NotADirectory
    ) || error.raw_os_error() == Some(Errno::LOOP.raw_os_error())
}
