//! Receiving the bytes of an archive: one pass over the stream, on a blocking thread, while the network delivers.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};

use axum::body::Body;
use bytes::Bytes;
use futures::StreamExt as _;
use packhorse_content::gzip::GzipRecipe;
use packhorse_content::ingest::{ArchiveInput, IngestError, IngestOptions, Ingested, ingest};
use packhorse_model::filename::{ArchiveFormat, Packing};
use packhorse_model::ids::UploadId;
use packhorse_store::originals;
use packhorse_store::packs::Announced;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::app::App;
use crate::error::ApiError;
use crate::objects::{AnnouncedPacks, StoredSegments};

/// Pieces of the body that wait for the blocking thread.
const PIECES: usize = 16;

/// An archive that is stored, and that no row names yet.
pub(crate) struct Received {
    /// What it holds.
    pub(crate) ingested: Ingested,
    /// Whether its original was kept along.
    pub(crate) original: OriginalKept,
}

/// Whether an original was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OriginalKept {
    /// Under the digest of the archive.
    Yes,
    /// What was cut reproduces it anyway.
    No,
    /// It was made from a recipe in the first place.
    Proven(GzipRecipe),
}

/// Streams a body in.
pub(crate) async fn receive(
    app: &App,
    upload: UploadId,
    options: IngestOptions,
    body: Body,
) -> Result<Received, ApiError> {
    let (sender, receiver) = mpsc::channel(PIECES);
    let original = match options.format {
        ArchiveFormat::TarGz | ArchiveFormat::TarBz2 | ArchiveFormat::TarXz | ArchiveFormat::TarZst => {
            Some(app.objects.originals.begin(upload).await.map_err(stored)?)
        }
        // What has nothing around it is made again of what it was cut into.
        _ => None,
    };
    let index = StoredSegments::new(app.store.clone(), Handle::current());
    let packs = AnnouncedPacks::new(app.clone(), Handle::current());
    let spool = app.config.data.join("tmp");
    let worker = tokio::task::spawn_blocking(move || {
        let mut body = BodyReader { receiver, piece: Bytes::new(), original };
        let outcome = take_in(&mut body, &spool, &options, &index, &packs);
        (outcome, body.original)
    });
    let delivered = deliver(body, sender).await;
    let (outcome, original) = worker.await.map_err(ApiError::internal)?;
    let ingested = match (delivered, outcome) {
        (Ok(()), Ok(ingested)) => ingested,
        (delivered, outcome) => {
            if let Some(original) = original
                && let Err(error) = original.abandon().await
            {
                tracing::warn!(%error, %upload, "what was received of a failed upload could not be removed");
            }
            // What the archive itself is refused for comes first: it is also why we stopped reading the body.
            return Err(match outcome {
                Err(error @ IngestError::Refused(_)) => refused(error),
                _ if delivered.is_err() => cut_off(),
                Err(error) => refused(error),
                Ok(_) => cut_off(),
            });
        }
    };
    let kept = match original {
        None => OriginalKept::No,
        Some(original) => {
            announce(app, &ingested).await?;
            original.keep(&ingested.archive.blake3).await.map_err(stored)?;
            OriginalKept::Yes
        }
    };
    Ok(Received { ingested, original: kept })
}

/// Gives the original its row before it gets its name.
async fn announce(app: &App, ingested: &Ingested) -> Result<(), ApiError> {
    let archive = &ingested.archive;
    let mut tx = app.store.write().await?;
    let announced = originals::announce(&mut tx, &archive.blake3, archive.size, app.clock.now()).await?;
    tx.commit().await?;
    if announced == Announced::Welcome { Ok(()) } else { Err(ApiError::collected()) }
}

async fn deliver(body: Body, sender: mpsc::Sender<io::Result<Bytes>>) -> Result<(), ()> {
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let failed = piece.is_err();
        // The worker may have seen enough: then the rest of the body is read and dropped, so that the client gets to hear why.
        let _ = sender.send(piece.map_err(io::Error::other)).await;
        if failed {
            return Err(());
        }
    }
    Ok(())
}

fn take_in(
    body: &mut BodyReader,
    spool: &std::path::Path,
    options: &IngestOptions,
    index: &StoredSegments,
    packs: &AnnouncedPacks,
) -> Result<Ingested, IngestError> {
    let input = match options.format.packing() {
        // The list of what a zip holds is at its end.
        Packing::Zip | Packing::PackedZip => ArchiveInput::File(spooled(body, spool)?),
        Packing::Tar | Packing::OneFile => ArchiveInput::Stream(Box::new(body)),
    };
    ingest(input, options, index, packs)
}

/// Puts the body into a file without a name, which is gone when it is closed.
fn spooled(body: &mut BodyReader, spool: &std::path::Path) -> Result<File, IngestError> {
    std::fs::create_dir_all(spool).map_err(IngestError::Store)?;
    let mut file = tempfile::tempfile_in(spool).map_err(IngestError::Store)?;
    let mut piece = vec![0; 1 << 18];
    loop {
        let count = body.read(&mut piece).map_err(IngestError::Read)?;
        if count == 0 {
            break;
        }
        file.write_all(&piece[..count]).map_err(IngestError::Store)?;
    }
    file.seek(SeekFrom::Start(0)).map_err(IngestError::Store)?;
    Ok(file)
}

/// The body as a blocking stream; what is read goes into the original as well.
struct BodyReader {
    receiver: mpsc::Receiver<io::Result<Bytes>>,
    piece: Bytes,
    original: Option<crate::objects::IncomingOriginal>,
}

impl Read for BodyReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.receiver.blocking_recv() {
                None => return Ok(0),
                Some(piece) => self.piece = piece?,
            }
            if let Some(original) = &mut self.original {
                original.write(&self.piece)?;
            }
        }
        let count = self.piece.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.piece.split_to(count));
        Ok(count)
    }
}

/// Why an archive was not taken in, as clients are told.
pub(crate) fn refused(error: IngestError) -> ApiError {
    match error {
        IngestError::Refused(refused) => {
            let place = refused.entry.clone();
            let refusal = ApiError::invalid(refused.fault.code(), refused.to_string()).hint(refused.fault.hint());
            match place {
                Some(entry) => refusal.detail(format!("entry {entry:?}")),
                None => refusal,
            }
        }
        IngestError::Read(error) | IngestError::Store(error) => stored(error),
        IngestError::Index(error) => ApiError::internal(error),
    }
}

/// What went wrong with an object.
pub(crate) fn stored(error: io::Error) -> ApiError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ApiError::new(
            http::StatusCode::INSUFFICIENT_STORAGE,
            "disk_full",
            "the disk of the server's content is full",
        )
        .hint("make room on it and push again; nothing was changed"),
        _ => ApiError::content(error),
    }
}

pub(super) fn cut_off() -> ApiError {
    ApiError::bad_request("body_cut_off", "the archive was cut off on its way")
        .hint("push it again; nothing was changed")
}
