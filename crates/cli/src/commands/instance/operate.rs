//! `packhorse instance start`, `stop`, `restart` and `uninstall`: deployments that bring no version.

use clap::Args;
use packhorse_model::PackageName;
use packhorse_model::deployment::Action;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::{Consent, StrategyArgs, TargetArgs, Wanted, apply};

/// Which instances, and how.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse instance restart shop-web --to Shop/Production/Web --batch 1
  packhorse instance stop shop-web --host web-01 --yes --watch")]
pub(crate) struct Operate {
    /// The package
    package: PackageName,
    #[command(flatten)]
    targets: TargetArgs,
    #[command(flatten)]
    strategy: StrategyArgs,
    #[command(flatten)]
    consent: Consent,
}

impl Operate {
    pub(crate) async fn run(self, context: &Context, action: Action) -> Result<Exit, CommandError> {
        let wanted = Wanted { action, package: &self.package, version: None };
        apply(context, &context.client()?, &wanted.spec(&self.targets, &self.strategy), &self.consent).await
    }
}
