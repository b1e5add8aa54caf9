//! `packhorse database`.

mod status;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Databases: which version of which package is in them
#[derive(Debug, Subcommand)]
pub(crate) enum Database {
    Status(status::Status),
}

impl Database {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Status(status) => status.run(context).await,
        }
    }
}
