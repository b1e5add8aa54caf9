//! `packhorse draft changes`.

use clap::Args;
use packhorse_model::ids::DraftId;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, ago};

/// List who changed what in a draft, the newest first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft changes 01ja2b3c4d5e6f7g8h9j0k1m2n")]
pub(crate) struct Changes {
    /// The draft
    id: DraftId,
}

impl Changes {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let columns = [
            Column::number("REVISION"),
            Column::text("CHANGED"),
            Column::text("BY"),
            Column::number("PATHS"),
            Column::text("WHAT"),
            Column::text("UNDONE"),
        ];
        let (client, now) = (context.client()?, clock::now());
        let rows = context.printer.rows(
            client.draft_changes(self.id),
            columns,
            |change| {
                [
                    change.revision.to_string(),
                    ago(change.at, now),
                    change.by.to_string(),
                    change.count.to_string(),
                    change.title.clone(),
                    change.undone_by.map(|revision| format!("by {revision}")).unwrap_or_default(),
                ]
            },
            "nothing was changed yet",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
