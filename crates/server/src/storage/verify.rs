//! Reading every pack and checking every segment; then finding out who needs what is damaged, and bringing it back where that can be done.

use std::io;

use packhorse_content::pack::{Damage, check_frame};
use packhorse_model::Digest;
use packhorse_model::api::storage::{JobRequest, VerifyReport};
use packhorse_store::damage::{self, Frame};
use packhorse_store::segments::{self, SegmentRow};
use packhorse_store::versions::{self, StoredVersion};
use packhorse_store::{StoreError, packs};

use super::repair;
use super::runner::Reporter;
use crate::app::App;
use crate::objects::{Library, files_of, location};

/// Packs of one look at the rows.
const PACKS: u32 = 50;

fn failed(error: StoreError) -> io::Error {
    io::Error::other(error)
}

/// Verifies everything, and repairs what it can if so asked.
pub(super) async fn run(reporter: &Reporter, request: &JobRequest) -> io::Result<VerifyReport> {
    let app = &reporter.app;
    let mut report = VerifyReport::default();
    let total = packs::count(&mut *app.store.read().await.map_err(failed)?).await.map_err(failed)?;
    let mut after: Option<Digest> = None;
    loop {
        let page = packs::page(&mut *app.store.read().await.map_err(failed)?, after.as_ref(), PACKS).await;
        let page = page.map_err(failed)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for pack in &page {
            reporter.tell("reading", report.packs, Some(total)).await?;
            let rows = segments::of_pack(&mut *app.store.read().await.map_err(failed)?, &pack.id).await;
            check_pack(app, pack.id, rows.map_err(failed)?, &mut report).await?;
            report.packs += 1;
            report.bytes += pack.size;
        }
    }
    trace(reporter).await?;
    if request.repair && report.damaged_segments > 0 {
        report.repaired_segments = repair::run(reporter).await?;
        trace(reporter).await?;
    }
    report.damaged_ranges = damage::ranges(&mut *app.store.read().await.map_err(failed)?).await.map_err(failed)?;
    Ok(report)
}

async fn check_pack(app: &App, pack: Digest, rows: Vec<SegmentRow>, report: &mut VerifyReport) -> io::Result<()> {
    report.segments += rows.len() as u64;
    let was_damaged = rows.iter().any(|row| row.is_damaged);
    let store = app.objects.packs.clone();
    let checked = tokio::task::spawn_blocking(move || {
        let mut damaged = Vec::new();
        for frame in rows.chunk_by(|a, b| a.frame_offset == b.frame_offset) {
            let segments: Vec<_> = frame.iter().map(|row| (row.digest, location(row))).collect();
            damaged.extend(check_frame(&store, &segments)?);
        }
        io::Result::Ok(damaged)
    });
    let damaged = checked.await.map_err(io::Error::other)??;
    report.damaged_segments += damaged.len() as u64;
    if was_damaged || !damaged.is_empty() {
        let mut tx = app.store.write().await.map_err(failed)?;
        damage::note_pack(&mut tx, &pack, &damaged).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
    }
    Ok(())
}

/// Finds out which files of which versions need what is damaged.
async fn trace(reporter: &Reporter) -> io::Result<()> {
    let app = &reporter.app;
    let mut tx = app.store.write().await.map_err(failed)?;
    damage::forget_uses(&mut tx).await.map_err(failed)?;
    let damaged = damage::count(&mut tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    if damaged == 0 {
        return Ok(());
    }
    let (mut after, mut done) = (None, 0);
    loop {
        reporter.tell("tracing", done, None).await?;
        let next = versions::after(&mut *app.store.read().await.map_err(failed)?, after).await.map_err(failed)?;
        let Some(version) = next else { break };
        let id = version.detail.summary.id;
        after = Some(id);
        done += 1;
        let library = Library::new(app.store.clone(), app.objects.clone());
        let uses = tokio::task::spawn_blocking(move || uses(&library, &version)).await.map_err(io::Error::other)??;
        if uses.is_empty() {
            continue;
        }
        let mut tx = app.store.write().await.map_err(failed)?;
        for (frame, path) in uses {
            damage::add_use(&mut tx, &frame, id, &path).await.map_err(failed)?;
        }
        tx.commit().await.map_err(failed)?;
    }
    Ok(())
}

/// The damaged frames that a version needs, each with the file that needs it; an empty path is the list of the files itself.
fn uses(library: &Library, version: &StoredVersion) -> io::Result<Vec<(Frame, String)>> {
    let mut found = Vec::new();
    let mut note = |path: &str, outcome: io::Result<()>| match outcome {
        Ok(()) => Ok(()),
        Err(error) => match Damage::of(&error) {
            Some(damage) => {
                found.push((Frame { pack: damage.pack, offset: damage.frame_offset }, path.to_owned()));
                Ok(())
            }
            None => Err(error),
        },
    };
    match library.tree(&version.detail.summary.tree, version.content.tree_size) {
        Err(error) => note("", Err(error))?,
        Ok(tree) => {
            // Most versions are sound: one look at all of their files says so.
            if library.open(files_of(&tree)).is_err() {
                for entry in &tree {
                    if let Some(file) = crate::objects::content_of(entry) {
                        note(entry.path.as_str(), library.open([file]).map(drop))?;
                    }
                }
            }
        }
    }
    Ok(found)
}
