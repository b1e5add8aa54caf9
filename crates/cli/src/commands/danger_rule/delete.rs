//! `packhorse danger-rule delete`.

use clap::Args;
use packhorse_model::name::DangerRuleName;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Delete a danger rule
///
/// Those that come with Packhorse cannot be deleted; `packhorse danger-rule edit NAME --off` switches them off.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse danger-rule delete no-telnet")]
pub(crate) struct Delete {
    /// The rule
    name: DangerRuleName,
}

impl Delete {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        context.client()?.delete_danger_rule(&self.name).await?;
        context.printer.say(&format!("{} is deleted", self.name));
        Ok(Exit::Done)
    }
}
