//! `packhorse draft delete`.

use clap::Args;
use packhorse_model::ids::DraftId;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Throw a draft away; what no version has is lost
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft delete 01ja2b3c4d5e6f7g8h9j0k1m2n")]
pub(crate) struct Delete {
    /// The draft
    id: DraftId,
}

impl Delete {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        context.client()?.delete_draft(self.id).await?;
        context.printer.say(&format!("draft {} is gone", self.id));
        Ok(Exit::Done)
    }
}
