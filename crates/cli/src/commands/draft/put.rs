//! `packhorse draft put`.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use packhorse_model::api::drafts::{Accepted, Expectation, UploadPlace};
use packhorse_model::ids::DraftId;

use super::{report, upload};
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Put a file or a folder of this machine into a draft
///
/// Modes are kept. A transfer that breaks goes on where it was when the same command is run again.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft put 01ja2b3c4d5e6f7g8h9j0k1m2n target/shop.jar lib/shop.jar
  packhorse draft put 01ja2b3c4d5e6f7g8h9j0k1m2n conf conf --replace")]
pub(crate) struct Put {
    /// The draft
    id: DraftId,
    /// The file or folder here
    local: PathBuf,
    /// Its path in the draft
    path: String,
    /// Take the place of files that are there already
    #[arg(long)]
    replace: bool,
}

impl Put {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let expect = if self.replace { Expectation::Any } else { Expectation::Absent };
        let mut last: Option<Accepted> = None;
        let mut sum = 0;
        for (file, path, mode) in found(context, &self.local, self.path.trim_end_matches('/'))? {
            let place = UploadPlace::File { path, mode: Some(format!("{mode:o}")), expect };
            let accepted = upload::send(context, &client, self.id, &file, place).await?;
            sum += accepted.count;
            last = Some(accepted);
        }
        match last {
            Some(accepted) => report(context, &Accepted { count: sum, ..accepted }),
            None => Err(CommandError::failed(format!("there are no files in {}", self.local.display()))
                .hinted("`packhorse draft mkdir` makes a directory")),
        }
    }
}

/// Every regular file at or below `local`, with its path in the draft and its mode, in order.
fn found(context: &Context, local: &Path, path: &str) -> Result<Vec<(PathBuf, String, u32)>, CommandError> {
    let unreadable = |path: &Path, error: std::io::Error| CommandError::file("read", path, &error);
    let mut files = Vec::new();
    let mut open = vec![(local.to_owned(), path.to_owned())];
    while let Some((local, path)) = open.pop() {
        let metadata = std::fs::symlink_metadata(&local).map_err(|error| unreadable(&local, error))?;
        if metadata.is_file() {
            files.push((local, path, metadata.permissions().mode() & 0o777));
        } else if metadata.is_dir() {
            for entry in std::fs::read_dir(&local).map_err(|error| unreadable(&local, error))? {
                let entry = entry.map_err(|error| unreadable(&local, error))?;
                let name = entry.file_name();
                let name = name.to_str().ok_or_else(|| {
                    CommandError::failed(format!("the name of {} is not UTF-8", entry.path().display()))
                })?;
                let path = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
                open.push((entry.path(), path));
            }
        } else {
            context.printer.warn(&format!("{} is neither file nor folder, and is left out", local.display()));
        }
    }
    files.sort();
    Ok(files)
}
