//! `packhorse token list`.

use clap::Args;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, ago};

/// List your API tokens, newest first
#[derive(Debug, Args)]
pub(crate) struct List;

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let columns = [
            Column::text("ID"),
            Column::text("NAME"),
            Column::text("MADE"),
            Column::text("USED"),
            Column::text("ENDS"),
        ];
        let (client, now) = (context.client()?, clock::now());
        let rows = context.printer.rows(
            client.tokens(),
            columns,
            |token| {
                [
                    token.id.to_string(),
                    token.name.clone(),
                    ago(token.created_at, now),
                    token.last_used_at.map_or_else(|| "never".to_owned(), |at| ago(at, now)),
                    token.expires_at.map_or_else(String::new, |at| at.strftime("%Y-%m-%d").to_string()),
                ]
            },
            "no tokens; `packhorse token create --name NAME` makes one",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
