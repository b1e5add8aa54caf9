//! `packhorse deployment retry`.

use clap::Args;
use packhorse_model::HostName;
use packhorse_model::api::deployments;
use packhorse_model::ids::DeploymentId;

use super::command::say_state;
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::{self, Goal};

/// Try again what failed, was cancelled or is unknown
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse deployment retry 01ja2b3c4d5e6f7g8h9j0k1m2n --watch
  packhorse deployment retry 01ja2b3c4d5e6f7g8h9j0k1m2n --host web-02")]
pub(crate) struct Retry {
    /// The deployment
    id: DeploymentId,
    /// Only this host; may be given several times. If others failed as well, they go on holding the deployment
    #[arg(long)]
    host: Vec<HostName>,
    /// Also if nobody knows how its last attempt stands, which is superseded then, or it has another version by now than the plan found
    #[arg(long, requires = "host")]
    force: bool,
    /// Stay and show what happens
    #[arg(short, long)]
    watch: bool,
}

impl Retry {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let retry = deployments::Retry { hosts: self.host, force: self.force };
        let detail = client.retry_deployment(self.id, &retry, &clock::new_key()?).await?;
        if self.watch {
            return rollout::watch(context, &client, self.id, Goal::Succeeded).await;
        }
        say_state(context, &detail)?;
        Ok(Exit::Done)
    }
}
