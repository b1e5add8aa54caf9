//! `packhorse token create`.

use clap::Args;
use packhorse_model::api::sessions::CreateToken;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Make an API token
///
/// The token is written to standard output, once: the server does not keep it. Give it to the machine as PACKHORSE_TOKEN.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse token create --name ci --expires 90
  export PACKHORSE_TOKEN=$(packhorse token create --name ci)")]
pub(crate) struct Create {
    /// What it is for
    #[arg(long)]
    name: String,
    /// Days after which it ends; without, it ends when it is deleted
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    expires: Option<u32>,
}

impl Create {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let token = CreateToken { name: self.name, expires_in_days: self.expires };
        let created = context.client()?.create_token(&token, &clock::new_key()?).await?;
        context.printer.data(&created, || format!("{}\n", created.secret))?;
        context.printer.say("this is the only time that it is shown");
        Ok(Exit::Done)
    }
}
