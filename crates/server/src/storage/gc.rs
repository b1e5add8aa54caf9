//! Collecting garbage: marks what the roots need, sweeps the rest, and removes packs and archives that nothing is in any more. Then puts
//! together what is left in small or mostly empty packs.
//!
//! Every step is a short transaction; the whole may be killed between any two and begun again. What makes that safe, and safe beside
//! pushes, is said in the store's `collection`. An object is removed only while its row says that it goes, and the row only after it.

use std::io;
use std::sync::Arc;

use jiff::SignedDuration;
use packhorse_content::ContentSource as _;
use packhorse_content::archive::ArchiveRecipe;
use packhorse_content::segment::FileRef;
use packhorse_model::Digest;
use packhorse_model::api::storage::{GcReport, JobRequest};
use packhorse_store::collection::{self, Hold, Kind, Sweep};
use packhorse_store::roots::{self, RootKind, SOURCES};
use packhorse_store::{StoreError, Tx, originals, packs};
use tokio::runtime::Handle;

use super::runner::Reporter;
use super::{compact, leftovers, remove_original};
use crate::app::App;
use crate::objects::{Library, files_of};

/// Roots that are read at once.
const ROOTS: u32 = 50;
/// Rows that are swept in one transaction.
const ROWS: u32 = 2000;
/// Files that are marked in one transaction.
const FILES: usize = 400;

/// Collects once; twice without a time of grace, since what is condemned goes only in a second collection.
pub(super) async fn run(reporter: &Reporter, request: &JobRequest) -> io::Result<GcReport> {
    let grace = request
        .grace_seconds
        .map_or(reporter.app.config.storage_grace, |seconds| std::time::Duration::from_secs(u64::from(seconds)));
    let grace = SignedDuration::try_from(grace).map_err(io::Error::other)?;
    let mut gc = Gc { reporter, app: &reporter.app, is_dry: request.dry_run, grace, report: GcReport::default() };
    gc.finish_going().await?;
    gc.collect().await?;
    if grace.is_zero() && !request.dry_run {
        // What it condemned goes now.
        gc.report.condemned_segments = 0;
        gc.collect().await?;
    }
    gc.report.rewritten_packs = compact::run(reporter, request.dry_run).await?;
    if !request.dry_run {
        if grace.is_zero() {
            let now = reporter.app.clock.now();
            gc.sweep_packs(&Sweep { cutoff: now, now, is_dry: false }).await?;
        }
        leftovers::sweep(&reporter.app).await?;
    }
    Ok(gc.report)
}

struct Gc<'a> {
    reporter: &'a Reporter,
    app: &'a App,
    is_dry: bool,
    grace: SignedDuration,
    report: GcReport,
}

fn failed(error: StoreError) -> io::Error {
    io::Error::other(error)
}

