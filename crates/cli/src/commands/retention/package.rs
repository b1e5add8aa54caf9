//! `packhorse package retention`.

use clap::{Args, Subcommand};
use packhorse_model::PackageName;
use packhorse_model::api::retention::{self, RetentionSource};

use super::preview::Preview;
use super::rule::{Said, told};
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// The rule by which versions of a package are deleted by themselves
#[derive(Debug, Subcommand)]
pub(crate) enum PackageRetention {
    Show(Show),
    Set(Set),
    Clear(Clear),
    Preview(Preview),
}

/// Show the rule of a package, and where it is from
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package retention show shop-web")]
pub(crate) struct Show {
    /// The package
    name: PackageName,
}

/// Give a package a rule of its own
#[derive(Debug, Args)]
#[command(override_usage = "packhorse package retention set <NAME> <OPTIONS>")]
#[command(after_help = "\
Examples:
  packhorse package retention set shop-web --keep-last-deployed 5 --keep-used-days 30
  packhorse package retention set shop-web --keep-all")]
pub(crate) struct Set {
    /// The package
    name: PackageName,
    #[command(flatten)]
    said: Said,
}

/// Take the package's own rule away: the one of the site holds again
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package retention clear shop-web")]
pub(crate) struct Clear {
    /// The package
    name: PackageName,
}

impl PackageRetention {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Preview(preview) => preview.run(context).await,
            Self::Show(Show { name }) => show(context, &context.client()?.package_retention(&name).await?),
            Self::Set(Set { name, said }) => {
                show(context, &context.client()?.set_package_retention(&name, &said.set()).await?)
            }
            Self::Clear(Clear { name }) => {
                let client = context.client()?;
                client.clear_package_retention(&name).await?;
                show(context, &client.package_retention(&name).await?)
            }
        }
    }
}

fn show(context: &Context, retention: &retention::PackageRetention) -> Result<Exit, CommandError> {
    context.printer.data(retention, || {
        let from = match retention.source {
            RetentionSource::Package => "the package's own rule",
            RetentionSource::Site => "the rule of the site",
            RetentionSource::Nobody => "nobody said anything else",
        };
        format!("{} ({from})\n", told(retention.rule.as_ref()))
    })?;
    Ok(Exit::Done)
}
