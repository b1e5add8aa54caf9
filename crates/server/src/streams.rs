//! A body that is written by synchronous code on a blocking thread, while the network takes it.

use std::io::{self, Write};
use std::ops::Range;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::metrics::BROKEN_DOWNLOADS;

/// Bytes of a piece.
const PIECE: usize = 1 << 16;
/// Pieces that wait for the network.
const PIECES: usize = 8;

/// The bytes of `range` of the `size` bytes that `write` writes. When the client goes away, writing fails with `BrokenPipe`.
///
/// What `write` makes is often proven only when it is complete. So the last piece is held back until `write` has ended well; if it fails, the body
/// breaks off, and since its length was announced, the client knows that it does not have what it asked for.
pub(crate) fn body(
    range: Range<u64>,
    size: u64,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send + 'static,
) -> Body {
    let (sender, receiver) = mpsc::channel(PIECES);
    tokio::task::spawn_blocking(move || {
        let end = if range.end == size { End::Held } else { End::Cut };
        let left = range.end.saturating_sub(range.start);
        let mut out = Window { sender, skip: range.start, left, end, piece: BytesMut::with_capacity(PIECE) };
        match write(&mut out).and_then(|()| out.send()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                tracing::error!(%error, "a download broke off");
                metrics::counter!(BROKEN_DOWNLOADS).increment(1);
                // If nobody is there any more, nobody needs to know.
                let _ = out.sender.blocking_send(Err(error));
            }
            _ => {}
        }
    });
    Body::from_stream(ReceiverStream::new(receiver))
}

/// What `write` writes, whose length nobody knows beforehand. If it fails, the body breaks off without its end.
pub(crate) fn unmeasured(write: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send + 'static) -> Body {
    body(0..u64::MAX, u64::MAX, write)
}

/// What happens when all bytes of the range have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// They are the last ones: the last piece waits for the writer's word.
    Held,
    /// More would follow, which nobody wants.
    Cut,
}

struct Window {
    sender: mpsc::Sender<io::Result<Bytes>>,
    skip: u64,
    left: u64,
    end: End,
    piece: BytesMut,
}

impl Window {
    fn send(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        self.sender.blocking_send(Ok(self.piece.split().freeze())).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl Write for Window {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let skipped = usize::try_from(self.skip).map_or(bytes.len(), |skip| skip.min(bytes.len()));
        self.skip -= skipped as u64;
        let rest = &bytes[skipped..];
        let taken = usize::try_from(self.left).map_or(rest.len(), |left| left.min(rest.len()));
        self.piece.extend_from_slice(&rest[..taken]);
        self.left -= taken as u64;
        match (self.left, self.end) {
            (0, End::Held) => {}
            (0, End::Cut) => {
                self.send()?;
                // The writer need not make the rest.
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            _ if self.piece.len() >= PIECE => self.send()?,
            _ => {}
        }
        Ok(bytes.len())
    }

    /// Nothing is sent before its time.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    async fn received(range: Range<u64>, end: io::Result<()>) -> Option<Vec<u8>> {
        let written = body(range, 200_000, |out| {
            out.write_all(&[7; 200_000])?;
            end
        });
        written.collect().await.ok().map(|body| body.to_bytes().to_vec())
    }

    #[tokio::test]
    async fn a_body_of_unknown_length_ends_well_or_breaks_off() {
        let written = |end: io::Result<()>| unmeasured(|out| out.write_all(&[7; 200_000]).and(end));
        assert_eq!(written(Ok(())).collect().await.unwrap().to_bytes().len(), 200_000);
        assert!(written(Err(io::ErrorKind::InvalidData.into())).collect().await.is_err());
    }

    #[tokio::test]
    async fn the_end_comes_only_after_the_writers_word() {
        let wrong = || Err(io::Error::new(io::ErrorKind::InvalidData, "not the archive"));
        assert_eq!(received(0..200_000, Ok(())).await.map(|bytes| bytes.len()), Some(200_000));
        assert_eq!(received(0..200_000, wrong()).await, None);
        assert_eq!(received(199_999..200_000, wrong()).await, None);
        assert_eq!(received(5..10, wrong()).await, Some(vec![7; 5]), "a part cannot be proven");
    }
}
