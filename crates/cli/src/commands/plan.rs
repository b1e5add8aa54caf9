//! `packhorse plan`.

use clap::Args;
use packhorse_model::api::deployments::PlanPreview;
use packhorse_model::deployment::Action;
use serde::Serialize;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::{
    ChangeDiff, PartArgs, StrategyArgs, TargetArgs, file_diffs, must_not_be_blocked, nobody_left, preview, warn_of,
};

/// Show what a deployment would do, and do nothing
///
/// Exits with 0 if nothing would change, with 2 if something would, and with 1 on an error, so that a pipeline can decide. A plan
/// whose variables have no value is shown, too, and is an error: it cannot be applied.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse plan shop-web@1.0.1 --to Shop/Production/Web
  packhorse plan shop-web@1.0.1 --to Shop/Production/Web --diff
  packhorse plan shop-web@1.0.1 --to Shop/Production/Web --canary 1 --batch 25% -o json")]
pub(crate) struct Plan {
    #[command(flatten)]
    what: PartArgs,
    #[command(flatten)]
    targets: TargetArgs,
    #[command(flatten)]
    strategy: StrategyArgs,
    /// Show how files differ, line by line, and rendered files as they will be
    #[arg(long)]
    diff: bool,
}

/// A plan with what differs in its files.
#[derive(Serialize)]
struct WithDiffs<'a> {
    plan: &'a PlanPreview,
    diffs: &'a [ChangeDiff],
}

impl Plan {
    pub(crate) async fn run(mut self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let wanted = self.what.wanted(Action::Deploy)?;
        self.targets.settle(&client, wanted.package).await?;
        let spec = wanted.spec(&self.targets, &self.strategy)?;
        let plan = client.create_plan(&spec, &clock::new_key()?).await?;
        let style = context.printer.style();
        if self.diff {
            let diffs = file_diffs(&client, &plan).await?;
            let text = || preview(&plan, style) + &diffs.iter().map(|diff| diff.text(style)).collect::<String>();
            context.printer.data(&WithDiffs { plan: &plan, diffs: &diffs }, text)?;
        } else {
            context.printer.data(&plan, || preview(&plan, style))?;
        }
        warn_of(&plan, &context.printer);
        match (plan.changes.is_empty(), plan.excluded.is_empty()) {
            (true, true) => Ok(Exit::Done),
            (true, false) => Err(nobody_left()),
            (false, _) => {
                must_not_be_blocked(&plan)?;
                context.printer.say(&format!("`packhorse apply {}` does exactly this", plan.id));
                Ok(Exit::Changes)
            }
        }
    }
}
