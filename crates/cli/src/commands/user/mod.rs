//! `packhorse user`.

mod add;
mod list;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Users: the people who sign in
#[derive(Debug, Subcommand)]
pub(crate) enum User {
    Add(add::Add),
    List(list::List),
}

impl User {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Add(add) => add.run(context).await,
            Self::List(list) => list.run(context).await,
        }
    }
}
