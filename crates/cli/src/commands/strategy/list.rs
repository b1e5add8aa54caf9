//! `packhorse strategy list`.

use clap::Args;
use packhorse_model::topology::Environment;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Column;

/// List strategies
#[derive(Debug, Args)]
pub(crate) struct List;

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let columns = [
            Column::text("NAME"),
            Column::text("ENVIRONMENT"),
            Column::text("DEFAULT"),
            Column::number("CANARY"),
            Column::text("BATCH"),
            Column::text("DESCRIPTION"),
            Column::text("BY"),
        ];
        let client = context.client()?;
        let rows = context.printer.rows(
            client.strategies(),
            columns,
            |named| {
                [
                    named.name.to_string(),
                    named.environment.map_or("any", Environment::as_str).to_owned(),
                    if named.is_default { "yes" } else { "" }.to_owned(),
                    named.strategy.canary.to_string(),
                    named.strategy.batch.to_string(),
                    named.description.clone(),
                    named.updated_by.to_string(),
                ]
            },
            "no strategies; `packhorse strategy set NAME` saves one",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
