//! `packhorse secret`.

mod add;
mod delete;
mod list;
mod set;
mod value;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// The vault: secrets, sealed, and given only to the hosts that need them
#[derive(Debug, Subcommand)]
pub(crate) enum Secret {
    Add(add::Add),
    Set(set::Set),
    List(list::List),
    Delete(delete::Delete),
}

impl Secret {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Add(add) => add.run(context).await,
            Self::Set(set) => set.run(context).await,
            Self::List(list) => list.run(context).await,
            Self::Delete(delete) => delete.run(context).await,
        }
    }
}
