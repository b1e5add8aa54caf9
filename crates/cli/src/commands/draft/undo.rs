//! `packhorse draft undo` and `redo`.

use clap::Args;
use packhorse_model::api::drafts;
use packhorse_model::ids::DraftId;

use super::report;
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Undo an edit of a draft: your last one, or a named one
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft undo 01ja2b3c4d5e6f7g8h9j0k1m2n
  packhorse draft undo 01ja2b3c4d5e6f7g8h9j0k1m2n --revision 7")]
pub(crate) struct Undo {
    /// The draft
    id: DraftId,
    /// The revision that the edit made
    #[arg(long, value_name = "N")]
    revision: Option<u64>,
}

impl Undo {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let undo = drafts::Undo { revision: self.revision };
        report(context, &context.client()?.undo_draft(self.id, &undo, &clock::new_key()?).await?)
    }
}

/// Do an edit of a draft again that was undone
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft redo 01ja2b3c4d5e6f7g8h9j0k1m2n")]
pub(crate) struct Redo {
    /// The draft
    id: DraftId,
    /// The revision that the edit made
    #[arg(long, value_name = "N")]
    revision: Option<u64>,
}

impl Redo {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let redo = drafts::Undo { revision: self.revision };
        report(context, &context.client()?.redo_draft(self.id, &redo, &clock::new_key()?).await?)
    }
}
