//! `packhorse package schema`.

use clap::Args;
use packhorse_model::manifest;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Print the JSON Schema of packhorse.toml
///
/// Editors complete and check a packhorse.toml with it. Needs no server.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package schema > packhorse.schema.json

With Taplo and the editors that use it, the first line of packhorse.toml then is:
  #:schema ./packhorse.schema.json")]
pub(crate) struct Schema;

impl Schema {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let schema = manifest::json_schema().and_then(|schema| serde_json::to_string_pretty(&schema));
        let text = schema.map_err(|error| CommandError::failed(format!("could not write the schema: {error}")))?;
        context.printer.raw(&(text + "\n"))?;
        Ok(Exit::Done)
    }
}
