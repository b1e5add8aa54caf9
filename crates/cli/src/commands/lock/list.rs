//! `packhorse lock list`.

use clap::Args;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, ago};

/// List locks, the oldest first
#[derive(Debug, Args)]
pub(crate) struct List;

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let columns = [
            Column::text("ID"),
            Column::text("SCOPE"),
            Column::text("MESSAGE"),
            Column::text("BY"),
            Column::text("SINCE"),
        ];
        let (client, now) = (context.client()?, clock::now());
        let rows = context.printer.rows(
            client.locks(),
            columns,
            |lock| {
                [
                    lock.id.to_string(),
                    lock.scope.to_string(),
                    lock.message.clone(),
                    lock.created_by.to_string(),
                    ago(lock.created_at, now),
                ]
            },
            "no locks; `packhorse lock add SCOPE -m MESSAGE` makes one",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
