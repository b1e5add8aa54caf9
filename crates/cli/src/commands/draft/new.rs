//! `packhorse draft new`.

use clap::Args;
use packhorse_model::api::drafts::{CreateDraft, DraftStart};
use packhorse_model::{PackageKind, PackageName, VersionNumber};

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::words;

/// Begin a draft of a version
///
/// It begins empty, with the usual directories, or with the content of a version. The package need not be there yet.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft new shop-web --directories
  packhorse draft new shop-web --from 1.0.0 --version 1.0.1")]
pub(crate) struct New {
    /// The package
    package: PackageName,
    /// Begin with the content of this version
    #[arg(long, value_name = "VERSION", conflicts_with = "directories")]
    from: Option<VersionNumber>,
    /// Begin with the usual directories: bin, conf, data, lib, logs, scripts, tools
    #[arg(long)]
    directories: bool,
    /// What the package carries, if it is new
    #[arg(long, value_parser = words::one_of::<PackageKind>(words::PACKAGE_KINDS))]
    kind: Option<PackageKind>,
    /// The number that it shall be published under
    #[arg(long)]
    version: Option<VersionNumber>,
    /// A line about the version
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    description: String,
}

impl New {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let start = match (self.from, self.directories) {
            (Some(version), _) => DraftStart::Version { version },
            (None, true) => DraftStart::Directories,
            (None, false) => DraftStart::Empty,
        };
        let draft = CreateDraft {
            package: self.package,
            kind: self.kind,
            start,
            version: self.version,
            build: None,
            description: self.description,
        };
        let draft = context.client()?.create_draft(&draft, &clock::new_key()?).await?;
        context.printer.data(&draft, || format!("{}\n", draft.id))?;
        Ok(Exit::Done)
    }
}
