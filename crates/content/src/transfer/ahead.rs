//! Unpacking ahead: while one thread writes and hashes files, another receives and unpacks what comes next.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// The size of the pieces that are handed over, and how many may wait.
const PIECE: usize = 256 * 1024;
const DEPTH: usize = 4;

/// Runs `take` on what `read` gives, read on another thread. An error of `read` is an error of the stream at that place.
///
/// If `take` returns early, `read` is asked for nothing more; this returns once it has given what it was last asked for.
pub(super) fn unpacked_ahead<T>(read: impl Read + Send, take: impl FnOnce(&mut Ahead) -> T) -> T {
    let (out, input) = sync_channel(DEPTH);
    thread::scope(|scope| {
        scope.spawn(move || send(read, &out));
        // The stream goes when `take` is done with it, and with it what the other thread may be waiting for.
        let mut ahead = Ahead { input, piece: io::Cursor::default() };
        let taken = take(&mut ahead);
        drop(ahead);
        taken
    })
}

fn send(mut read: impl Read, out: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        let result = (&mut read).take(PIECE as u64).read_to_end(&mut piece);
        let is_last = !matches!(result, Ok(PIECE));
        if out.send(result.map(|_| piece)).is_err() || is_last {
            return;
        }
    }
}

/// What another thread reads.
pub(super) struct Ahead {
    input: Receiver<io::Result<Vec<u8>>>,
    piece: io::Cursor<Vec<u8>>,
}

impl Read for Ahead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.piece.read(buffer)?;
        if count > 0 || buffer.is_empty() {
            return Ok(count);
        }
        // The other thread ends behind its last piece.
        let Ok(piece) = self.input.recv() else { return Ok(0) };
        self.piece = io::Cursor::new(piece?);
        self.piece.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_all_that_there_is() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 10 * PIECE] {
            let bytes: Vec<u8> = (0..length).map(|at| at.to_le_bytes()[0]).collect();
            let mut read = Vec::new();
            unpacked_ahead(&bytes[..], |ahead| ahead.read_to_end(&mut read)).unwrap();
            assert!(read == bytes, "{length}");
        }
    }

    #[test]
    fn gives_what_comes_before_an_error_and_then_the_error() {
        struct Breaks(u32);
        impl Read for Breaks {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.0 = self.0.checked_sub(1).ok_or(io::ErrorKind::ConnectionReset)?;
                buffer.fill(1);
                Ok(buffer.len())
            }
        }
        let mut read = Vec::new();
        let error = unpacked_ahead(Breaks(20), |ahead| ahead.read_to_end(&mut read)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
        assert!(!read.is_empty());
    }

    #[test]
    fn ends_when_nobody_wants_more() {
        let first = unpacked_ahead(io::repeat(7), |ahead| {
            let mut first = [0; 3];
            ahead.read_exact(&mut first).map(|()| first)
        });
        assert_eq!(first.unwrap(), [7; 3]);
    }
}
