//! `packhorse script`.

mod adhoc;
mod download;
mod output;
mod results;
mod run;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Scripts: run them on hosts, and see what they wrote and how they ended
#[derive(Debug, Subcommand)]
pub(crate) enum Script {
    Run(Box<run::Run>),
    Results(results::Results),
    Output(output::Output),
    Download(download::Download),
}

impl Script {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Run(run) => run.run(context).await,
            Self::Results(results) => results.run(context).await,
            Self::Output(output) => output.run(context).await,
            Self::Download(download) => download.run(context).await,
        }
    }
}
