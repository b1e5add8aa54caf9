//! `packhorse deployment show`.

use clap::Args;
use packhorse_model::ids::DeploymentId;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::Snapshot;

/// Show one deployment: where it stands, what it waits for, and its hosts
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The deployment, as `packhorse deployment list` shows it
    id: DeploymentId,
}

impl Show {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let snapshot = Snapshot::take(&context.client()?, self.id).await?;
        context.printer.data(&snapshot, || snapshot.text(&context.printer, clock::now()) + &snapshot.failures())?;
        Ok(Exit::Done)
    }
}
