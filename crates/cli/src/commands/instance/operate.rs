//! `packhorse instance start`, `stop`, `restart`, `upgrade`, `downgrade` and `uninstall`: one operation over all instances that are meant, a
//! deployment for each package.

use clap::Args;
use packhorse_model::VersionNumber;
use packhorse_model::api::instances::InstanceOperation;
use packhorse_model::deployment::{Action, DataFate};
use serde_json::Map;

use super::selection::Selection;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::{Consent, StrategyArgs, operate};

/// Which instances, and how.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse instance restart shop-web --to Shop/Production/Web --batch 1
  packhorse instance restart --module Shop/Production/Web --health unhealthy
  packhorse instance stop shop-web --host web-01 --yes --watch")]
pub(crate) struct Operate {
    #[command(flatten)]
    common: Common,
}

/// What all of them take that bring no version.
#[derive(Debug, Args)]
struct Common {
    #[command(flatten)]
    selection: Selection,
    /// Only instances of this version
    #[arg(long, help_heading = "Instances")]
    version: Option<VersionNumber>,
    #[command(flatten)]
    strategy: StrategyArgs,
    #[command(flatten)]
    consent: Consent,
}

/// Which instances, to which version, and how.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse instance upgrade shop-web --version 1.0.2 --to Shop/Production/Web --canary 1 --batch 25%
  packhorse instance downgrade shop-web --version 1.0.1 --from 1.0.2")]
pub(crate) struct Move {
    #[command(flatten)]
    selection: Selection,
    /// The version that they get
    #[arg(long)]
    version: VersionNumber,
    /// Only instances of this version
    #[arg(long, value_name = "VERSION", help_heading = "Instances")]
    from: Option<VersionNumber>,
    #[command(flatten)]
    strategy: StrategyArgs,
    #[command(flatten)]
    consent: Consent,
}

/// Which instances, and what becomes of their data.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse instance uninstall shop-web --host web-01
  packhorse instance uninstall shop-web --to Shop/Test/Web --remove-data")]
pub(crate) struct Uninstall {
    #[command(flatten)]
    common: Common,
    /// Remove the directories that the package names as its data, too; the plan names them
    #[arg(long)]
    remove_data: bool,
}

impl Operate {
    pub(crate) async fn run(self, context: &Context, action: Action) -> Result<Exit, CommandError> {
        self.common.run(context, action, DataFate::Keep).await
    }
}

impl Common {
    async fn run(self, context: &Context, action: Action, data: DataFate) -> Result<Exit, CommandError> {
        let operation = InstanceOperation {
            action,
            instances: Vec::new(),
            filter: Some(self.selection.filter(self.version)?),
            version: None,
            strategy: Map::new(),
            strategy_name: None,
            not_before: None,
            data,
        };
        operate(context, &context.client()?, &self.strategy.of(operation)?, &self.consent).await
    }
}

impl Move {
    pub(crate) async fn run(self, context: &Context, action: Action) -> Result<Exit, CommandError> {
        let operation = InstanceOperation {
            action,
            instances: Vec::new(),
            filter: Some(self.selection.filter(self.from)?),
            version: Some(self.version),
            strategy: Map::new(),
            strategy_name: None,
            not_before: None,
            data: DataFate::Keep,
        };
        operate(context, &context.client()?, &self.strategy.of(operation)?, &self.consent).await
    }
}

impl Uninstall {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let data = if self.remove_data { DataFate::Remove } else { DataFate::Keep };
        self.common.run(context, Action::Uninstall, data).await
    }
}
