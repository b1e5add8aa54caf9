//! `packhorse secret delete`.

use clap::Args;
use packhorse_model::name::SecretName;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Take a secret out of the vault
///
/// It is refused while variables lead to it. Files that were rendered with it stay as they are.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse secret delete shop-db")]
pub(crate) struct Delete {
    /// The secret
    name: SecretName,
}

impl Delete {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        context.client()?.delete_secret(&self.name).await?;
        context.printer.say(&format!("{} is not in the vault any more", self.name));
        Ok(Exit::Done)
    }
}
