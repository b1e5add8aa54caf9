//! `packhorse import`.

mod build;
mod project;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Take over what other systems have
#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    Build(Box<build::Build>),
    Project(project::Project),
}

impl Import {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Build(build) => build.run(context).await,
            Self::Project(project) => project.run(context).await,
        }
    }
}
