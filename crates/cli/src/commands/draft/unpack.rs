//! `packhorse draft unpack`.

use std::path::PathBuf;

use clap::Args;
use packhorse_model::api::drafts::{Existing, UploadPlace};
use packhorse_model::ids::DraftId;

use super::{report, upload};
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Unpack an archive of this machine into a directory of a draft
///
/// Checked as a push is. A transfer that breaks goes on where it was when the same command is run again.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft unpack 01ja2b3c4d5e6f7g8h9j0k1m2n site.tar.gz web")]
pub(crate) struct Unpack {
    /// The draft
    id: DraftId,
    /// The archive here
    archive: PathBuf,
    /// The directory in the draft [default: the top]
    #[arg(default_value = "", hide_default_value = true)]
    directory: String,
    /// Take the place of files that are there already
    #[arg(long)]
    replace: bool,
}

impl Unpack {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let file_name = self.archive.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let existing = if self.replace { Existing::Replace } else { Existing::Refuse };
        let place = UploadPlace::Archive { file_name, into: self.directory, existing };
        let accepted = upload::send(context, &client, self.id, &self.archive, place).await?;
        report(context, &accepted)
    }
}
