//! `packhorse host join-token`.

use clap::Args;
use packhorse_model::HostName;
use packhorse_model::api::hosts::CreateJoinToken;
use packhorse_model::topology::ModulePath;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Make a token with which one host joins, once
///
/// Writes the command to run on the host. The token holds the fingerprint of the server's authority, so that the agent
/// speaks with no other server.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse host join-token --name web-01 --module Shop/Production/Web
  packhorse host join-token --name web-01 --module Shop/Production/Web -o json   # for scripts: `token`")]
pub(crate) struct JoinToken {
    /// The name that the host will have; a host of this name that exists joins anew
    #[arg(long)]
    name: HostName,
    /// A module that it will belong to; may be given several times
    #[arg(long, required = true, value_name = "BUSINESS/SYSTEM/MODULE")]
    module: Vec<ModulePath>,
    /// Minutes after which the token ends
    #[arg(long, value_name = "MINUTES", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    expires: u32,
}

impl JoinToken {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let ask = CreateJoinToken { host: self.name, modules: self.module, expires_in_minutes: Some(self.expires) };
        let created = context.client()?.create_join_token(&ask, &clock::new_key()?).await?;
        context.printer.data(&created, || format!("{}\n", created.command))?;
        context.printer.say(&format!("run this on the host within {} minutes; it works once", self.expires));
        Ok(Exit::Done)
    }
}
