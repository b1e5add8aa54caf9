//! A download as a stream that a thread can read, and that goes on where the connection was cut.

use std::io::{self, Read};
use std::time::Duration;

use bytes::Bytes;
use packhorse_client::agent_api::{AgentApiError, Download, Transfer};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::Host;

/// Pieces that may wait for the thread.
const WAITING: usize = 16;
/// The pause before the first further try; each one after it is twice as long, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The end of the stream that a thread reads.
pub(super) struct Incoming {
    pieces: mpsc::Receiver<Result<Bytes, AgentApiError>>,
    piece: Bytes,
    ended: bool,
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            if self.ended {
                return Ok(0);
            }
            match self.pieces.blocking_recv() {
                Some(piece) => self.piece = piece.map_err(io::Error::other)?,
                // The sender says that it is at the end by an empty piece; without it something broke.
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
            self.ended = self.piece.is_empty();
        }
        let count = buffer.len().min(self.piece.len());
        buffer[..count].copy_from_slice(&self.piece.split_to(count));
        Ok(count)
    }
}

/// Downloads, while `take` reads on a thread of its own. Gives what it made and how many bytes came.
///
/// # Errors
/// If the server refuses the transfer at its very beginning, or cannot be reached until the deadline. What goes wrong later, `take`
/// sees as an error of its stream.
pub(super) async fn download<T: Send + 'static>(
    host: &Host,
    transfer: Transfer,
    deadline: Instant,
    take: impl FnOnce(Incoming) -> T + Send + 'static,
) -> Result<(T, u64), AgentApiError> {
    let first = begin(host, transfer, 0, deadline).await?;
    let (sender, pieces) = mpsc::channel(WAITING);
    let incoming = Incoming { pieces, piece: Bytes::new(), ended: false };
    let taking = tokio::task::spawn_blocking(move || take(incoming));
    let received = feed(host, transfer, first, deadline, sender).await;
    let broken = |error: tokio::task::JoinError| AgentApiError::Unreachable {
        url: "the thread that stores the transfer".to_owned(),
        reason: error.to_string(),
    };
    Ok((taking.await.map_err(broken)?, received))
}

/// Hands pieces on until the end, until nobody wants them any more, or until the deadline.
async fn feed(
    host: &Host,
    transfer: Transfer,
    mut download: Download,
    deadline: Instant,
    sender: mpsc::Sender<Result<Bytes, AgentApiError>>,
) -> u64 {
    let mut received = 0;
    loop {
        let piece = match download.next().await {
            Err(cut) if cut.is_passing() => match begin(host, transfer, received, deadline).await {
                Ok(again) => {
                    download = again;
                    continue;
                }
                Err(error) => Err(error),
            },
            piece => piece.map(Option::unwrap_or_default),
        };
        let is_last = piece.as_ref().map_or(true, Bytes::is_empty);
        received += piece.as_ref().map_or(0, |piece| piece.len() as u64);
        if sender.send(piece).await.is_err() || is_last {
            return received;
        }
    }
}

/// Begins behind what has been received, trying until the deadline.
async fn begin(host: &Host, transfer: Transfer, offset: u64, deadline: Instant) -> Result<Download, AgentApiError> {
    insist(deadline, || {
        let api = host.api.borrow().clone();
        async move { api.download(transfer, offset).await }
    })
    .await
}

/// Asks until there is an answer, or until the deadline, as long as what is in the way may pass.
pub(super) async fn insist<T, F>(deadline: Instant, ask: impl Fn() -> F) -> Result<T, AgentApiError>
where
    F: Future<Output = Result<T, AgentApiError>>,
{
    let mut pause = FIRST_PAUSE;
    loop {
        match ask().await {
            Err(error) if error.is_passing() && Instant::now() + pause < deadline => {
                tracing::info!(%error, "the transfer goes on after a pause");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            answer => return answer,
        }
    }
}
