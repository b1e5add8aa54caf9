//! `packhorse deployment watch`.

use clap::Args;
use packhorse_model::ids::DeploymentId;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::{self, Goal};

/// Stay with a deployment and show what happens
///
/// Exits with 0 when it has succeeded, and with 1 when it failed, was rolled back, or waits for a decision. Ctrl-C ends the
/// watching; the deployment goes on.
#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// The deployment, as `packhorse deployment list` shows it
    id: DeploymentId,
}

impl Watch {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        rollout::watch(context, &context.client()?, self.id, Goal::Succeeded).await
    }
}
