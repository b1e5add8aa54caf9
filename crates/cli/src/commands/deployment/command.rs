//! `packhorse deployment pause`, `resume` and `abort`.

use clap::Args;
use packhorse_model::api::deployments::DeploymentDetail;
use packhorse_model::ids::DeploymentId;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::words;

/// Which deployment.
#[derive(Debug, Args)]
pub(crate) struct Command {
    /// The deployment, as `packhorse deployment list` shows it
    id: DeploymentId,
}

/// What is done to it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Verb {
    Pause,
    Resume,
    Abort,
}

impl Command {
    pub(super) async fn run(self, context: &Context, verb: Verb) -> Result<Exit, CommandError> {
        let (client, key) = (context.client()?, clock::new_key()?);
        let detail = match verb {
            Verb::Pause => client.pause_deployment(self.id, &key).await,
            Verb::Resume => client.resume_deployment(self.id, &key).await,
            Verb::Abort => client.abort_deployment(self.id, &key).await,
        };
        say_state(context, &detail?)?;
        Ok(Exit::Done)
    }
}

/// Where a deployment stands after a command.
pub(super) fn say_state(context: &Context, detail: &DeploymentDetail) -> Result<(), CommandError> {
    let summary = &detail.summary;
    context.printer.data(detail, || {
        format!("{} {}\n", summary.id, words::deployment_state(summary.state, context.printer.style()))
    })
}
