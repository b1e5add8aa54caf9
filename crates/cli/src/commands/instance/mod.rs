//! `packhorse instance`.

mod list;
mod operate;

use clap::Subcommand;
use packhorse_model::deployment::Action;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Instances: one package on one host
#[derive(Debug, Subcommand)]
pub(crate) enum Instance {
    List(list::List),
    /// Start instances that are stopped
    Start(operate::Operate),
    /// Stop instances, until they are started or deployed again
    Stop(operate::Operate),
    /// Restart instances
    Restart(operate::Operate),
    /// Stop instances and remove their files
    Uninstall(operate::Operate),
}

impl Instance {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::List(list) => list.run(context).await,
            Self::Start(operate) => operate.run(context, Action::Start).await,
            Self::Stop(operate) => operate.run(context, Action::Stop).await,
            Self::Restart(operate) => operate.run(context, Action::Restart).await,
            Self::Uninstall(operate) => operate.run(context, Action::Uninstall).await,
        }
    }
}
