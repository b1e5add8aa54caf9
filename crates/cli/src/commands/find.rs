//! `packhorse find`.

use clap::Args;
use futures::StreamExt as _;
use packhorse_client::ObjectFilter;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, harmless};

/// Find objects by type, name and attributes, as ControlTier's find-objects does
///
/// Every version of a package is an object, and so is what was loaded from a project.xml. A type matches its subtypes: Package
/// finds every zip; '^Package$' finds exactly that type. Options may be written with one dash, as there.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse find -type zip -name '.*'
  packhorse find --type Package --attr vendor=Apache -o json")]
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
