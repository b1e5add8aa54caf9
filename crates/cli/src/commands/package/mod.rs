//! `packhorse package`.

mod chain;
mod download;
mod edit;
mod lint;
mod list;
mod push;
mod review;
mod set;
mod show;
mod slim;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Packages and their versions
#[derive(Debug, Subcommand)]
pub(crate) enum Package {
    Push(push::Push),
    List(list::List),
    Show(show::Show),
    Set(set::Set),
    Download(download::Download),
    Lint(lint::Lint),
    Edit(edit::Edit),
    Chain(chain::Chain),
}

impl Package {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Push(push) => push.run(context).await,
            Self::List(list) => list.run(context).await,
            Self::Show(show) => show.run(context).await,
            Self::Set(set) => set.run(context).await,
            Self::Download(download) => download.run(context).await,
            Self::Lint(lint) => lint.run(context),
            Self::Edit(edit) => edit.run(context).await,
            Self::Chain(chain) => chain.run(context).await,
        }
    }
}
