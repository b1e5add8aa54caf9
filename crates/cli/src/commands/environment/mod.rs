//! `packhorse environment`.

mod list;
mod set;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Environments: what deployments there have to observe
#[derive(Debug, Subcommand)]
pub(crate) enum Environment {
    List(list::List),
    Set(set::Set),
}

impl Environment {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::List(list) => list.run(context).await,
            Self::Set(set) => set.run(context).await,
        }
    }
}
