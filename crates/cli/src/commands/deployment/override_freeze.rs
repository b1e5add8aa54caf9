//! `packhorse deployment override-freeze`.

use clap::Args;
use packhorse_model::api::guard_rails;
use packhorse_model::ids::DeploymentId;

use super::command::say_state;
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Let a deployment go on in spite of freezes
///
/// The reason is shown with the deployment, and kept in the audit log. Locks, approval and schedule still hold it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse deployment override-freeze 01ja2b3c4d5e6f7g8h9j0k1m2n --reason 'payments are down'")]
pub(crate) struct OverrideFreeze {
    /// The deployment
    id: DeploymentId,
    /// Why it cannot wait
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl OverrideFreeze {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let said = guard_rails::OverrideFreeze { reason: self.reason };
        let detail = context.client()?.override_freeze(self.id, &said, &clock::new_key()?).await?;
        say_state(context, &detail)?;
        Ok(Exit::Done)
    }
}
