//! `packhorse freeze list`.

use clap::Args;

use super::shown;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Column;

/// List freezes, with those marked that hold now
#[derive(Debug, Args)]
pub(crate) struct List;

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let columns = [
            Column::text("NAME"),
            Column::text("SCOPE"),
            Column::text("WHEN"),
            Column::text("HOLDS UNTIL"),
            Column::text("MESSAGE"),
            Column::text("BY"),
        ];
        let client = context.client()?;
        let rows = context.printer.rows(
            client.freezes(),
            columns,
            |freeze| {
                [
                    freeze.name.to_string(),
                    freeze.scope.to_string(),
                    shown(&freeze.schedule),
                    freeze.holds_until.map(|until| until.to_string()).unwrap_or_default(),
                    freeze.message.clone(),
                    freeze.updated_by.to_string(),
                ]
            },
            "no freezes; `packhorse freeze set NAME` makes one",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
