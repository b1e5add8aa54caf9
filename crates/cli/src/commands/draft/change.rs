//! The commands that change what a draft holds, one operation each.

use clap::Args;
use packhorse_model::api::drafts::{Batch, Expectation, Operation};
use packhorse_model::ids::DraftId;

use super::report;
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

async fn change(context: &Context, id: DraftId, operations: Vec<Operation>) -> Result<Exit, CommandError> {
    let batch = Batch { seen: None, operations };
    let accepted = context.client()?.change_draft(id, &batch, &clock::new_key()?).await?;
    report(context, &accepted)
}

/// Make directories in a draft, with those above them
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft mkdir 01ja2b3c4d5e6f7g8h9j0k1m2n conf/sites")]
pub(crate) struct MakeDirectory {
    /// The draft
    id: DraftId,
    /// The directories
    #[arg(required = true)]
    paths: Vec<String>,
}

impl MakeDirectory {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        change(context, self.id, self.paths.into_iter().map(|path| Operation::MakeDirectory { path }).collect()).await
    }
}

/// Make the usual directories in a draft: bin, conf, data, lib, logs, scripts, tools
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft init 01ja2b3c4d5e6f7g8h9j0k1m2n")]
pub(crate) struct Initialise {
    /// The draft
    id: DraftId,
    /// Where [default: the top]
    #[arg(default_value = "", hide_default_value = true)]
    path: String,
}

impl Initialise {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        change(context, self.id, vec![Operation::InitialiseDirectory { path: self.path }]).await
    }
}

/// Move or rename a file or directory of a draft
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft mv 01ja2b3c4d5e6f7g8h9j0k1m2n conf/app.toml conf/shop.toml")]
pub(crate) struct Move {
    /// The draft
    id: DraftId,
    /// Where it is
    from: String,
    /// Where it goes; nothing may be there
    to: String,
}

impl Move {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let expect = Expectation::Present;
        change(context, self.id, vec![Operation::Move { from: self.from, to: self.to, expect }]).await
    }
}

/// Copy a file or directory of a draft
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft cp 01ja2b3c4d5e6f7g8h9j0k1m2n conf/app.toml conf/shop.toml")]
pub(crate) struct Copy {
    /// The draft
    id: DraftId,
    /// Where it is
    from: String,
    /// Where the copy goes; nothing may be there
    to: String,
}

impl Copy {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let expect = Expectation::Present;
        change(context, self.id, vec![Operation::Copy { from: self.from, to: self.to, expect }]).await
    }
}

/// Delete files and directories of a draft, with everything in them
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft rm 01ja2b3c4d5e6f7g8h9j0k1m2n lib/old.jar
  packhorse draft undo 01ja2b3c4d5e6f7g8h9j0k1m2n")]
pub(crate) struct Remove {
    /// The draft
    id: DraftId,
    /// What to delete
    #[arg(required = true)]
    paths: Vec<String>,
}

impl Remove {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let delete = |path| Operation::Delete { path, expect: Expectation::Present };
        change(context, self.id, self.paths.into_iter().map(delete).collect()).await
    }
}

/// Change the mode of files and directories of a draft
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft chmod 01ja2b3c4d5e6f7g8h9j0k1m2n 755 bin/start.sh bin/stop.sh")]
pub(crate) struct SetMode {
    /// The draft
    id: DraftId,
    /// In octal
    mode: String,
    /// Of what
    #[arg(required = true)]
    paths: Vec<String>,
}

impl SetMode {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let expect = Expectation::Present;
        let set = |path| Operation::SetMode { path, mode: self.mode.clone(), expect };
        change(context, self.id, self.paths.into_iter().map(set).collect()).await
    }
}

/// Bring files and directories back to what they were in the version that a draft began with
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft revert 01ja2b3c4d5e6f7g8h9j0k1m2n conf")]
pub(crate) struct Revert {
    /// The draft
    id: DraftId,
    /// What to bring back
    #[arg(required = true)]
    paths: Vec<String>,
}

impl Revert {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        change(context, self.id, self.paths.into_iter().map(|path| Operation::Revert { path }).collect()).await
    }
}
