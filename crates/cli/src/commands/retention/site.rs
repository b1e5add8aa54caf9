//! `packhorse retention show` and `set`.

use clap::Args;
use packhorse_model::api::retention::SiteRetention;

use super::rule::{Said, told};
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::ago;

/// Show the rule for packages that have none of their own
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse retention show")]
pub(crate) struct Show;

/// Change the rule for packages that have none of their own
///
/// Rules are applied once a day. What hosts have or could be put back to, what open deployments and drafts need, what is protected, and the
/// latest version are kept whatever a rule says; `packhorse package retention preview` shows it.
#[derive(Debug, Args)]
#[command(override_usage = "packhorse retention set <OPTIONS>")]
#[command(after_help = "\
Examples:
  packhorse retention set --keep-last 20 --keep-used-days 90
  packhorse retention set --keep-all")]
pub(crate) struct Set {
    #[command(flatten)]
    said: Said,
}

impl Show {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        show(context, &context.client()?.site_retention().await?)
    }
}

impl Set {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        show(context, &context.client()?.set_site_retention(&self.said.set()).await?)
    }
}

fn show(context: &Context, site: &SiteRetention) -> Result<Exit, CommandError> {
    context.printer.data(site, || {
        let now = clock::now();
        let mut text = format!("{}\n", told(site.stored.as_ref().and_then(|said| said.rule.as_ref())));
        if let Some(said) = &site.stored {
            text.push_str(&format!("said by {}, {}\n", said.updated_by, ago(said.updated_at, now)));
        }
        if let Some(applied) = site.applied_at {
            text.push_str(&format!("rules were last applied {}\n", ago(applied, now)));
        }
        text
    })?;
    Ok(Exit::Done)
}
