//! Copying files, with the digest of what was copied.

use std::fs::File;
use std::io::{self, Read as _, Write as _};

use packhorse_model::Digest;

/// How much is read at a time.
const PIECE: usize = 256 * 1024;

/// Copies the whole of `from` to the empty file `to`, and gives the digest of what is there now. Shares blocks where the file system can.
pub(super) fn copy(from: &File, mut to: &File) -> io::Result<Digest> {
    if rustix::fs::ioctl_ficlone(to, from).is_ok() {
        return digest(to);
    }
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; PIECE];
    let mut from = from;
    loop {
        let count = from.read(&mut buffer)?;
        if count == 0 {
            return Ok(Digest::new(*hasher.finalize().as_bytes()));
        }
        hasher.update(&buffer[..count]);
        to.write_all(&buffer[..count])?;
    }
}

/// The digest of a file from where it is read.
pub(super) fn digest(mut file: &File) -> io::Result<Digest> {
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; PIECE];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(Digest::new(*hasher.finalize().as_bytes()));
        }
        hasher.update(&buffer[..count]);
    }
}
