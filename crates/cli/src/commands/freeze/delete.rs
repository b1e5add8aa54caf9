//! `packhorse freeze delete`.

use clap::Args;
use packhorse_model::name::FreezeName;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Delete a freeze; what it held goes on
#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// The freeze
    name: FreezeName,
}

impl Delete {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        context.client()?.delete_freeze(&self.name).await?;
        context.printer.say(&format!("the freeze {} is gone", self.name));
        Ok(Exit::Done)
    }
}
