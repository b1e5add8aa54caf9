//! `packhorse secret add`.

use clap::Args;
use packhorse_model::api::vault::NewSecret;
use packhorse_model::name::SecretName;

use super::value::Value;
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Put a secret into the vault
///
/// The value comes from standard input, from a file, or is asked for. It is never shown again.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse secret add shop-db
  pwgen 24 1 | packhorse secret add shop-db --description 'the database of the shop'
  packhorse secret add shop-tls --from-file shop.key")]
pub(crate) struct Add {
    /// Its name
    name: SecretName,
    #[command(flatten)]
    value: Value,
    /// What it is for
    #[arg(long, value_name = "TEXT", default_value = "")]
    description: String,
}

impl Add {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let value = self.value.read(self.name.as_str())?;
        let secret = NewSecret { name: self.name, value, description: self.description };
        let made = context.client()?.create_secret(&secret, &clock::new_key()?).await?;
        context.printer.data(&made, || format!("{} is in the vault\n", made.name))?;
        Ok(Exit::Done)
    }
}
