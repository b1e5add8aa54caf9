//! `packhorse deployment approve` and `reject`.

use clap::Args;
use packhorse_model::api::guard_rails::Verdict;
use packhorse_model::ids::{DeploymentId, PlanId};

use super::command::say_state;
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Approve a deployment that waits for it
///
/// Approved is its plan: if what that rests on has moved before the deployment begins, it is refused. Whoever started the deployment
/// cannot approve it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse deployment list --awaiting-approval
  packhorse deployment approve 01ja2b3c4d5e6f7g8h9j0k1m2n -m 'looked at the plan'")]
pub(crate) struct Approve {
    /// The deployment
    id: DeploymentId,
    /// Why
    #[arg(short, long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    message: String,
    /// The plan that was looked at; refused if the deployment has another one
    #[arg(long)]
    plan: Option<PlanId>,
}

/// Reject a deployment that waits for approval: it is ended before it begins
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse deployment reject 01ja2b3c4d5e6f7g8h9j0k1m2n -m 'not before the audit'")]
pub(crate) struct Reject {
    /// The deployment
    id: DeploymentId,
    /// Why, for the one who started it
    #[arg(short, long, value_name = "TEXT")]
    message: String,
}

impl Approve {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let verdict = Verdict { comment: self.message, plan: self.plan };
        let detail = context.client()?.approve_deployment(self.id, &verdict, &clock::new_key()?).await?;
        say_state(context, &detail)?;
        let (given, needed) = (detail.guarded.approvals.len(), detail.guarded.approvals_needed);
        context.printer.say(&format!("approved: {given} of {needed}"));
        Ok(Exit::Done)
    }
}

impl Reject {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let verdict = Verdict { comment: self.message, plan: None };
        let detail = context.client()?.reject_deployment(self.id, &verdict, &clock::new_key()?).await?;
        say_state(context, &detail)?;
        Ok(Exit::Done)
    }
}
