//! `packhorse variable delete`.

use clap::Args;
use futures::StreamExt as _;
use packhorse_client::VariableFilter;
use packhorse_model::name::VariableName;
use packhorse_model::variables::Scope;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Take a value from a variable
///
/// Where a wider scope has a value, that holds from now on.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse variable delete db_host --scope host:web-1")]
pub(crate) struct Delete {
    /// The variable
    name: VariableName,
    /// The scope whose value is taken
    #[arg(long, default_value = "global")]
    scope: Scope,
}

impl Delete {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let filter = VariableFilter { scope: Some(self.scope.clone()), name: Some(self.name.to_string()) };
        let mut pages = client.variable_values(&filter);
        while let Some(page) = pages.next().await {
            if let Some(found) = page?.items.iter().find(|variable| variable.name.key() == self.name.key()) {
                client.delete_variable(found.id).await?;
                context.printer.say(&format!("{} has no value in {} any more", self.name, self.scope));
                return Ok(Exit::Done);
            }
        }
        Err(CommandError::new(Exit::NotFound, format!("{} has no value in {}", self.name, self.scope))
            .hinted(format!("`packhorse variable list --name {}` shows where it has one", self.name)))
    }
}
