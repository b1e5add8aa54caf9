//! `packhorse environment list`.

use clap::Args;
use packhorse_model::api::guard_rails::EnvironmentRules;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, Table};

/// List the environments with their rules
#[derive(Debug, Args)]
pub(crate) struct List;

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let rules = context.client()?.environments().await?;
        context.printer.data(&rules, || context.printer.table(table(&rules)))?;
        Ok(Exit::Done)
    }
}

fn table(rules: &[EnvironmentRules]) -> Table {
    let mut table = Table::new(&[
        Column::text("ENVIRONMENT"),
        Column::number("APPROVALS"),
        Column::number("AT A TIME"),
        Column::text("BY"),
    ]);
    for rules in rules {
        table.row(&[
            rules.environment.as_str().to_owned(),
            rules.approvals.to_string(),
            rules.max_concurrent.map_or("any".to_owned(), |limit| limit.to_string()),
            rules.updated_by.as_ref().map(ToString::to_string).unwrap_or_default(),
        ]);
    }
    table
}
