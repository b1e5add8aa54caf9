//! `packhorse find`.

mod tree;

use clap::Args;
use futures::StreamExt as _;
use packhorse_client::ObjectFilter;
use packhorse_model::api::objects::RelationSide;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, harmless};
use crate::words;

/// Find objects by type, name and attributes, as ControlTier's find-objects does
///
/// Every version of a package is an object, and so is what was loaded from a project.xml. A type matches its subtypes: Package
/// finds every zip; '^Package$' finds exactly that type. Options may be written with one dash, as there. With --tree, what is
/// found stands above what it is related to, in the order of installation.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse find -type zip -name '.*'
  packhorse find --type Package --attr vendor=Apache -o json
  packhorse find -type Service -tree children
  packhorse find -type zip -name tomcat -tree parents -depth 9")]
pub(crate) struct Find {
    /// Only objects whose type, or base type, matches this regular expression
    #[arg(long = "type", value_name = "REGEX")]
    object_type: Option<String>,
    /// Only objects in whose name this regular expression is found
    #[arg(long, value_name = "REGEX")]
    name: Option<String>,
    /// Only objects in whose attribute this regular expression is found; may be given several times
    #[arg(long, value_name = "KEY=REGEX", value_parser = pair)]
    attr: Vec<(String, String)>,
    /// Show below each object what it refers to (children), or what refers to it (parents)
    #[arg(long, value_name = "SIDE", value_parser = words::one_of::<RelationSide>(words::RELATION_SIDES))]
    tree: Option<RelationSide>,
    /// How far down the tree goes
    #[arg(long, value_name = "N", default_value_t = 3, requires = "tree", value_parser = clap::value_parser!(u8).range(1..=32))]
    depth: u8,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, pattern) = text.split_once('=').ok_or("write it as KEY=REGEX")?;
    Ok((key.to_owned(), pattern.to_owned()))
}

impl Find {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let filter = ObjectFilter { object_type: self.object_type, name: self.name, attributes: self.attr };
        let mut pages = client.objects(&filter);
        if let Some(side) = self.tree {
            return tree::show(context, &client, pages, side, self.depth).await;
        }
        if !context.printer.is_for_people() {
            let columns: [Column; 0] = [];
            context.printer.rows(pages, columns, |_| [], "").await?;
            return Ok(Exit::Done);
        }
        let mut is_first = true;
        while let Some(page) = pages.next().await {
            let mut text = String::new();
            for object in page?.items {
                if std::mem::take(&mut is_first) {
                    text.push_str("|\n");
                }
                text.push_str(&format!("|--{}\n", harmless(&object.key.to_string())));
            }
            context.printer.raw(&text)?;
        }
        if is_first {
            context.printer.say("nothing found");
        }
        Ok(Exit::Done)
    }
}