impl Gc<'_> {
    async fn collect(&mut self) -> io::Result<()> {
        let mut tx = self.app.store.write().await.map_err(failed)?;
        let number = collection::begin(&mut tx).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        self.mark(number).await?;
        let now = self.app.clock.now();
        let cutoff = now.checked_sub(self.grace).map_err(io::Error::other)?;
        let sweep = Sweep { cutoff, now, is_dry: self.is_dry };
        for kind in [Kind::Recipes, Kind::Segments] {
            self.sweep(number, kind, &sweep).await?;
        }
        self.sweep_packs(&sweep).await?;
        self.sweep_originals(&sweep).await
    }

    async fn mark(&self, number: Hold) -> io::Result<()> {
        let mut done = 0;
        for source in SOURCES {
            let mut after: Option<Digest> = None;
            loop {
                self.reporter.tell("marking", done, None).await?;
                let mut reader = self.app.store.read().await.map_err(failed)?;
                let page = roots::page(&mut reader, source, after.as_ref(), ROOTS).await.map_err(failed)?;
                drop(reader);
                let Some(last) = page.last() else { break };
                after = Some(last.digest);
                done += page.len() as u64;
                let marker = Marker {
                    app: self.app.clone(),
                    library: Library::new(self.app.store.clone(), self.app.objects.clone()),
                    number,
                    runtime: Handle::current(),
                };
                let kind = source.kind;
                let marked = tokio::task::spawn_blocking(move || {
                    page.iter().try_for_each(|root| marker.root(kind, FileRef { digest: root.digest, size: root.size }))
                });
                marked.await.map_err(io::Error::other)??;
            }
        }
        Ok(())
    }

    async fn sweep(&mut self, number: Hold, kind: Kind, sweep: &Sweep) -> io::Result<()> {
        let (mut after, mut done) = (None, 0);
        loop {
            self.reporter.tell("sweeping", done, None).await?;
            let mut tx = held(self.app, number).await?;
            let swept = collection::sweep(&mut tx, &number, kind, after.as_ref(), sweep, ROWS).await.map_err(failed)?;
            tx.commit().await.map_err(failed)?;
            if kind == Kind::Segments {
                self.report.removed_segments += swept.removed;
                self.report.condemned_segments += swept.condemned;
            }
            done += u64::from(ROWS);
            after = swept.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    async fn sweep_packs(&mut self, sweep: &Sweep) -> io::Result<()> {
        let (mut after, mut done) = (None, 0);
        loop {
            self.reporter.tell("packs", done, None).await?;
            let mut reader = self.app.store.read().await.map_err(failed)?;
            let page = packs::page(&mut reader, after.as_ref(), ROOTS).await.map_err(failed)?;
            drop(reader);
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.id);
            done += page.len() as u64;
            for pack in page.iter().filter(|pack| pack.live == 0 && pack.touched_at <= sweep.cutoff) {
                if !self.is_dry {
                    let mut tx = self.app.store.write().await.map_err(failed)?;
                    let hold = collection::hold(&mut tx).await.map_err(failed)?;
                    let goes = packs::retire(&mut tx, &hold, &pack.id, sweep.cutoff).await.map_err(failed)?;
                    tx.commit().await.map_err(failed)?;
                    if !goes {
                        continue;
                    }
                    self.remove_pack(&pack.id).await?;
                }
                self.report.removed_packs += 1;
                self.report.freed_bytes += pack.size;
            }
        }
    }

    async fn sweep_originals(&mut self, sweep: &Sweep) -> io::Result<()> {
        let mut after = None;
        while !self.is_dry {
            self.reporter.tell("originals", self.report.removed_originals, None).await?;
            let mut reader = self.app.store.read().await.map_err(failed)?;
            let page = originals::page(&mut reader, after.as_ref(), ROOTS).await.map_err(failed)?;
            drop(reader);
            let Some(last) = page.last() else { break };
            after = Some(last.archive);
            for original in &page {
                let mut tx = self.app.store.write().await.map_err(failed)?;
                let hold = collection::hold(&mut tx).await.map_err(failed)?;
                let goes = originals::retire(&mut tx, &hold, &original.archive, sweep.cutoff).await.map_err(failed)?;
                tx.commit().await.map_err(failed)?;
                if goes {
                    remove_original(self.app, &original.archive).await?;
                    self.report.removed_originals += 1;
                    self.report.freed_bytes += original.size;
                }
            }
        }
        Ok(())
    }

    /// Brings to its end what a collection before this one was killed in.
    async fn finish_going(&self) -> io::Result<()> {
        loop {
            let mut reader = self.app.store.read().await.map_err(failed)?;
            let packs = packs::going(&mut reader, ROOTS).await.map_err(failed)?;
            let archives = originals::going(&mut reader, ROOTS).await.map_err(failed)?;
            drop(reader);
            if packs.is_empty() && archives.is_empty() {
                return Ok(());
            }
            for pack in &packs {
                self.remove_pack(pack).await?;
            }
            for archive in &archives {
                remove_original(self.app, archive).await?;
            }
        }
    }

    async fn remove_pack(&self, pack: &Digest) -> io::Result<()> {
        self.app.objects.packs.remove(pack).await?;
        let mut tx = self.app.store.write().await.map_err(failed)?;
        packs::forget(&mut tx, pack).await.map_err(failed)?;
        tx.commit().await.map_err(failed)
    }
}

/// A transaction in the line, if the collection of this number is still the one under way.
async fn held(app: &App, number: Hold) -> io::Result<Tx> {
    let mut tx = app.store.write().await.map_err(failed)?;
    let hold = collection::hold(&mut tx).await.map_err(failed)?;
    if hold == number {
        return Ok(tx);
    }
    Err(io::Error::new(io::ErrorKind::Interrupted, "another collection has begun"))
}

/// Marks what a root needs. On blocking threads.
struct Marker {
    app: App,
    library: Library,
    number: Hold,
    runtime: Handle,
}

impl Marker {
    fn root(&self, kind: RootKind, root: FileRef) -> io::Result<()> {
        self.files(&[root])?;
        match kind {
            RootKind::File => Ok(()),
            RootKind::Tree => {
                let tree = self.library.tree(&root.digest, root.size)?;
                let files: Vec<FileRef> = files_of(&tree).collect();
                self.files(&files)
            }
            RootKind::ArchiveRecipe => {
                let mut bytes = Vec::new();
                let source = self.library.open([root])?;
                io::Read::read_to_end(&mut source.read(&root.digest, root.size)?, &mut bytes)?;
                match ArchiveRecipe::from_bytes(&bytes)? {
                    ArchiveRecipe::Tar { framing: file, .. } | ArchiveRecipe::Whole(file) => self.files(&[file]),
                }
            }
        }
    }

    fn files(&self, files: &[FileRef]) -> io::Result<()> {
        for files in files.chunks(FILES) {
            let digests: Arc<Vec<Digest>> = Arc::new(files.iter().map(|file| file.digest).collect());
            let fresh = self.runtime.block_on(async {
                let mut tx = held(&self.app, self.number).await?;
                let fresh = collection::mark_recipes(&mut tx, &self.number, &digests).await.map_err(failed)?;
                tx.commit().await.map_err(failed)?;
                io::Result::Ok(fresh)
            })?;
            let mut needed: Vec<Digest> = digests.to_vec();
            let named = fresh.iter().map(|row| FileRef { digest: row.file, size: row.size });
            let source = self.library.open(named)?;
            for row in &fresh {
                needed.push(row.recipe);
                needed.extend(source.recipe(&row.file, row.size)?.stored().map(|segment| segment.digest));
            }
            for digests in needed.chunks(ROWS as usize) {
                self.runtime.block_on(async {
                    let mut tx = held(&self.app, self.number).await?;
                    collection::mark_segments(&mut tx, &self.number, digests).await.map_err(failed)?;
                    tx.commit().await.map_err(failed)
                })?;
            }
        }
        Ok(())
    }
}
