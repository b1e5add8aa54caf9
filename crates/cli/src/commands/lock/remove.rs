//! `packhorse lock remove`.

use clap::Args;
use packhorse_model::ids::LockId;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Remove a lock; what it held goes on
#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// The lock, as `packhorse lock list` shows it
    id: LockId,
}

impl Remove {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        context.client()?.remove_lock(self.id).await?;
        context.printer.say("the lock is gone");
        Ok(Exit::Done)
    }
}
