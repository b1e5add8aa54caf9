//! `packhorse variable list`.

use clap::Args;
use packhorse_client::VariableFilter;
use packhorse_model::variables::Scope;

use super::shown;
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, ago};

/// List the values of variables
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse variable list
  packhorse variable list --scope environment:prod
  packhorse variable list --name db_ -o json")]
pub(crate) struct List {
    /// Only values of this scope
    #[arg(long)]
    scope: Option<Scope>,
    /// Only names that begin like this
    #[arg(long)]
    name: Option<String>,
}

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let filter = VariableFilter { scope: self.scope, name: self.name };
        let columns = [
            Column::text("NAME"),
            Column::text("SCOPE"),
            Column::text("VALUE"),
            Column::text("DESCRIPTION"),
            Column::text("BY"),
            Column::text("CHANGED"),
        ];
        let (client, now) = (context.client()?, clock::now());
        let rows = context.printer.rows(
            client.variable_values(&filter),
            columns,
            |variable| {
                [
                    variable.name.to_string(),
                    variable.scope.to_string(),
                    shown(&variable.value),
                    variable.description.clone(),
                    variable.updated_by.clone(),
                    ago(variable.updated_at, now),
                ]
            },
            "no variables; `packhorse variable set NAME VALUE` makes one",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
