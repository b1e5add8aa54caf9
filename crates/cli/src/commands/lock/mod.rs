//! `packhorse lock`.

mod add;
mod list;
mod remove;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Locks: nothing new starts in a scope until they are removed
#[derive(Debug, Subcommand)]
pub(crate) enum Lock {
    Add(add::Add),
    List(list::List),
    Remove(remove::Remove),
}

impl Lock {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Add(add) => add.run(context).await,
            Self::List(list) => list.run(context).await,
            Self::Remove(remove) => remove.run(context).await,
        }
    }
}
