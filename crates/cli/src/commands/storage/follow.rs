//! Staying with a job until its end. The job goes on whether anybody watches or not.

use std::time::Duration;

use packhorse_client::Client;
use packhorse_model::api::storage::{JobKind, JobReport, JobRequest, JobState, StorageJob};
use packhorse_model::ids::StorageJobId;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{bytes, count};
use crate::words;

/// How often to ask.
const EVERY: Duration = Duration::from_millis(300);

/// Starts a job, and stays with it unless it shall only be started.
pub(super) async fn start(context: &Context, request: &JobRequest, wait: bool) -> Result<Exit, CommandError> {
    let client = context.client()?;
    let job = client.start_storage_job(request, &clock::new_key()?).await?;
    if wait {
        return follow(context, &client, job.id).await;
    }
    context.printer.data(&job, || format!("{}\n", job.id))?;
    context.printer.say(&format!("started; `packhorse storage watch {}` shows how far it is", job.id));
    Ok(Exit::Done)
}

/// Shows how far a job is until it has ended, and then what it came to.
pub(super) async fn follow(context: &Context, client: &Client, id: StorageJobId) -> Result<Exit, CommandError> {
    let mut reporter = context.reporter();
    let ended = tokio::select! {
        ended = async {
            loop {
                let job = client.storage_job(id).await?;
                if job.state != JobState::Running {
                    return Ok::<_, CommandError>(Some(job));
                }
                reporter.status(&[said(&job)]);
                tokio::time::sleep(EVERY).await;
            }
        } => ended,
        signal = tokio::signal::ctrl_c() => signal.map(|()| None).map_err(CommandError::from),
    };
    reporter.status(&[]);
    let Some(job) = ended? else {
        context.printer.say(&format!("\nthe job goes on; come back with `packhorse storage watch {id}`"));
        return Ok(Exit::Interrupted);
    };
    context.printer.data(&job, || format!("{}\n", said(&job)))?;
    match (&job.state, &job.report) {
        (JobState::Done, Some(JobReport::Verify(report))) if report.damaged_segments > report.repaired_segments => {
            context.printer.warn(
                "`packhorse storage damage` says where the damage is, and which versions to push again to mend it",
            );
            Ok(Exit::Failed)
        }
        (JobState::Done, _) => Ok(Exit::Done),
        _ => Ok(Exit::Failed),
    }
}

/// A job in a line.
pub(super) fn said(job: &StorageJob) -> String {
    let what = match job.request.kind {
        JobKind::Gc => "collection of garbage",
        JobKind::Verify => "verification",
    };
    match (job.state, &job.report) {
        (JobState::Running, _) => {
            let progress = &job.progress;
            let of = progress.total.map(|total| format!(" of {total}")).unwrap_or_default();
            format!("{what}: {} {}{of}", progress.phase, progress.done)
        }
        (JobState::Done, Some(report)) => report_said(&job.request, report),
        (state, _) => {
            let why = job.failure.as_ref().map(|why| format!(": {}", crate::output::harmless(why))).unwrap_or_default();
            format!("{what} {}{why}", words::word(state))
        }
    }
}

fn report_said(request: &JobRequest, report: &JobReport) -> String {
    match report {
        JobReport::Gc(report) => {
            let would = if request.dry_run { "would remove" } else { "removed" };
            let rewritten = match report.rewritten_packs {
                0 => String::new(),
                packs => format!("; content of {} put together", count(packs, "pack")),
            };
            format!(
                "{would} {}, {} and {}; {} free; {} will go next time if nothing needs them{rewritten}",
                count(report.removed_segments, "segment"),
                count(report.removed_packs, "pack"),
                count(report.removed_originals, "archive"),
                bytes(report.freed_bytes),
                count(report.condemned_segments, "segment"),
            )
        }
        JobReport::Verify(report) => {
            let read = format!("read {} ({})", count(report.packs, "pack"), bytes(report.bytes));
            match (report.damaged_segments, report.repaired_segments) {
                (0, _) => format!("{read}; all of {} are sound", count(report.segments, "segment")),
                (damaged, 0) => format!("{read}; {} of {} are damaged", damaged, count(report.segments, "segment")),
                (damaged, repaired) => format!(
                    "{read}; {damaged} of {} were damaged, {repaired} of them are repaired",
                    count(report.segments, "segment")
                ),
            }
        }
    }
}
