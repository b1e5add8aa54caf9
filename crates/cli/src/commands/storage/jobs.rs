//! `packhorse storage jobs`.

use clap::Args;

use super::follow::said;
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, ago};
use crate::words;

/// List jobs on the storage, the newest first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse storage jobs
  packhorse storage jobs -o jsonl")]
pub(crate) struct Jobs;

impl Jobs {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let columns = [
            Column::text("JOB"),
            Column::text("KIND"),
            Column::text("STATE"),
            Column::text("BEGUN"),
            Column::text("BY"),
            Column::text("WHAT CAME OF IT"),
        ];
        let (client, now) = (context.client()?, clock::now());
        let rows = context.printer.rows(
            client.storage_jobs(),
            columns,
            |job| {
                [
                    job.id.to_string(),
                    words::word(job.request.kind),
                    words::word(job.state),
                    ago(job.created_at, now),
                    job.creator.clone(),
                    said(job),
                ]
            },
            "no jobs; `packhorse storage verify` starts one",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
