//! `packhorse retention`, and `packhorse package retention`.

mod package;
mod preview;
mod rule;
mod site;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

pub(crate) use package::PackageRetention;

/// Which versions are deleted by themselves, unless their package says otherwise
#[derive(Debug, Subcommand)]
pub(crate) enum Retention {
    Show(site::Show),
    Set(site::Set),
}

impl Retention {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Show(show) => show.run(context).await,
            Self::Set(set) => set.run(context).await,
        }
    }
}
