//! `packhorse token delete`.

use clap::Args;
use packhorse_model::ids::TokenId;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// End one of your API tokens, at once
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse token delete 01ja2b3c4d5e6f7g8h9j0k1m2n")]
pub(crate) struct Delete {
    /// The token, as `packhorse token list` shows it
    id: TokenId,
}

impl Delete {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        context.client()?.delete_token(self.id).await?;
        context.printer.say("the token is at its end");
        Ok(Exit::Done)
    }
}
