//! `packhorse export`.

mod project;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Write what other systems read
#[derive(Debug, Subcommand)]
pub(crate) enum Export {
    Project(project::Project),
}

impl Export {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Project(project) => project.run(context).await,
        }
    }
}
