//! `packhorse package cat`.

use clap::Args;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::PackageVersion;

/// Write a file of a version to standard output
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package cat shop-web@1.0.0 conf/app.toml
  packhorse package cat shop-web@1.0.0 lib/shop.jar > /tmp/shop.jar")]
pub(crate) struct Cat {
    /// The package and its version
    #[arg(value_name = "NAME@VERSION")]
    what: PackageVersion,
    /// The file
    path: String,
}

impl Cat {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let mut pieces = client.version_file(&self.what.package, &self.what.version, &self.path).await?;
        let cut_off = |error: packhorse_client::TransferError| {
            CommandError::failed(format!("{} broke off on its way", self.path)).detailed(error.to_string())
        };
        while let Some(piece) = pieces.chunk().await.map_err(cut_off)? {
            context.printer.bytes(&piece)?;
        }
        Ok(Exit::Done)
    }
}
