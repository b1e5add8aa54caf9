//! Bringing damaged content back from other copies: packs that hold the same segment once more, archives that are kept as they came, and
//! transfers in the cache. What comes back is known by its digest, so that no copy need be believed.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Seek as _, Write as _};

use packhorse_content::archive::Limits;
use packhorse_content::ingest::{ArchiveInput, IngestError, IngestOptions, Ingested, Stored, ingest, store_archive};
use packhorse_content::pack::{SegmentLocation, StoredPack, find, rewrite};
use packhorse_model::Digest;
use packhorse_model::api::packages::KeptAs;
use packhorse_model::filename::ArchiveFormat;
use packhorse_store::versions::StoredVersion;
use packhorse_store::{StoreError, collection, damage, packs, versions};
use tokio::runtime::Handle;

use super::runner::Reporter;
use crate::app::App;
use crate::error::ApiError;
use crate::intake::write_content;
use crate::objects::{AnnouncedPacks, StoredSegments};

/// Damaged segments that are looked for at once.
const SEGMENTS: u32 = 100_000;
/// Packs and versions of one look at the rows.
const ROWS: u32 = 50;
/// Bytes of an archive that are read at once.
const PIECE: u64 = 4 << 20;

fn failed(error: StoreError) -> io::Error {
    io::Error::other(error)
}

/// Repairs what it can; gives how many segments came back.
pub(super) async fn run(reporter: &Reporter) -> io::Result<u64> {
    let app = &reporter.app;
    let before = damaged(app).await?;
    from_packs(reporter).await?;
    let (mut after, mut done) = (None, 0);
    while damaged(app).await? > 0 {
        let page =
            damage::versions(&mut *app.store.read().await.map_err(failed)?, after, ROWS).await.map_err(failed)?;
        let Some(last) = page.last() else { break };
        after = Some(*last);
        for id in page {
            reporter.tell("repairing", done, None).await?;
            done += 1;
            let found = versions::by_id(&mut *app.store.read().await.map_err(failed)?, id).await.map_err(failed)?;
            if let Some(version) = found
                && let Err(error) = from_version(app, version).await
            {
                tracing::warn!(%error, version = %id, "a copy of damaged content could not be used");
            }
        }
    }
    Ok(before.saturating_sub(damaged(app).await?))
}

async fn damaged(app: &App) -> io::Result<u64> {
    damage::count(&mut *app.store.read().await.map_err(failed)?).await.map_err(failed)
}

/// Looks for copies in all packs.
async fn from_packs(reporter: &Reporter) -> io::Result<()> {
    let app = &reporter.app;
    let wanted = damage::segments(&mut *app.store.read().await.map_err(failed)?, SEGMENTS).await.map_err(failed)?;
    let mut wanted: BTreeSet<Digest> = wanted.into_iter().collect();
    let (mut copies, mut after, mut done): (Vec<(Digest, SegmentLocation)>, Option<Digest>, u64) =
        (Vec::new(), None, 0);
    while !wanted.is_empty() {
        reporter.tell("repairing", done, None).await?;
        let page = packs::page(&mut *app.store.read().await.map_err(failed)?, after.as_ref(), ROWS).await;
        let page = page.map_err(failed)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        done += page.len() as u64;
        let (store, looked_for) = (app.objects.packs.clone(), wanted.clone());
        let found = tokio::task::spawn_blocking(move || {
            let mut found = Vec::new();
            for pack in &page {
                found.extend(find(&store, &pack.id, &looked_for)?);
            }
            io::Result::Ok(found)
        });
        for (digest, at) in found.await.map_err(io::Error::other)?? {
            if wanted.remove(&digest) {
                copies.push((digest, at));
            }
        }
    }
    if copies.is_empty() {
        return Ok(());
    }
    let (from, announced) = (app.objects.packs.clone(), AnnouncedPacks::new(app.clone(), Handle::current()));
    let written = tokio::task::spawn_blocking(move || rewrite(&from, &copies, &announced)).await;
    let written: Vec<StoredPack> = written.map_err(io::Error::other)??;
    bring(app, &Stored { packs: written, ..Stored::default() }).await
}

/// Takes in once more what is left of a version elsewhere.
async fn from_version(app: &App, version: StoredVersion) -> io::Result<()> {
    if version.detail.archive.kept_as != KeptAs::Recipe {
        let original = original(app, &version).await?;
        let ingested = on_blocking_thread(app, move |index, packs| {
            let summary = &version.detail.summary;
            let options = IngestOptions {
                format: version.detail.archive.format,
                file_name: version.detail.archive.file_name.clone(),
                package: summary.package.to_string(),
                version: summary.version.to_string(),
                limits: Limits::default(),
            };
            ingest(ArchiveInput::File(original), &options, index, packs)
        });
        let Ingested { files, packs, new_bytes, reused, .. } = ingested.await?;
        return bring(app, &Stored { files, packs, new_bytes, reused }).await;
    }
    let Some(path) = app.transfers.kept(&version.detail.summary.tree) else { return Ok(()) };
    let transfer = File::open(path)?;
    let stored = on_blocking_thread(app, move |index, packs| {
        store_archive(transfer, ArchiveFormat::TarZst, Limits::default(), index, packs)
    });
    bring(app, &stored.await?.1).await
}

async fn on_blocking_thread<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&StoredSegments, &AnnouncedPacks) -> Result<T, IngestError> + Send + 'static,
) -> io::Result<T> {
    let index = StoredSegments::new(app.store.clone(), Handle::current());
    let packs = AnnouncedPacks::new(app.clone(), Handle::current());
    let done = tokio::task::spawn_blocking(move || work(&index, &packs)).await.map_err(io::Error::other)?;
    done.map_err(io::Error::other)
}

/// The archive of a version as it came, in a file without a name.
async fn original(app: &App, version: &StoredVersion) -> io::Result<File> {
    let (folder, originals) = (app.config.data.join("tmp"), app.objects.originals.clone());
    let (archive, size) = (version.content.archive_blake3, version.detail.archive.size);
    let runtime = Handle::current();
    let copied = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&folder)?;
        let mut file = tempfile::tempfile_in(&folder)?;
        let mut at = 0;
        while at < size {
            let end = size.min(at + PIECE);
            file.write_all(&runtime.block_on(originals.read_range(&archive, at..end))?)?;
            at = end;
        }
        file.rewind()?;
        Ok(file)
    });
    copied.await.map_err(io::Error::other)?
}

/// Writes the rows of what came back.
async fn bring(app: &App, stored: &Stored) -> io::Result<()> {
    let told = |error: ApiError| io::Error::other(error.problem().title.clone());
    let mut tx = app.store.write().await.map_err(failed)?;
    let hold = collection::hold(&mut tx).await.map_err(failed)?;
    write_content(&mut tx, &hold, stored.into(), app.clock.now()).await.map_err(told)?;
    tx.commit().await.map_err(failed)
}
