//! `packhorse secret set`.

use clap::Args;
use packhorse_model::api::vault::SecretChange;
use packhorse_model::name::SecretName;

use super::value::Value;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Give a secret a new value
///
/// Instances have it when they are deployed again; `packhorse variable affected` names them. The values before it stay in the vault for
/// those that have yet to change.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse secret set shop-db
  pwgen 24 1 | packhorse secret set shop-db
  packhorse secret set shop-db --describe 'the database of the shop'")]
pub(crate) struct Set {
    /// The secret
    name: SecretName,
    #[command(flatten)]
    value: Value,
    /// Say only what it is for, and leave the value
    #[arg(long, value_name = "TEXT", conflicts_with = "from_file")]
    describe: Option<String>,
}

impl Set {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let change = match self.describe {
            Some(description) => SecretChange { value: None, description: Some(description) },
            None => SecretChange { value: Some(self.value.read(self.name.as_str())?), description: None },
        };
        let changed = context.client()?.change_secret(&self.name, &change).await?;
        context.printer.data(&changed, || format!("{} is at version {}\n", changed.name, changed.version))?;
        Ok(Exit::Done)
    }
}
