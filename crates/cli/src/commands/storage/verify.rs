//! `packhorse storage verify`.

use clap::Args;
use packhorse_model::api::storage::{JobKind, JobRequest};

use super::follow::start;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Read everything that is stored, and find what is damaged
///
/// Exits with 1 if anything is damaged and not repaired. What nothing else holds a copy of is repaired by pushing one of the versions again
/// that need it, from its archive; `packhorse storage damage` names them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse storage verify
  packhorse storage verify --repair")]
pub(crate) struct Verify {
    /// Bring damaged content back from other copies, where there are any
    #[arg(long)]
    repair: bool,
    /// Do not wait for the end
    #[arg(long)]
    no_wait: bool,
}

impl Verify {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let request = JobRequest { repair: self.repair, ..JobRequest::new(JobKind::Verify) };
        start(context, &request, !self.no_wait).await
    }
}
