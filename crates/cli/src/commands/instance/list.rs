//! `packhorse instance list`.

use clap::Args;
use packhorse_client::InstanceFilter;
use packhorse_model::order::{Health, InstanceState};
use packhorse_model::topology::ModulePath;
use packhorse_model::{HostName, PackageName, VersionNumber};

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, ago, list};
use crate::words;

/// List instances
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse instance list --package shop-web
  packhorse instance list --health unhealthy
  packhorse instance list --host web-01 -o json")]
pub(crate) struct List {
    /// Only of this package
    #[arg(long, value_name = "NAME")]
    package: Option<PackageName>,
    /// Only of this version
    #[arg(long)]
    version: Option<VersionNumber>,
    /// Only on hosts of this module
    #[arg(long, value_name = "BUSINESS/SYSTEM/MODULE")]
    module: Option<ModulePath>,
    /// Only on this host
    #[arg(long)]
    host: Option<HostName>,
    /// Only in this state
    #[arg(long, value_parser = words::one_of::<InstanceState>(words::INSTANCE_STATES))]
    state: Option<InstanceState>,
    /// Only of this health
    #[arg(long, value_parser = words::one_of::<Health>(words::HEALTHS))]
    health: Option<Health>,
}

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let filter = InstanceFilter {
            package: self.package,
            version: self.version,
            module: self.module,
            host: self.host,
            state: self.state,
            health: self.health,
        };
        let columns = [
            Column::text("PACKAGE"),
            Column::text("VERSION"),
            Column::text("HOST"),
            Column::text("STATE"),
            Column::text("PREVIOUS"),
            Column::text("MODULES"),
            Column::text("CHANGED"),
        ];
        let (client, now) = (context.client()?, clock::now());
        let rows = context.printer.rows(
            client.instances(&filter),
            columns,
            |instance| {
                let state = words::instance_state(instance.state, instance.health);
                [
                    instance.package.to_string(),
                    instance.version.to_string(),
                    instance.host_name.to_string(),
                    instance.reason.as_ref().map_or(state.clone(), |reason| format!("{state}: {reason}")),
                    instance.previous.as_ref().map(ToString::to_string).unwrap_or_default(),
                    list(&instance.modules, 2),
                    ago(instance.updated_at, now),
                ]
            },
            "no instances; `packhorse deploy NAME@VERSION --to MODULE` makes some",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
