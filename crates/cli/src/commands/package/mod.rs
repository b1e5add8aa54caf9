//! `packhorse package`.

mod bind;
mod cat;
mod chain;
mod compare;
mod delete;
mod diff;
mod download;
mod edit;
mod files;
mod findings;
mod import_manifest;
mod init;
mod lint;
mod list;
mod push;
mod schema;
mod set;
mod show;
mod slim;
mod state;
mod variables;
mod versions;
mod what;

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use clap::Subcommand;
use packhorse_client::{Protection, VersionChange};

pub(crate) use download::Form;

use super::retention::PackageRetention;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Packages and their versions
#[derive(Debug, Subcommand)]
pub(crate) enum Package {
    Push(Box<push::Push>),
    List(list::List),
    Show(show::Show),
    Set(set::Set),
    /// Let a package be deployed to modules
    #[command(after_help = "Examples:\n  packhorse package bind shop-web Shop/Production/Web")]
    Bind(bind::Bind),
    /// End that a package may be deployed to modules; what is there stays
    #[command(after_help = "Examples:\n  packhorse package unbind shop-web Shop/Production/Web")]
    Unbind(bind::Bind),
    Download(download::Download),
    Lint(lint::Lint),
    Edit(edit::Edit),
    Chain(chain::Chain),
    Versions(versions::Versions),
    Files(files::Files),
    Cat(cat::Cat),
    Compare(compare::Compare),
    /// Take a version out of choice: it goes to no host any more that does not have it
    ///
    /// It is not the latest any more. What runs it goes on, and can be put back to it.
    #[command(after_help = "Examples:\n  packhorse package yank shop-web@1.0.1 --reason 'loses carts'")]
    Yank(state::Reasoned),
    /// Let a yanked version be chosen again
    #[command(after_help = "Examples:\n  packhorse package unyank shop-web@1.0.1")]
    Unyank(state::Reasoned),
    /// Forbid a version: it is brought nowhere, and open deployments of it are aborted
    #[command(after_help = "Examples:\n  packhorse package ban shop-web@1.0.1 --reason 'leaks passwords'")]
    Ban(state::Forbidden),
    /// Lift a ban
    #[command(after_help = "Examples:\n  packhorse package unban shop-web@1.0.1 --reason 'was a false alarm'")]
    Unban(state::Reasoned),
    /// Protect a version: neither a rule nor a person deletes it
    #[command(after_help = "Examples:\n  packhorse package protect shop-web@1.0.0")]
    Protect(state::Named),
    /// Let a protected version be deleted again
    #[command(after_help = "Examples:\n  packhorse package unprotect shop-web@1.0.0")]
    Unprotect(state::Named),
    Delete(delete::Delete),
    #[command(subcommand)]
    Retention(PackageRetention),
    Variables(variables::Variables),
    Findings(findings::Findings),
    Init(init::Init),
    Schema(schema::Schema),
    ImportManifest(import_manifest::ImportManifest),
}

impl Package {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Push(push) => push.run(context).await,
            Self::List(list) => list.run(context).await,
            Self::Show(show) => show.run(context).await,
            Self::Set(set) => set.run(context).await,
            Self::Bind(bind) => bind.run(context, bind::Verb::Bind).await,
            Self::Unbind(bind) => bind.run(context, bind::Verb::Unbind).await,
            Self::Download(download) => download.run(context).await,
            Self::Lint(lint) => lint.run(context),
            Self::Edit(edit) => edit.run(context).await,
            Self::Chain(chain) => chain.run(context).await,
            Self::Versions(versions) => versions.run(context).await,
            Self::Files(files) => files.run(context).await,
            Self::Cat(cat) => cat.run(context).await,
            Self::Compare(compare) => compare.run(context).await,
            Self::Yank(yank) => yank.run(context, VersionChange::Yank).await,
            Self::Unyank(unyank) => unyank.run(context, VersionChange::Unyank).await,
            Self::Ban(ban) => ban.run(context).await,
            Self::Unban(unban) => unban.run(context, VersionChange::Unban).await,
            Self::Protect(protect) => protect.run(context, Protection::On).await,
            Self::Unprotect(unprotect) => unprotect.run(context, Protection::Off).await,
            Self::Delete(delete) => delete.run(context).await,
            Self::Retention(retention) => retention.run(context).await,
            Self::Variables(variables) => variables.run(context).await,
            Self::Findings(findings) => findings.run(context).await,
            Self::Init(init) => init.run(context),
            Self::Schema(schema) => schema.run(context),
            Self::ImportManifest(import) => import.run(context),
        }
    }
}

/// Writes a file that must not be there yet.
fn new_file(path: &Path, text: &str) -> Result<(), CommandError> {
    let mut file = File::create_new(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => CommandError::failed(format!("{} is there already", path.display()))
            .hinted("nothing was written: edit it, or move it away first"),
        _ => CommandError::file("write", path, &error),
    })?;
    file.write_all(text.as_bytes()).map_err(|error| CommandError::file("write", path, &error))
}
