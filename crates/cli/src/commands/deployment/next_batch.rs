//! `packhorse deployment promote` and `skip-ahead`.

use clap::Args;
use packhorse_model::api::control;
use packhorse_model::ids::DeploymentId;

use super::command::say_state;
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::{self, Goal};

/// Which batch of which deployment.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse deployment promote 01ja2b3c4d5e6f7g8h9j0k1m2n --watch
  packhorse deployment promote 01ja2b3c4d5e6f7g8h9j0k1m2n --batch 2")]
pub(crate) struct NextBatch {
    /// The deployment
    id: DeploymentId,
    /// The batch that is meant, from 1; refused if another one is the next [default: the next]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    batch: Option<u32>,
    /// Stay and show what happens
    #[arg(short, long)]
    watch: bool,
}

/// What lets the batch go.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pace {
    /// The end of those before it.
    Promote,
    /// Nothing.
    SkipAhead,
}

impl NextBatch {
    pub(super) async fn run(self, context: &Context, pace: Pace) -> Result<Exit, CommandError> {
        let (client, key) = (context.client()?, clock::new_key()?);
        let next = control::NextBatch { batch: self.batch.map(|batch| batch - 1) };
        let detail = match pace {
            Pace::Promote => client.promote_deployment(self.id, &next, &key).await,
            Pace::SkipAhead => client.skip_ahead_deployment(self.id, &next, &key).await,
        };
        let detail = detail?;
        if self.watch {
            return rollout::watch(context, &client, self.id, Goal::Succeeded).await;
        }
        say_state(context, &detail)?;
        Ok(Exit::Done)
    }
}
