//! `packhorse database-target`.

mod add;
mod delete;
mod edit;
mod list;
mod show;
mod test;

use std::path::Path;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Database targets: where databases are, and which hosts reach them
#[derive(Debug, Subcommand)]
pub(crate) enum DatabaseTarget {
    Add(add::Add),
    List(list::List),
    Show(show::Show),
    Edit(edit::Edit),
    Test(test::Test),
    Delete(delete::Delete),
}

impl DatabaseTarget {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Add(add) => add.run(context).await,
            Self::List(list) => list.run(context).await,
            Self::Show(show) => show.run(context).await,
            Self::Edit(edit) => edit.run(context).await,
            Self::Test(test) => test.run(context).await,
            Self::Delete(delete) => delete.run(context).await,
        }
    }
}

/// The certificates in a file.
fn authority(path: &Path) -> Result<String, CommandError> {
    std::fs::read_to_string(path)
        .map_err(|error| CommandError::failed(format!("could not read {}", path.display())).detailed(error.to_string()))
}
