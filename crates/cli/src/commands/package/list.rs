//! `packhorse package list`.

use clap::Args;
use packhorse_client::PackageFilter;
use packhorse_model::PackageKind;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, ago};
use crate::words;

/// List packages
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package list --search shop
  packhorse package list --kind database -o json")]
pub(crate) struct List {
    /// Only packages with this text in name, description or creator
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only packages of this kind
    #[arg(long, value_parser = words::one_of::<PackageKind>(words::PACKAGE_KINDS))]
    kind: Option<PackageKind>,
}

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let filter = PackageFilter { search: self.search, kind: self.kind };
        let columns = [
            Column::text("NAME"),
            Column::text("KIND"),
            Column::text("LATEST"),
            Column::number("VERSIONS"),
            Column::number("INSTANCES"),
            Column::text("UPDATED"),
            Column::text("DESCRIPTION"),
        ];
        let (client, now) = (context.client()?, clock::now());
        let rows = context.printer.rows(
            client.packages(&filter),
            columns,
            |package| {
                [
                    package.name.to_string(),
                    words::word(package.kind),
                    package.latest.as_ref().map(ToString::to_string).unwrap_or_default(),
                    package.versions.to_string(),
                    package.instances.to_string(),
                    ago(package.updated_at, now),
                    package.description.clone(),
                ]
            },
            "no packages; `packhorse package push FILE` makes one",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
