//! `packhorse draft list`.

use clap::Args;
use packhorse_model::PackageName;
use packhorse_model::api::drafts::DraftState;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, ago, bytes};

/// List drafts, the last changed first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft list
  packhorse draft list --package shop-web --published")]
pub(crate) struct List {
    /// Only drafts of this package
    #[arg(long)]
    package: Option<PackageName>,
    /// Drafts that were published, in place of open ones
    #[arg(long)]
    published: bool,
}

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let state = if self.published { DraftState::Published } else { DraftState::Open };
        let columns = [
            Column::text("DRAFT"),
            Column::text("PACKAGE"),
            Column::text("BASE"),
            Column::text("VERSION"),
            Column::number("REVISION"),
            Column::number("ENTRIES"),
            Column::number("SIZE"),
            Column::text("CHANGED"),
            Column::text("BY"),
        ];
        let (client, now) = (context.client()?, clock::now());
        let number = |version: &Option<packhorse_model::VersionNumber>| {
            version.as_ref().map(ToString::to_string).unwrap_or_default()
        };
        let rows = context.printer.rows(
            client.drafts(state, self.package.as_ref()),
            columns,
            |draft| {
                [
                    draft.id.to_string(),
                    draft.package.to_string(),
                    number(&draft.base),
                    number(&draft.version),
                    draft.revision.to_string(),
                    draft.entries.to_string(),
                    bytes(draft.size),
                    ago(draft.updated_at, now),
                    draft.updated_by.to_string(),
                ]
            },
            "no drafts; `packhorse draft new NAME` begins one",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
