//! `packhorse package versions`.

use clap::Args;
use packhorse_client::VersionFilter;
use packhorse_model::{PackageName, UserName, VersionState};

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, ago, bytes};
use crate::words;

/// List the versions of a package
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package versions shop-web
  packhorse package versions shop-web --undeployed --sort created
  packhorse package versions shop-web --state yanked -o json")]
pub(crate) struct Versions {
    /// The package
    name: PackageName,
    /// Only versions with this text in number, build or description
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only versions that stand here
    #[arg(long, value_parser = words::one_of::<VersionState>(words::VERSION_STATES))]
    state: Option<VersionState>,
    /// Only versions that this user pushed
    #[arg(long, value_name = "USER")]
    creator: Option<UserName>,
    /// Only versions that are on a host
    #[arg(long, conflicts_with = "undeployed")]
    deployed: bool,
    /// Only versions that are on no host
    #[arg(long)]
    undeployed: bool,
    /// The order; with a minus, the highest first
    #[arg(long, allow_hyphen_values = true, value_parser = SORTS, hide_possible_values = true, value_name = "[-]version|created|size")]
    sort: Option<String>,
}

const SORTS: [&str; 6] = ["version", "-version", "created", "-created", "size", "-size"];

impl Versions {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let filter = VersionFilter {
            search: self.search,
            state: self.state,
            creator: self.creator,
            deployed: match (self.deployed, self.undeployed) {
                (true, _) => Some(true),
                (_, true) => Some(false),
                _ => None,
            },
            sort: self.sort,
        };
        let columns = [
            Column::text("VERSION"),
            Column::text("BUILD"),
            Column::text("STATE"),
            Column::number("SIZE"),
            Column::number("NEW"),
            Column::number("INSTANCES"),
            Column::text("PUSHED"),
            Column::text("BY"),
            Column::text("DESCRIPTION"),
        ];
        let (client, now) = (context.client()?, clock::now());
        let rows = context.printer.rows(
            client.versions(&self.name, &filter),
            columns,
            |version| {
                let protected = if version.is_protected { ", protected" } else { "" };
                [
                    version.version.to_string(),
                    version.build.clone().unwrap_or_default(),
                    words::word(version.state) + protected,
                    bytes(version.size),
                    bytes(version.new_bytes),
                    version.instances.to_string(),
                    ago(version.created_at, now),
                    version.creator.to_string(),
                    version.description.clone(),
                ]
            },
            "no such versions",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
