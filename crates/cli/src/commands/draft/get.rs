//! `packhorse draft get`.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use packhorse_model::ids::DraftId;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Write a file of a draft to standard output, or into a file
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft get 01ja2b3c4d5e6f7g8h9j0k1m2n conf/app.toml
  packhorse draft get 01ja2b3c4d5e6f7g8h9j0k1m2n lib/shop.jar -O /tmp/shop.jar")]
pub(crate) struct Get {
    /// The draft
    id: DraftId,
    /// The file
    path: String,
    /// Where to write it; must not exist
    #[arg(short = 'O', long, value_name = "FILE")]
    output_file: Option<PathBuf>,
}

impl Get {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let mut pieces = client.draft_file(self.id, &self.path).await?;
        let failed = |path: &Path, error: std::io::Error| CommandError::file("write", path, &error);
        let mut file = match &self.output_file {
            None => None,
            Some(path) => Some((path, File::create_new(path).map_err(|error| failed(path, error))?)),
        };
        let cut_off = |error: packhorse_client::TransferError| {
            CommandError::failed(format!("{} broke off on its way", self.path)).detailed(error.to_string())
        };
        while let Some(piece) = pieces.chunk().await.map_err(cut_off)? {
            match &mut file {
                None => context.printer.bytes(&piece)?,
                Some((path, file)) => file.write_all(&piece).map_err(|error| failed(path, error))?,
            }
        }
        Ok(Exit::Done)
    }
}
