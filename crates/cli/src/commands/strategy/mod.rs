//! `packhorse strategy`.

mod delete;
mod list;
mod set;
mod show;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Strategies: how deployments proceed, saved under names
#[derive(Debug, Subcommand)]
pub(crate) enum Strategy {
    List(list::List),
    Show(show::Show),
    Set(set::Set),
    Delete(delete::Delete),
}

impl Strategy {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::List(list) => list.run(context).await,
            Self::Show(show) => show.run(context).await,
            Self::Set(set) => set.run(context).await,
            Self::Delete(delete) => delete.run(context).await,
        }
    }
}
