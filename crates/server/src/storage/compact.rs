//! Putting together what lies in small packs, which drafts make many of, and in packs that hold mostly what nobody needs.
//!
//! What must hold, wherever it is killed: rows name a place only after the bytes are durable there, and the old pack stays for the time of
//! grace, since somebody may be reading it. New packs are announced like those of a push; one that no row refers to is collected.

use std::collections::HashMap;
use std::io;

use jiff::Timestamp;
use packhorse_content::pack::{SegmentLocation, StoredPack, rewrite};
use packhorse_model::Digest;
use packhorse_store::packs::{self, PackRow};
use packhorse_store::segments::{self, SegmentRow};
use packhorse_store::{StoreError, collection};
use tokio::runtime::Handle;

use super::runner::Reporter;
use crate::app::App;
use crate::intake::segment_row;
use crate::objects::{AnnouncedPacks, Library, location};

/// Packs of one look at the rows.
const PACKS: u32 = 50;
/// A pack of fewer bytes is put together with others.
const SMALL: u64 = 4 << 20;
/// So many small packs are put together.
const MANY: usize = 8;
/// Content that is put together at once, unpacked.
const BATCH: u64 = 64 << 20;

fn failed(error: StoreError) -> io::Error {
    io::Error::other(error)
}

/// Whether most of what a pack held is needed no more.
fn is_sparse(pack: &PackRow) -> bool {
    pack.live > 0 && pack.live < pack.content / 2
}

/// Whether the content of a pack would lie better in another. A pack that nothing is in is removed, not rewritten.
fn is_worth_it(pack: &PackRow) -> bool {
    pack.live > 0 && (pack.size < SMALL || is_sparse(pack))
}

/// Puts packs together; gives how many were emptied by it, or would be.
pub(super) async fn run(reporter: &Reporter, is_dry: bool) -> io::Result<u64> {
    let app = &reporter.app;
    let (mut after, mut rewritten, mut batch): (Option<Digest>, u64, Vec<PackRow>) = (None, 0, Vec::new());
    loop {
        let page = packs::page(&mut *app.store.read().await.map_err(failed)?, after.as_ref(), PACKS).await;
        let page = page.map_err(failed)?;
        let is_last = page.is_empty();
        after = page.last().map(|pack| pack.id).or(after);
        batch.extend(page.into_iter().filter(is_worth_it));
        if is_last || batch.iter().map(|pack| pack.live).sum::<u64>() >= BATCH {
            let full = std::mem::take(&mut batch);
            // A few would only be copied, every day anew.
            if full.len() >= MANY || full.iter().any(is_sparse) {
                reporter.tell("compacting", rewritten, None).await?;
                let emptied = full.len() as u64;
                rewritten += if is_dry || put_together(app, full).await? { emptied } else { 0 };
            }
        }
        if is_last {
            return Ok(rewritten);
        }
    }
}

/// Puts these packs together. False if that could not be done now: they stay as they are.
async fn put_together(app: &App, old: Vec<PackRow>) -> io::Result<bool> {
    let mut rows: Vec<SegmentRow> = Vec::new();
    for pack in &old {
        let found = segments::of_pack(&mut *app.store.read().await.map_err(failed)?, &pack.id).await;
        rows.extend(found.map_err(failed)?.into_iter().filter(|row| !row.is_damaged));
    }
    let places: Vec<(Digest, SegmentLocation)> = rows.iter().map(|row| (row.digest, location(row))).collect();
    let announced = AnnouncedPacks::new(app.clone(), Handle::current());
    let library = Library::new(app.store.clone(), app.objects.clone());
    let from = app.objects.packs.clone();
    let written = tokio::task::spawn_blocking(move || library.noting(rewrite(&from, &places, &announced)));
    let written = match written.await.map_err(io::Error::other)? {
        Ok(written) => written,
        // What is damaged stays where it is, for a repair; the rest is put together another time.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Ok(false),
        Err(error) => return Err(error),
    };
    switch(app, &rows, &written).await
}

/// Lets the rows name the new places, all at once.
async fn switch(app: &App, rows: &[SegmentRow], written: &[StoredPack]) -> io::Result<bool> {
    let now: Timestamp = app.clock.now();
    let mut moved: HashMap<Digest, SegmentRow> = HashMap::new();
    let mut tx = app.store.write().await.map_err(failed)?;
    let hold = collection::hold(&mut tx).await.map_err(failed)?;
    for pack in written {
        let content = pack.segments.iter().map(|(segment, _)| u64::from(segment.len)).sum();
        if !packs::rely(&mut tx, &hold, &pack.id, content, now).await.map_err(failed)? {
            return Ok(false);
        }
        moved.extend(pack.segments.iter().map(|(segment, at)| (segment.digest, segment_row(segment, at))));
    }
    for rows in rows.chunk_by(|a, b| a.pack == b.pack) {
        let Some(old) = rows.first().map(|row| row.pack) else { continue };
        let moved: Vec<SegmentRow> = rows.iter().filter_map(|row| moved.get(&row.digest).copied()).collect();
        segments::relocate(&mut tx, &hold, &old, &moved).await.map_err(failed)?;
        packs::touch(&mut tx, &hold, &old, now).await.map_err(failed)?;
    }
    tx.commit().await.map_err(failed)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_sparse_packs_are_worth_it_and_empty_ones_are_not() {
        let pack = |size, content, live| PackRow {
            id: Digest::new([1; 32]),
            size,
            content,
            live,
            touched_at: Timestamp::UNIX_EPOCH,
        };
        assert!(is_worth_it(&pack(1 << 20, 9, 9)), "small");
        assert!(is_worth_it(&pack(16 << 20, 100, 49)), "sparse");
        assert!(!is_worth_it(&pack(16 << 20, 100, 50)));
        assert!(!is_worth_it(&pack(1 << 20, 9, 0)), "empty");
    }
}
