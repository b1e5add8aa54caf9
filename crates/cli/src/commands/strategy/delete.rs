//! `packhorse strategy delete`.

use clap::Args;
use packhorse_model::name::StrategyName;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Delete a strategy; deployments that were made with it keep what they took from it
#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// The strategy
    name: StrategyName,
}

impl Delete {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        context.client()?.delete_strategy(&self.name).await?;
        context.printer.say(&format!("the strategy {} is gone", self.name));
        Ok(Exit::Done)
    }
}
