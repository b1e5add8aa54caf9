//! `packhorse package delete`.

use clap::Args;

use super::what::What;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::confirm;

/// Delete a version, or a package with all its versions
///
/// What hosts have, or could be put back to, is not deleted: the answer names the hosts. The number of a deleted version can come back with the
/// same content only.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package delete shop-web@1.0.0
  packhorse package delete shop-web --yes")]
pub(crate) struct Delete {
    /// The package, and optionally a version of it
    #[arg(value_name = "NAME[@VERSION]")]
    what: What,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

impl Delete {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let question = match &self.what.version {
            Some(_) => format!("Delete {}?", self.what),
            None => {
                let package = client.package(&self.what.package).await?;
                format!("Delete {} with its {}?", self.what, crate::output::count(package.versions, "version"))
            }
        };
        if !confirm(context, self.yes, &question)? {
            context.printer.say("nothing was done");
            return Ok(Exit::Failed);
        }
        match &self.what.version {
            Some(version) => client.delete_version(&self.what.package, version).await?,
            None => client.delete_package(&self.what.package).await?,
        }
        context.printer.say(&format!("{} is deleted", self.what));
        Ok(Exit::Done)
    }
}
