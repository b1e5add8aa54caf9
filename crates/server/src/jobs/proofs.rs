//! Proves, archive by archive, whether a recipe reproduces the bytes that were uploaded; if one does, the original goes.
//!
//! A recipe counts as proven only when the whole way back, from packs to the compressed archive, has given the archive's digest.
//! The row is written before the original is removed, so that a crash between the two leaves garbage and loses nothing.

use std::io::{self, Read};
use std::time::Duration;

use packhorse_content::gzip::{self, GzipRecipe};
use packhorse_model::Digest;
use packhorse_model::api::packages::KeptAs;
use packhorse_model::ids::VersionId;
use packhorse_store::versions::{self, StoredVersion};
use packhorse_store::{collection, originals};
use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::app::App;
use crate::objects::{Library, Originals, write_archive};

/// How long to wait before looking again at an archive that could not be read.
const AGAIN: Duration = Duration::from_secs(300);

/// Wakes the job.
#[derive(Default)]
pub(crate) struct Proofs {
    woken: Notify,
}

impl Proofs {
    /// There may be something to prove.
    pub(crate) fn wake(&self) {
        self.woken.notify_one();
    }
}

/// Runs until the server stops.
pub(crate) async fn run(app: App) {
    loop {
        let pass = tokio::select! {
            () = app.stopping.cancelled() => return,
            pass = prove_all(&app) => pass,
        };
        if let Err(error) = pass {
            tracing::error!(%error, "archives wait for their proof");
        }
        tokio::select! {
            () = app.stopping.cancelled() => return,
            () = app.proofs.woken.notified() => {}
            () = tokio::time::sleep(AGAIN) => {}
        }
    }
}

async fn prove_all(app: &App) -> io::Result<()> {
    let mut after: Option<VersionId> = None;
    loop {
        let mut reader = app.store.read().await.map_err(io::Error::other)?;
        let next = versions::next_to_prove(&mut reader, after).await.map_err(io::Error::other)?;
        drop(reader);
        let Some(version) = next else { return Ok(()) };
        let id = version.detail.summary.id;
        after = Some(id);
        let archive = version.content.archive_blake3;
        let library = Library::new(app.store.clone(), app.objects.clone());
        let originals = app.objects.originals.clone();
        let proof = tokio::task::spawn_blocking(move || prove(&library, &originals, &version)).await;
        match proof.map_err(io::Error::other)? {
            Ok(recipe) => settle(app, id, &archive, recipe).await?,
            Err(error) => tracing::error!(%error, version = %id, "an archive could not be read for its proof"),
        }
    }
}

async fn settle(app: &App, id: VersionId, archive: &Digest, recipe: Option<GzipRecipe>) -> io::Result<()> {
    let kept_as = if recipe.is_some() { KeptAs::Recipe } else { KeptAs::Original };
    let recipe = recipe.map(|recipe| serde_json::to_string(&recipe)).transpose()?;
    let mut tx = app.store.write().await.map_err(io::Error::other)?;
    let hold = collection::hold(&mut tx).await.map_err(io::Error::other)?;
    versions::set_kept_as(&mut tx, id, kept_as, recipe.as_deref()).await.map_err(io::Error::other)?;
    let goes = originals::retire(&mut tx, &hold, archive, app.clock.now()).await.map_err(io::Error::other)?;
    tx.commit().await.map_err(io::Error::other)?;
    if goes { crate::storage::remove_original(app, archive).await } else { Ok(()) }
}

fn prove(library: &Library, originals: &Originals, version: &StoredVersion) -> io::Result<Option<GzipRecipe>> {
    let (digest, size) = (version.content.archive_blake3, version.detail.archive.size);
    let open = || Ok(OriginalReader { originals, digest, size, offset: 0, piece: io::Cursor::default() });
    let Some(recipe) = gzip::prove(open)? else { return Ok(None) };
    match write_archive(library, version, Some(recipe.clone()), io::sink()) {
        Ok(()) => Ok(Some(recipe)),
        // What comes is not the archive: it is kept as it came.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            tracing::error!(%error, "a recipe that was proven does not make its archive");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// An original as a blocking stream.
struct OriginalReader<'a> {
    originals: &'a Originals,
    digest: Digest,
    size: u64,
    offset: u64,
    piece: io::Cursor<Vec<u8>>,
}

impl Read for OriginalReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.piece.position() == self.piece.get_ref().len() as u64 && self.offset < self.size {
            let end = self.size.min(self.offset + (4 << 20));
            let piece = self.originals.read_range(&self.digest, self.offset..end);
            let piece = Handle::try_current().map_err(io::Error::other)?.block_on(piece)?;
            self.offset = end;
            self.piece = io::Cursor::new(piece);
        }
        self.piece.read(buffer)
    }
}
