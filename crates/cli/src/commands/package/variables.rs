//! `packhorse package variables`.

use clap::Args;
use futures::TryStreamExt as _;
use packhorse_client::Pages;
use packhorse_model::api::variables::{Certainty, FoundVariable};
use packhorse_model::{PackageName, VersionNumber};
use serde::Serialize;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, Printer, Table, harmless};

/// List the variables in a version's files
///
/// Lists apart what only looks like a variable, and why: that is left as it is.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package variables shop-web 1.0.0
  packhorse package variables shop-web 1.0.0 -o json")]
pub(crate) struct Variables {
    /// The package
    name: PackageName,
    /// The version
    version: VersionNumber,
}

/// Both lists.
#[derive(Debug, Serialize)]
struct Found {
    variables: Vec<FoundVariable>,
    doubts: Vec<FoundVariable>,
}

impl Variables {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let list = async |which| all(client.variables(&self.name, &self.version, which)).await;
        let found = Found { variables: list(Certainty::Variables).await?, doubts: list(Certainty::Doubts).await? };
        context.printer.data(&found, || text(&found, &context.printer))?;
        Ok(Exit::Done)
    }
}

/// All rows of a list that is bounded.
async fn all(mut pages: Pages<'_, FoundVariable>) -> Result<Vec<FoundVariable>, CommandError> {
    let mut rows = Vec::new();
    while let Some(page) = pages.try_next().await? {
        rows.extend(page.items);
    }
    Ok(rows)
}

fn text(found: &Found, printer: &Printer) -> String {
    let mut text = if found.variables.is_empty() {
        "no variables\n".to_owned()
    } else {
        let mut table = Table::new(&[Column::text("VARIABLE"), Column::text("KIND"), Column::text("PLACE")]);
        for variable in &found.variables {
            table.row(&[written(variable), variable.kind.as_str().to_owned(), place(variable)]);
        }
        printer.table(table)
    };
    if !found.doubts.is_empty() {
        let mut table = Table::new(&[Column::text("TEXT"), Column::text("PLACE"), Column::text("WHY")]);
        for doubt in &found.doubts {
            let why = doubt.doubt.as_ref().map(|doubt| doubt.reason.clone()).unwrap_or_default();
            table.row(&[written(doubt), place(doubt), why]);
        }
        text.push_str(&format!(
            "\n{}\n",
            printer.style().bold("These only look like variables, and are left as they are:")
        ));
        text.push_str(&printer.table(table));
    }
    text
}

fn written(variable: &FoundVariable) -> String {
    harmless(&format!("[{}{}]", variable.prefix, variable.name))
}

fn place(variable: &FoundVariable) -> String {
    harmless(&format!("{}:{}:{}", variable.path, variable.line, variable.column))
}
