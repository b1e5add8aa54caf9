//! A body that is written by synchronous code on a blocking thread, while the network takes it.

use std::io::{self, Write};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// Bytes of a piece.
const PIECE: usize = 1 << 16;
/// Pieces that wait for the network.
const PIECES: usize = 8;

/// The bytes from `start` to before `end` of what `write` writes. When the client goes away, writing fails with `BrokenPipe`.
pub(crate) fn body(
    start: u64,
    end: u64,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send + 'static,
) -> Body {
    let (sender, receiver) = mpsc::channel(PIECES);
    tokio::task::spawn_blocking(move || {
        let mut out =
            Window { sender, skip: start, left: end.saturating_sub(start), piece: BytesMut::with_capacity(PIECE) };
        let written = write(&mut out).and_then(|()| out.flush());
        if let Err(error) = written
            && out.left > 0
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            tracing::error!(%error, "a download broke off");
            // The length was announced: the client notices that it did not get everything.
            let _ = out.sender.blocking_send(Err(error));
        }
    });
    Body::from_stream(ReceiverStream::new(receiver))
}

struct Window {
    sender: mpsc::Sender<io::Result<Bytes>>,
    skip: u64,
    left: u64,
    piece: BytesMut,
}

impl Write for Window {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let skipped = usize::try_from(self.skip).map_or(bytes.len(), |skip| skip.min(bytes.len()));
        self.skip -= skipped as u64;
        let rest = &bytes[skipped..];
        let taken = usize::try_from(self.left).map_or(rest.len(), |left| left.min(rest.len()));
        self.piece.extend_from_slice(&rest[..taken]);
        self.left -= taken as u64;
        if self.piece.len() >= PIECE || self.left == 0 {
            self.flush()?;
        }
        if self.left == 0 {
            // Nobody wants the rest; the writer need not make it.
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        self.sender.blocking_send(Ok(self.piece.split().freeze())).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
