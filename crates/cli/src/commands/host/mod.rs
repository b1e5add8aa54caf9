//! `packhorse host`.

mod join_token;
mod label;
mod list;
mod show;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Hosts, and how they join
#[derive(Debug, Subcommand)]
pub(crate) enum Host {
    List(list::List),
    Show(show::Show),
    Label(label::Label),
    JoinToken(join_token::JoinToken),
}

impl Host {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::List(list) => list.run(context).await,
            Self::Show(show) => show.run(context).await,
            Self::Label(label) => label.run(context).await,
            Self::JoinToken(join_token) => join_token.run(context).await,
        }
    }
}
