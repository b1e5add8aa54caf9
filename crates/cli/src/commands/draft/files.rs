//! `packhorse draft files`.

use clap::Args;
use packhorse_client::EntryFilter;
use packhorse_model::ids::DraftId;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, bytes};
use crate::words;

/// List what a draft holds, and how it differs from the version that it began with
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft files 01ja2b3c4d5e6f7g8h9j0k1m2n --changed
  packhorse draft files 01ja2b3c4d5e6f7g8h9j0k1m2n conf")]
pub(crate) struct Files {
    /// The draft
    id: DraftId,
    /// Only what lies below this directory
    #[arg(default_value = "", hide_default_value = true)]
    directory: String,
    /// Only what differs, with what was removed
    #[arg(long)]
    changed: bool,
}

impl Files {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let columns = [
            Column::text("DIFFERENCE"),
            Column::text("MODE"),
            Column::number("SIZE"),
            Column::text("PATH"),
            Column::text("FROM"),
        ];
        let client = context.client()?;
        let filter = EntryFilter { under: self.directory, only_changed: self.changed };
        let rows = context.printer.rows(
            client.draft_entries(self.id, &filter),
            columns,
            |entry| {
                [
                    words::word(entry.difference),
                    entry.mode.clone(),
                    entry.digest.map(|_| bytes(entry.size)).unwrap_or_default(),
                    entry.path.clone(),
                    entry.from.clone().unwrap_or_default(),
                ]
            },
            if self.changed {
                "nothing differs"
            } else {
                "the draft holds nothing; `packhorse draft put` puts something"
            },
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
