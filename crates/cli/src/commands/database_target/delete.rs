//! `packhorse database-target delete`.

use clap::Args;
use packhorse_model::name::DatabaseTargetName;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Forget a database target
///
/// The database stays as it is, and so does the ledger in it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse database-target delete shop")]
pub(crate) struct Delete {
    /// The database target
    name: DatabaseTargetName,
}

impl Delete {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        context.client()?.delete_database_target(&self.name).await?;
        context.printer.say(&format!("{} is forgotten; the database is as it was", self.name));
        Ok(Exit::Done)
    }
}
