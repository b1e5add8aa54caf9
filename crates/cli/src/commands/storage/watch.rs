//! `packhorse storage watch`.

use clap::Args;
use packhorse_model::ids::StorageJobId;

use super::follow::follow;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Show how far a job is, until its end
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse storage watch
  packhorse storage watch 01ja2b3c4d5e6f7g8h9j0k1m2n")]
pub(crate) struct Watch {
    /// The job [default: the one that runs]
    job: Option<StorageJobId>,
}

impl Watch {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let job = match self.job {
            Some(job) => Some(job),
            None => client.storage().await?.running.map(|job| job.id),
        };
        match job {
            Some(job) => follow(context, &client, job).await,
            None => {
                context.printer.say("no job runs; `packhorse storage jobs` lists those that ran");
                Ok(Exit::Done)
            }
        }
    }
}
