//! Runs jobs in the background, one at a time, and tells how far they are.

use std::io;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use packhorse_model::api::storage::{JobKind, JobProgress, JobReport, JobRequest, JobState};
use packhorse_model::ids::StorageJobId;
use packhorse_store::storage_jobs::{self, End};

use super::{gc, verify};
use crate::app::App;

/// A server that was not heard of for so long does not work on its job any more.
const LOST: SignedDuration = SignedDuration::from_mins(10);
/// How often it is looked whether the daily collection is due.
const LOOK: Duration = Duration::from_secs(10 * 60);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Where a job tells how far it is.
pub(super) struct Reporter {
    pub(super) app: App,
    id: StorageJobId,
}

impl Reporter {
    /// Tells it. An error if the job was ended by somebody else: then nothing more may be done.
    pub(super) async fn tell(&self, phase: &str, done: u64, total: Option<u64>) -> io::Result<()> {
        if self.app.stopping.is_cancelled() {
            return Err(io::Error::new(io::ErrorKind::Interrupted, "the server stops"));
        }
        let progress = JobProgress { phase: phase.to_owned(), done, total };
        let told = async {
            let mut tx = self.app.store.write().await?;
            let told = storage_jobs::progress(&mut tx, self.id, &progress, self.app.clock.now()).await?;
            tx.commit().await.map(|()| told)
        };
        if told.await.map_err(io::Error::other)? {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::Interrupted, "the job was ended, or taken over by another server"))
    }
}

/// Runs a job that has been begun.
pub(crate) fn start(app: &App, id: StorageJobId, request: JobRequest) {
    let app = app.clone();
    tokio::spawn(async move { run(app, id, request).await });
}

async fn run(app: App, id: StorageJobId, request: JobRequest) {
    let reporter = Reporter { app: app.clone(), id };
    let outcome = match request.kind {
        JobKind::Gc => gc::run(&reporter, &request).await.map(JobReport::Gc),
        JobKind::Verify => verify::run(&reporter, &request).await.map(JobReport::Verify),
    };
    let failure = outcome.as_ref().err().map(ToString::to_string);
    let state = match &outcome {
        Ok(_) => JobState::Done,
        Err(error) if error.kind() == io::ErrorKind::Interrupted => JobState::Interrupted,
        Err(_) => JobState::Failed,
    };
    if let Some(failure) = &failure {
        tracing::warn!(%failure, job = %id, "work on the storage came to no end");
    }
    let ended = async {
        let mut tx = app.store.write().await?;
        let end = End { state, report: outcome.as_ref().ok(), failure: failure.as_deref() };
        storage_jobs::end(&mut tx, id, &end, app.clock.now()).await?;
        tx.commit().await
    };
    if let Err(error) = ended.await {
        tracing::warn!(%error, job = %id, "the end of work on the storage could not be written down");
    }
}

/// Collects garbage once a day, until the server stops.
pub(crate) async fn daily(app: App) {
    while tokio::time::timeout(LOOK, app.stopping.cancelled()).await.is_err() {
        match begin_if_due(&app).await {
            Ok(Some(id)) => run(app.clone(), id, JobRequest::new(JobKind::Gc)).await,
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the daily collection could not begin; it will be tried again"),
        }
    }
}

async fn begin_if_due(app: &App) -> Result<Option<StorageJobId>, packhorse_store::StoreError> {
    let now = app.clock.now();
    let mut tx = app.store.write().await?;
    let last = storage_jobs::last(&mut tx, JobKind::Gc).await?;
    if last.is_some_and(|last| now.duration_since(last.created_at) < DAY) {
        return Ok(None);
    }
    let id = app.random.id(now);
    let began = storage_jobs::begin(&mut tx, id, &JobRequest::new(JobKind::Gc), "server", lost(now), now).await?;
    tx.commit().await?;
    Ok(began.then_some(id))
}

/// Jobs that were not heard of since then are lost.
pub(crate) fn lost(now: Timestamp) -> Timestamp {
    now.saturating_sub(LOST).unwrap_or(Timestamp::MIN)
}
