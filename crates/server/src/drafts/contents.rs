//! Storing what is written into drafts, on blocking threads. Nothing of it is visible until rows name it.

use std::fs::File;
use std::io::{self, Read, Seek as _};

use axum::body::Body;
use futures::TryStreamExt as _;
use packhorse_content::archive::Limits;
use packhorse_content::ingest::{self, IngestError, Stored};
use packhorse_content::segment::FileRef;
use packhorse_content::tree::Tree;
use packhorse_model::filename::ArchiveFormat;
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;
use tokio_util::io::{StreamReader, SyncIoBridge};

use crate::app::App;
use crate::error::ApiError;
use crate::intake;
use crate::objects::{AnnouncedPacks, StoredSegments};

/// The most bytes that a single file may have.
const MOST_BYTES: u64 = 64 << 30;

async fn on_blocking_thread<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&StoredSegments, &AnnouncedPacks) -> Result<T, IngestError> + Send + 'static,
) -> Result<T, ApiError> {
    let index = StoredSegments::new(app.store.clone(), Handle::current());
    let packs = AnnouncedPacks::new(app.clone(), Handle::current());
    let done = tokio::task::spawn_blocking(move || work(&index, &packs)).await.map_err(ApiError::internal)?;
    done.map_err(|error| match error {
        IngestError::Read(error) if is_cut_off(&error) => {
            ApiError::bad_request("body_cut_off", "the file was cut off on its way").hint(
                "send it again; nothing was changed. Large files are better sent as an upload, which can be resumed",
            )
        }
        error => intake::refused(error),
    })
}

/// Whether the client has gone, and not the disk.
fn is_cut_off(error: &io::Error) -> bool {
    error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<axum::Error>)
}

/// Stores texts, in order.
pub(crate) async fn store_texts(app: &App, texts: Vec<Vec<u8>>) -> Result<(Vec<FileRef>, Stored), ApiError> {
    if texts.is_empty() {
        return Ok((Vec::new(), Stored::default()));
    }
    on_blocking_thread(app, move |index, packs| {
        let texts: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
        ingest::store_texts(&texts, index, packs)
    })
    .await
}

/// Stores a body as a file, as it comes.
pub(crate) async fn store_body(app: &App, body: Body) -> Result<(FileRef, Stored), ApiError> {
    let stream = StreamReader::new(body.into_data_stream().map_err(io::Error::other));
    // Made here, since it takes the runtime that it waits on from where it is made.
    let reader = SyncIoBridge::new(Box::pin(stream));
    let stored =
        on_blocking_thread(app, move |index, packs| ingest::store_file(reader.take(MOST_BYTES + 1), index, packs));
    let (file, stored) = stored.await?;
    if file.size > MOST_BYTES {
        return Err(ApiError::new(
            http::StatusCode::PAYLOAD_TOO_LARGE,
            "PKG_LIMIT",
            format!("a file may have {MOST_BYTES} bytes"),
        )
        .hint("split it"));
    }
    Ok((file, stored))
}

/// Stores a spooled file, whose SHA-256 must be this one if it is said.
pub(crate) async fn store_spooled(
    app: &App,
    file: File,
    sha256: Option<String>,
) -> Result<(FileRef, Stored), ApiError> {
    let stored = on_blocking_thread(app, move |index, packs| {
        let mut reader = Hashing { file, hasher: Sha256::new() };
        let stored = ingest::store_file(&mut reader, index, packs)?;
        Ok((stored, hex::encode(reader.hasher.finalize())))
    });
    let (stored, found) = stored.await?;
    check_sha256(sha256, &found)?;
    Ok(stored)
}

/// Stores the files of a spooled archive, and gives the tree of what it holds.
pub(crate) async fn store_archive(
    app: &App,
    file: File,
    format: ArchiveFormat,
    sha256: Option<String>,
) -> Result<(Tree, Stored), ApiError> {
    let mut hashed = Hashing { file, hasher: Sha256::new() };
    if sha256.is_some() {
        let read = on_blocking_thread(app, move |_, _| {
            io::copy(&mut hashed, &mut io::sink()).map_err(IngestError::Read)?;
            hashed.file.rewind().map_err(IngestError::Read)?;
            Ok(hashed)
        });
        hashed = read.await?;
        check_sha256(sha256, &hex::encode(hashed.hasher.finalize_reset()))?;
    }
    let file = hashed.file;
    on_blocking_thread(app, move |index, packs| ingest::store_archive(file, format, Limits::default(), index, packs))
        .await
}

fn check_sha256(expected: Option<String>, found: &str) -> Result<(), ApiError> {
    match expected {
        Some(expected) if expected != found => {
            Err(ApiError::invalid("upload_sha256", "the bytes that came are not the ones that were announced")
                .detail(format!("SHA-256 is {found}, not {expected}"))
                .hint("delete the upload and send the file again; look at what lies between the client and the server"))
        }
        _ => Ok(()),
    }
}

struct Hashing {
    file: File,
    hasher: Sha256,
}

impl Read for Hashing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        Ok(count)
    }
}
