//! `packhorse export project`.

use clap::Args;
use futures::TryStreamExt as _;
use packhorse_client::ObjectFilter;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Write a project.xml of ControlTier, which loads again
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse export project > project.xml
  packhorse export project --type Package --name tomcat")]
pub(crate) struct Project {
    /// Only objects whose type, or base type, matches this regular expression
    #[arg(long = "type", value_name = "REGEX")]
    object_type: Option<String>,
    /// Only objects in whose name this regular expression is found
    #[arg(long, value_name = "REGEX")]
    name: Option<String>,
}

impl Project {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let filter = ObjectFilter { object_type: self.object_type, name: self.name, attributes: Vec::new() };
        let mut pieces = client.export_project(&filter).await?;
        while let Some(piece) = pieces.try_next().await? {
            context.printer.bytes(&piece)?;
        }
        Ok(Exit::Done)
    }
}
