//! `packhorse deployment rollback`.

use clap::Args;
use packhorse_model::ids::DeploymentId;

use super::command::say_state;
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::{self, Consent, Goal};

/// Bring every host that a deployment changed back to the version that it had
///
/// Needs no download: the version before is still on each host. With --watch, exits with 0 when every host is back.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse deployment rollback 01ja2b3c4d5e6f7g8h9j0k1m2n --watch")]
pub(crate) struct Rollback {
    /// The deployment
    id: DeploymentId,
    #[command(flatten)]
    consent: Consent,
}

impl Rollback {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let question = format!("Bring the hosts of deployment {} back to the versions that they had?", self.id);
        if !rollout::confirm(context, self.consent.yes, &question)? {
            context.printer.say("nothing was done");
            return Ok(Exit::Failed);
        }
        let detail = client.roll_back_deployment(self.id, &clock::new_key()?).await?;
        let id = detail.summary.id;
        if self.consent.watch {
            return rollout::watch(context, &client, id, Goal::RolledBack).await;
        }
        say_state(context, &detail)?;
        Ok(Exit::Done)
    }
}
