//! `packhorse package findings`.

use clap::Args;

use super::lint;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::PackageVersion;

/// Say what should be better about a published version
///
/// Looks at it by the rules of today, which may have changed since it was published, and by the danger rules of the site.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package findings shop-web@1.0.0")]
pub(crate) struct Findings {
    /// Package and version
    #[arg(value_name = "NAME@VERSION")]
    version: PackageVersion,
}

impl Findings {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let PackageVersion { package, version } = self.version;
        let found = context.client()?.version_findings(&package, &version).await?;
        let what = format!("{package}@{version}");
        context.printer.data(&found, || lint::told(&what, &found.findings, context.printer.style()))?;
        Ok(Exit::Done)
    }
}
