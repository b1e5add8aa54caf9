//! `packhorse package files`.

use clap::Args;
use packhorse_model::api::packages::TreeEntryKind;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, bytes};
use crate::rollout::PackageVersion;

/// List what a version consists of
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package files shop-web@1.0.0
  packhorse package files shop-web@1.0.0 -o json")]
pub(crate) struct Files {
    /// The package and its version
    #[arg(value_name = "NAME@VERSION")]
    what: PackageVersion,
}

impl Files {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let columns = [Column::text("MODE"), Column::number("SIZE"), Column::text("PATH")];
        let client = context.client()?;
        let rows = context.printer.rows(
            client.tree(&self.what.package, &self.what.version),
            columns,
            |entry| {
                let (size, path) = match entry.kind {
                    TreeEntryKind::Directory => (String::new(), format!("{}/", entry.path)),
                    TreeEntryKind::File => (bytes(entry.size), entry.path.clone()),
                    TreeEntryKind::Symlink => {
                        (String::new(), format!("{} -> {}", entry.path, entry.target.as_deref().unwrap_or_default()))
                    }
                };
                [entry.mode.clone(), size, path]
            },
            "the version holds nothing",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
