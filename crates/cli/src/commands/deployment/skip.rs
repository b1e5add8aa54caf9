//! `packhorse deployment skip`.

use clap::Args;
use packhorse_model::HostName;
use packhorse_model::api::deployments;
use packhorse_model::ids::DeploymentId;

use super::command::say_state;
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Leave hosts out that failed, and go on without them
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse deployment skip 01ja2b3c4d5e6f7g8h9j0k1m2n --host web-02")]
pub(crate) struct Skip {
    /// The deployment
    id: DeploymentId,
    /// This host; may be given several times
    #[arg(long, required = true)]
    host: Vec<HostName>,
}

impl Skip {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let skip = deployments::Skip { hosts: self.host };
        let detail = context.client()?.skip_deployment_hosts(self.id, &skip, &clock::new_key()?).await?;
        say_state(context, &detail)?;
        Ok(Exit::Done)
    }
}
