//! `packhorse strategy set`.

use clap::Args;
use packhorse_model::api::strategies::SetStrategy;
use packhorse_model::name::StrategyName;
use packhorse_model::topology::Environment;

use super::show::text;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::StrategyFlags;
use crate::words;

/// Save a strategy under a name, in place of the one that had it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse strategy set careful --environment prod --default --canary 1 --batch '10% +10%'
  packhorse deploy shop-web@1.0.1 --to Shop/Production/Web --strategy careful")]
pub(crate) struct Set {
    /// Its name
    name: StrategyName,
    /// The environment that it is for; any, if not said
    #[arg(long, value_parser = words::one_of::<Environment>(words::ENVIRONMENTS))]
    environment: Option<Environment>,
    /// Deployments in its environment have it that say nothing else
    #[arg(long)]
    default: bool,
    /// What it is for
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    description: String,
    #[command(flatten)]
    flags: StrategyFlags,
}

impl Set {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let strategy = self.flags.strategy()?;
        let wanted = SetStrategy {
            environment: self.environment,
            description: self.description,
            strategy,
            is_default: self.default,
        };
        let set = context.client()?.set_strategy(&self.name, &wanted).await?;
        context.printer.data(&set, || text(&set))?;
        Ok(Exit::Done)
    }
}
