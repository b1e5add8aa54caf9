//! `packhorse draft show`.

use clap::Args;
use packhorse_model::api::drafts::Draft;
use packhorse_model::ids::DraftId;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{bytes, count, harmless};
use crate::words;

/// Show a draft
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft show 01ja2b3c4d5e6f7g8h9j0k1m2n")]
pub(crate) struct Show {
    /// The draft
    id: DraftId,
}

impl Show {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let draft = context.client()?.draft(self.id).await?;
        show(context, &draft)?;
        Ok(Exit::Done)
    }
}

/// Writes what there is to say about a draft.
pub(super) fn show(context: &Context, draft: &Draft) -> Result<(), CommandError> {
    context.printer.data(draft, || {
        let number = |version: &Option<packhorse_model::VersionNumber>, none: &str| {
            version.as_ref().map_or_else(|| none.to_owned(), ToString::to_string)
        };
        let mut text = format!("draft       {}, {}\n", draft.id, words::word(draft.state));
        text.push_str(&format!("package     {}, {}\n", draft.package, words::word(draft.kind)));
        text.push_str(&format!("base        {}\n", number(&draft.base, "none")));
        text.push_str(&format!("version     {}\n", number(&draft.version, "not said yet")));
        if !draft.description.is_empty() {
            text.push_str(&format!("description {}\n", harmless(&draft.description)));
        }
        text.push_str(&format!("holds       {}, {}\n", count(draft.entries, "path"), bytes(draft.size)));
        text.push_str(&format!("revision    {}, by {}\n", draft.revision, draft.updated_by));
        text
    })
}
