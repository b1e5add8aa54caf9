//! `packhorse token`.

mod create;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// API tokens, for CI and other machines
#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    Create(create::Create),
}

impl Token {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Create(create) => create.run(context).await,
        }
    }
}
