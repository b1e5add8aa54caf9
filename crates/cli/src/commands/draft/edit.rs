//! `packhorse draft edit`: one text of a draft in the editor of this machine.

use std::path::Path;
use std::process::Command;

use clap::Args;
use packhorse_client::{Client, ClientError, DraftText};
use packhorse_model::api::drafts::Expectation;
use packhorse_model::ids::DraftId;

use super::report;
use crate::context::Context;
use crate::environment;
use crate::error::CommandError;
use crate::exit::Exit;

/// The largest text that is edited.
const MOST_BYTES: u64 = 16 << 20;

/// Edit a text file of a draft in $VISUAL or $EDITOR
///
/// If somebody else changes the file meanwhile, nothing of either is lost: your text stays in a file here.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  EDITOR=vim packhorse draft edit 01ja2b3c4d5e6f7g8h9j0k1m2n conf/app.toml")]
pub(crate) struct EditFile {
    /// The draft
    id: DraftId,
    /// The file; made if it is not there
    path: String,
}

impl EditFile {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        edit(context, &context.client()?, self.id, &self.path).await
    }
}

/// Lets a person edit a text of a draft, and writes it back.
pub(crate) async fn edit(context: &Context, client: &Client, id: DraftId, path: &str) -> Result<Exit, CommandError> {
    let before = match client.draft_text(id, path, MOST_BYTES).await {
        Ok(text) => text,
        Err(ClientError::Problem(problem)) if problem.code == "entry_not_found" => {
            DraftText { bytes: Vec::new(), expect: Expectation::Absent }
        }
        Err(error) => return Err(error.into()),
    };
    let name = path.rsplit('/').next().unwrap_or(path);
    let copy = tempfile::Builder::new().prefix("packhorse-").suffix(&format!("-{name}")).tempfile();
    let copy = copy.map_err(|error| CommandError::file("write", &std::env::temp_dir(), &error))?;
    std::fs::write(copy.path(), &before.bytes).map_err(|error| CommandError::file("write", copy.path(), &error))?;
    run_editor(copy.path())?;
    let bytes = std::fs::read(copy.path()).map_err(|error| CommandError::file("read", copy.path(), &error))?;
    if bytes == before.bytes {
        context.printer.say("nothing was changed");
        return Ok(Exit::Done);
    }
    match client.put_draft_text(id, path, DraftText { bytes, expect: before.expect }).await {
        Ok(accepted) => report(context, &accepted),
        Err(error) => {
            let kept = copy.into_temp_path().keep();
            let error = CommandError::from(error);
            Err(match kept {
                Ok(kept) => error
                    .hinted(format!("your text is kept in {}; edit the file again, and bring it in", kept.display())),
                Err(_) => error,
            })
        }
    }
}

/// Runs the editor and waits for its end.
fn run_editor(file: &Path) -> Result<(), CommandError> {
    let editor = environment::editor();
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or("vi");
    let status = Command::new(program).args(words).arg(file).status();
    let hint = "say which editor to use: EDITOR=nano";
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => {
            Err(CommandError::failed(format!("{program} ended with {status}; nothing was changed")).hinted(hint))
        }
        Err(error) => {
            Err(CommandError::failed(format!("could not run {program}")).detailed(error.to_string()).hinted(hint))
        }
    }
}
