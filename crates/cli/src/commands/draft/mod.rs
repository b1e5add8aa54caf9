//! `packhorse draft`.

mod change;
mod changes;
mod delete;
pub(super) mod edit;
mod files;
mod get;
mod lint;
mod list;
mod new;
mod publish;
mod put;
mod show;
mod undo;
mod unpack;
mod upload;

use clap::Subcommand;
use packhorse_model::api::drafts::Accepted;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::count;

/// Drafts: versions that are being made
#[derive(Debug, Subcommand)]
pub(crate) enum Draft {
    New(new::New),
    List(list::List),
    Show(show::Show),
    Files(files::Files),
    Get(get::Get),
    Put(put::Put),
    Edit(edit::EditFile),
    Unpack(unpack::Unpack),
    Mkdir(change::MakeDirectory),
    Init(change::Initialise),
    Mv(change::Move),
    Cp(change::Copy),
    Rm(change::Remove),
    Chmod(change::SetMode),
    Revert(change::Revert),
    Changes(changes::Changes),
    Undo(undo::Undo),
    Redo(undo::Redo),
    Lint(lint::Lint),
    Publish(publish::Publish),
    Delete(delete::Delete),
}

impl Draft {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::New(new) => new.run(context).await,
            Self::List(list) => list.run(context).await,
            Self::Show(show) => show.run(context).await,
            Self::Files(files) => files.run(context).await,
            Self::Get(get) => get.run(context).await,
            Self::Put(put) => put.run(context).await,
            Self::Edit(edit) => edit.run(context).await,
            Self::Unpack(unpack) => unpack.run(context).await,
            Self::Mkdir(change) => change.run(context).await,
            Self::Init(change) => change.run(context).await,
            Self::Mv(change) => change.run(context).await,
            Self::Cp(change) => change.run(context).await,
            Self::Rm(change) => change.run(context).await,
            Self::Chmod(change) => change.run(context).await,
            Self::Revert(change) => change.run(context).await,
            Self::Changes(changes) => changes.run(context).await,
            Self::Undo(undo) => undo.run(context).await,
            Self::Redo(redo) => redo.run(context).await,
            Self::Lint(lint) => lint.run(context).await,
            Self::Publish(publish) => publish.run(context).await,
            Self::Delete(delete) => delete.run(context).await,
        }
    }
}

/// Says what a change has made.
fn report(context: &Context, accepted: &Accepted) -> Result<Exit, CommandError> {
    let line = || match accepted.count {
        0 => format!("nothing to change; revision {}\n", accepted.draft.revision),
        paths => format!("changed {}; revision {}\n", count(paths, "path"), accepted.draft.revision),
    };
    context.printer.data(accepted, line)?;
    Ok(Exit::Done)
}
