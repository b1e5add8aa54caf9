//! Packages brought to hosts: which versions, where and how, and the run of it.

use clap::Args;
use packhorse_model::deployment::Action;

use super::apply::apply;
use super::args::{Consent, PartArgs, StrategyArgs, TargetArgs};
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Which versions, where, and how.
#[derive(Debug, Args)]
pub(crate) struct BringArgs {
    #[command(flatten)]
    what: PartArgs,
    #[command(flatten)]
    targets: TargetArgs,
    #[command(flatten)]
    strategy: StrategyArgs,
    #[command(flatten)]
    consent: Consent,
}

impl BringArgs {
    /// Plans the action, shows the plan, asks, and applies it.
    pub(crate) async fn run(mut self, context: &Context, action: Action) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let wanted = self.what.wanted(action)?;
        self.targets.settle(&client, wanted.package).await?;
        apply(context, &client, &wanted.spec(&self.targets, &self.strategy)?, &self.consent).await
    }
}
