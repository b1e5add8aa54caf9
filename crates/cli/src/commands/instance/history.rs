//! `packhorse instance history`.

use clap::Args;
use packhorse_model::{HostName, PackageName, VersionNumber};

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, ago};
use crate::words;

/// Show what deployments did to one instance, newest first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse instance history web-01 shop-web")]
pub(crate) struct History {
    /// The host
    host: HostName,
    /// The package
    package: PackageName,
}

impl History {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let columns = [
            Column::text("WHEN"),
            Column::text("ACTION"),
            Column::text("FROM"),
            Column::text("TO"),
            Column::text("OUTCOME"),
            Column::text("BY"),
            Column::text("DEPLOYMENT"),
        ];
        let (client, now) = (context.client()?, clock::now());
        let number = |version: &Option<VersionNumber>| version.as_ref().map(ToString::to_string).unwrap_or_default();
        let rows = context.printer.rows(
            client.instance_history(&self.host, &self.package),
            columns,
            |change| {
                let failure = change.failure.as_ref().map(|failure| format!(": {}", failure.message));
                [
                    ago(change.updated_at, now),
                    words::action(change.action).to_owned(),
                    number(&change.from),
                    number(&change.to),
                    format!("{}{}", words::word(change.outcome), failure.unwrap_or_default()),
                    change.creator.to_string(),
                    change.deployment.to_string(),
                ]
            },
            "no deployment has changed this instance",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
