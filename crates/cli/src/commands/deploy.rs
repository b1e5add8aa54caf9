//! `packhorse deploy`.

use clap::Args;
use packhorse_model::deployment::Action;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::{Consent, PackageVersion, StrategyArgs, TargetArgs, Wanted, apply};

/// Bring a version to hosts
///
/// Makes a plan, shows it, asks, and applies exactly that plan: if anything that it rests on has moved meanwhile, the server
/// refuses it and nothing is done. Everything is fetched and verified on the hosts of a batch before anything is stopped; a
/// host whose new version is not healthy gets its old one back by itself.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse deploy shop-web@1.0.0 --to Shop/Production/Web
  packhorse deploy shop-web@1.0.1 --to Shop/Production/Web --canary 1 --batch '1 *3' --bake 60
  packhorse deploy shop-web@1.0.1 --to Shop/Production/Web --strategy careful --at +2h

In CI, where nobody can be asked:
  packhorse deploy shop-web@1.0.1 --to Shop/Production/Web --on-failure rollback --yes --watch")]
pub(crate) struct Deploy {
    /// The package and its version
    #[arg(value_name = "NAME@VERSION")]
    what: PackageVersion,
    #[command(flatten)]
    targets: TargetArgs,
    #[command(flatten)]
    strategy: StrategyArgs,
    #[command(flatten)]
    consent: Consent,
}

impl Deploy {
    pub(crate) async fn run(mut self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let PackageVersion { package, version } = &self.what;
        self.targets.settle(&client, package).await?;
        let wanted = Wanted { action: Action::Deploy, package, version: Some(version) };
        apply(context, &client, &wanted.spec(&self.targets, &self.strategy)?, &self.consent).await
    }
}
