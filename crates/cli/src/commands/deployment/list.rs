//! `packhorse deployment list`.

use clap::Args;
use packhorse_client::{Awaiting, DeploymentFilter};
use packhorse_model::PackageName;
use packhorse_model::deployment::DeploymentState;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, ago};
use crate::words;

/// List deployments, newest first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse deployment list --package shop-web
  packhorse deployment list -o jsonl | head -n 1")]
pub(crate) struct List {
    /// Only of this package
    #[arg(long, value_name = "NAME")]
    package: Option<PackageName>,
    /// Only in this state
    #[arg(long, value_parser = words::one_of::<DeploymentState>(words::DEPLOYMENT_STATES))]
    state: Option<DeploymentState>,
    /// Only those that wait for approval
    #[arg(long)]
    awaiting_approval: bool,
}

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let filter = DeploymentFilter {
            package: self.package,
            state: self.state,
            awaiting: self.awaiting_approval.then_some(Awaiting::Approval),
        };
        let columns = [
            Column::text("ID"),
            Column::text("ACTION"),
            Column::text("PACKAGE"),
            Column::text("VERSION"),
            Column::text("STATE"),
            Column::number("DONE"),
            Column::text("STARTED"),
            Column::text("BY"),
        ];
        let (client, now) = (context.client()?, clock::now());
        let rows = context.printer.rows(
            client.deployments(&filter),
            columns,
            |deployment| {
                let done = deployment.units.get("succeeded").copied().unwrap_or(0);
                [
                    deployment.id.to_string(),
                    words::action(deployment.action).to_owned(),
                    match deployment.also.len() {
                        0 => deployment.package.to_string(),
                        more => format!("{} and {more} more", deployment.package),
                    },
                    deployment.version.as_ref().map(ToString::to_string).unwrap_or_default(),
                    words::word(deployment.state),
                    format!("{done}/{}", deployment.total),
                    ago(deployment.created_at, now),
                    deployment.creator.to_string(),
                ]
            },
            "no deployments; `packhorse deploy NAME@VERSION --to MODULE` starts one",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
