//! `packhorse instance`.

mod history;
mod list;
mod operate;
mod selection;

use clap::Subcommand;
use packhorse_model::deployment::Action;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Instances: one package on one host
#[derive(Debug, Subcommand)]
pub(crate) enum Instance {
    List(list::List),
    History(history::History),
    /// Start instances that are stopped
    Start(operate::Operate),
    /// Stop instances, until they are started or deployed again
    Stop(operate::Operate),
    /// Restart instances
    Restart(operate::Operate),
    /// Bring a newer version to instances that have an older one
    Upgrade(operate::Move),
    /// Bring an older version to instances that have a newer one
    Downgrade(operate::Move),
    /// Stop instances and remove their files; their data stays unless --remove-data is given
    Uninstall(operate::Uninstall),
}

impl Instance {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::List(list) => list.run(context).await,
            Self::Start(operate) => operate.run(context, Action::Start).await,
            Self::Stop(operate) => operate.run(context, Action::Stop).await,
            Self::Restart(operate) => operate.run(context, Action::Restart).await,
            Self::History(history) => history.run(context).await,
            Self::Upgrade(to) => to.run(context, Action::Upgrade).await,
            Self::Downgrade(to) => to.run(context, Action::Downgrade).await,
            Self::Uninstall(uninstall) => uninstall.run(context).await,
        }
    }
}
