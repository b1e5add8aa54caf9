//! `packhorse script download`.

use std::path::PathBuf;

use clap::Args;
use packhorse_client::{PackedAs, Progress};
use packhorse_model::ids::DeploymentId;

use crate::commands::package::Form;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::bytes;

/// Download what a script wrote on all hosts: a file for each, and a list of how it ended
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse script download 01ja2b3c4d5e6f7g8h9j0k1m2n
  packhorse script download 01ja2b3c4d5e6f7g8h9j0k1m2n --as zip -O outputs.zip")]
pub(crate) struct Download {
    /// The deployment that ran it
    id: DeploymentId,
    /// Where to write it; replaced if it exists [default: DEPLOYMENT.tar.gz, here]
    #[arg(short = 'O', long, value_name = "FILE")]
    output_file: Option<PathBuf>,
    /// How it is packed
    #[arg(long = "as", value_enum, value_name = "FORM", default_value = "tar.gz")]
    form: Form,
}

impl Download {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let form = PackedAs::from(self.form);
        let file = self.output_file.unwrap_or_else(|| format!("{}.{}", self.id, form.word()).into());
        // How long it is shows only at its end.
        let progress = Progress::new(|_| {});
        let size = context.client()?.download_outputs(self.id, form, &file, &progress).await?;
        context.printer.say(&format!("{}: {}", file.display(), bytes(size)));
        Ok(Exit::Done)
    }
}
