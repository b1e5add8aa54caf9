//! `packhorse package set`.

use clap::{ArgGroup, Args};
use packhorse_model::PackageName;
use packhorse_model::api::package_edit::PackageEdit;
use packhorse_model::tag::Tag;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::harmless;

/// Change the description and the tags of a package
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").required(true).multiple(true).args(["description", "tag", "untag"]))]
#[command(after_help = "\
Tags that the latest version has of itself stay; a new version takes them away.

Examples:
  packhorse package set shop-web --description 'The front of the shop'
  packhorse package set shop-web --tag core --tag web --untag beta")]
pub(crate) struct Set {
    /// The package
    #[arg(value_name = "NAME")]
    package: PackageName,
    /// A line about it; empty to say nothing
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Give it this tag; may be given several times
    #[arg(long, value_name = "TAG")]
    tag: Vec<Tag>,
    /// Take this tag away; may be given several times
    #[arg(long, value_name = "TAG")]
    untag: Vec<Tag>,
}

impl Set {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let (client, printer) = (context.client()?, &context.printer);
        let found = client.editable_package(&self.package).await?;
        // What is stored was checked when it was stored; what is no tag any more is left out.
        let own = found.package.own_tags.iter().filter_map(|tag| tag.parse::<Tag>().ok());
        let tags = own.filter(|tag| !self.untag.contains(tag)).chain(self.tag.iter().cloned()).collect();
        let changes_tags = !self.tag.is_empty() || !self.untag.is_empty();
        let edit = PackageEdit { description: self.description, tags: changes_tags.then_some(tags) };
        let package = client.edit_package(&found, &edit).await?;
        printer.data(&package, || {
            format!(
                "{}\n{}\ntags: {}\n",
                package.name,
                harmless(&package.description),
                harmless(&package.tags.join(", "))
            )
        })?;
        Ok(Exit::Done)
    }
}
