//! `packhorse storage gc`.

use clap::Args;
use packhorse_model::api::storage::{JobKind, JobRequest};

use super::follow::start;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Remove content that nothing needs any more
///
/// The server does it by itself every day. What is found unneeded for the first time goes in a later collection, after a time of grace. A
/// collection may be killed at any time; nothing is lost, and the next one goes on.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse storage gc --dry-run
  packhorse storage gc --grace 0")]
pub(crate) struct Gc {
    /// Find out what would be removed, and remove nothing
    #[arg(long)]
    dry_run: bool,
    /// For how many seconds content must have been unneeded [default: as the server is configured]
    #[arg(long, value_name = "SECONDS")]
    grace: Option<u32>,
    /// Do not wait for the end
    #[arg(long)]
    no_wait: bool,
}

impl Gc {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let request = JobRequest { dry_run: self.dry_run, grace_seconds: self.grace, ..JobRequest::new(JobKind::Gc) };
        start(context, &request, !self.no_wait).await
    }
}
