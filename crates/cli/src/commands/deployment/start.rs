//! `packhorse deployment start`.

use clap::Args;
use packhorse_model::ids::DeploymentId;

use super::command::say_state;
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Let a scheduled deployment begin now, as far as nothing else holds it
#[derive(Debug, Args)]
pub(crate) struct Start {
    /// The deployment
    id: DeploymentId,
}

impl Start {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let detail = context.client()?.start_deployment(self.id, &clock::new_key()?).await?;
        say_state(context, &detail)?;
        Ok(Exit::Done)
    }
}
