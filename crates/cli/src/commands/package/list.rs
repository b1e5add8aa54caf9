//! `packhorse package list`.

use clap::Args;
use packhorse_client::PackageFilter;
use packhorse_model::api::packages::PackageSummary;
use packhorse_model::{PackageKind, UserName};

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
  packhorse package list --tag core --meta arch=x86_64 --sort -updated
  packhorse package list --kind database -o json")]
pub(crate) struct List {
    /// Only packages with these words in name, description, creator or tags
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only packages of this kind
    #[arg(long, value_parser = words::one_of::<PackageKind>(words::PACKAGE_KINDS))]
    kind: Option<PackageKind>,
    /// Only packages that this user made
    #[arg(long, value_name = "USER")]
    creator: Option<UserName>,
    /// Only packages with this tag; may be given several times, and all must be there
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Only packages whose latest version has this attribute; may be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = attribute)]
    meta: Vec<(String, String)>,
    /// The order; with a minus, the highest first
    #[arg(long, allow_hyphen_values = true, value_parser = SORTS, hide_possible_values = true, value_name = "[-]name|updated|created|versions|instances|kind")]
    sort: Option<String>,
}

const SORTS: [&str; 12] = [
    "name",
    "-name",
    "updated",
    "-updated",
    "created",
    "-created",
    "versions",
    "-versions",
    "instances",
    "-instances",
    "kind",
    "-kind",
];

/// Reads `KEY=VALUE`.
fn attribute(text: &str) -> Result<(String, String), &'static str> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write it as KEY=VALUE, such as arch=x86_64"),
    }
}

/// The highest version; of a package that has none yet, what there is instead.
fn latest(package: &PackageSummary) -> String {
    match &package.latest {
        Some(version) => version.to_string(),
        None if package.versions == 0 && package.registered > 0 => "registered".to_owned(),
        None => String::new(),
    }
}

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let filter = PackageFilter {
            search: self.search,
            kind: self.kind,
            creator: self.creator,
            tags: self.tag,
            metadata: self.meta,
            sort: self.sort,
        };
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
                    latest(package),
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
