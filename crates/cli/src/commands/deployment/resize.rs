//! `packhorse deployment resize`.

use clap::Args;
use packhorse_model::api::control;
use packhorse_model::ids::DeploymentId;
use packhorse_model::strategy::{Amount, BatchExpression};

use super::command::say_state;
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Change the batches that have not begun, and how many hosts may be down
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse deployment resize 01ja2b3c4d5e6f7g8h9j0k1m2n --batch 50%
  packhorse deployment resize 01ja2b3c4d5e6f7g8h9j0k1m2n --max-unavailable 10")]
pub(crate) struct Resize {
    /// The deployment
    id: DeploymentId,
    /// Sizes of the batches that have not begun; percentages are of the hosts in these
    #[arg(long, value_name = "EXPR", required_unless_present = "max_unavailable")]
    batch: Option<BatchExpression>,
    /// Instances that may be down at the same time, as a number or a percentage
    #[arg(long, value_name = "N")]
    max_unavailable: Option<Amount>,
}

impl Resize {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let resize = control::Resize { batch: self.batch, max_unavailable: self.max_unavailable };
        let detail = context.client()?.resize_deployment(self.id, &resize, &clock::new_key()?).await?;
        say_state(context, &detail)?;
        Ok(Exit::Done)
    }
}
