//! `packhorse topology apply`.

use std::path::PathBuf;

use clap::Args;
use packhorse_model::topology::TopologySpec;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::harmless;

/// Add and change what a file says
///
/// Applying is safe to repeat: what is there already stays, and nothing is removed.
#[derive(Debug, Args)]
#[command(after_help = "\
The file:
  [[business]]
  name = \"Shop\"
  [[business.system]]
  name = \"Production\"
  environment = \"prod\"        # dev, test, staging or prod
  [[business.system.module]]
  name = \"Web\"

Examples:
  packhorse topology apply shop.toml")]
pub(crate) struct Apply {
    /// The file
    file: PathBuf,
}

impl Apply {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let text =
            std::fs::read_to_string(&self.file).map_err(|error| CommandError::file("read", &self.file, &error))?;
        let spec: TopologySpec = toml::from_str(&text).map_err(|error| {
            CommandError::failed(format!("{} is not a topology", self.file.display()))
                .detailed(error.to_string())
                .hinted("`packhorse topology apply --help` shows what the file looks like")
        })?;
        let applied = context.client()?.apply_topology(&spec).await?;
        context.printer.data(&applied, || {
            if applied.changes.is_empty() {
                return "nothing to change\n".to_owned();
            }
            applied.changes.iter().map(|change| harmless(change) + "\n").collect()
        })?;
        Ok(Exit::Done)
    }
}
