//! `packhorse secret list`.

use clap::Args;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, ago};

/// List the secrets of the vault, without what they say
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse secret list
  packhorse secret list -o json")]
pub(crate) struct List;

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let columns = [
            Column::text("NAME"),
            Column::number("VERSION"),
            Column::number("VARIABLES"),
            Column::text("DESCRIPTION"),
            Column::text("BY"),
            Column::text("CHANGED"),
        ];
        let (client, now) = (context.client()?, clock::now());
        let rows = context.printer.rows(
            client.secrets(),
            columns,
            |secret| {
                [
                    secret.name.to_string(),
                    secret.version.to_string(),
                    secret.used_by.to_string(),
                    secret.description.clone(),
                    secret.updated_by.clone(),
                    ago(secret.updated_at, now),
                ]
            },
            "the vault is empty; `packhorse secret add NAME` puts something into it",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
