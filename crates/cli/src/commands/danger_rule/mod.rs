//! `packhorse danger-rule`.

mod add;
mod delete;
mod edit;
mod list;
mod spec;
mod test;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Danger rules: what in a script should make a person look twice
#[derive(Debug, Subcommand)]
pub(crate) enum DangerRule {
    List(list::List),
    Add(add::Add),
    Edit(edit::Edit),
    Delete(delete::Delete),
    Test(test::Test),
}

impl DangerRule {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::List(list) => list.run(context).await,
            Self::Add(add) => add.run(context).await,
            Self::Edit(edit) => edit.run(context).await,
            Self::Delete(delete) => delete.run(context).await,
            Self::Test(test) => test.run(context).await,
        }
    }
}
