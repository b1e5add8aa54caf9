//! `packhorse instance list`.

use clap::Args;
use clap::builder::PossibleValuesParser;
use packhorse_client::InstanceFilter;
use packhorse_model::order::{Health, InstanceState};
use packhorse_model::topology::{Environment, ModulePath};
use packhorse_model::{HostName, PackageName, TopologyName, VersionNumber};

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, ago, count, list};
use crate::words;

/// List instances
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse instance list --package shop-web
  packhorse instance list --health unhealthy --sort -since
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
    /// Only on hosts of this business
    #[arg(long, value_name = "NAME")]
    business: Option<TopologyName>,
    /// Only on hosts of systems of this name
    #[arg(long, value_name = "NAME")]
    system: Option<TopologyName>,
    /// Only on hosts of systems that are for this
    #[arg(long, value_parser = words::one_of::<Environment>(words::ENVIRONMENTS))]
    environment: Option<Environment>,
    /// Only those of which files differ from what was deployed, or none does
    #[arg(long, value_parser = PossibleValuesParser::new(words::DRIFTS))]
    drift: Option<String>,
    /// By what they are sorted; with a minus, the other way round
    #[arg(long, allow_hyphen_values = true, value_parser = words::INSTANCE_SORTS, hide_possible_values = true, value_name = "[-]host|package|version|state|health|since")]
    sort: Option<String>,
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
            business: self.business,
            system: self.system,
            environment: self.environment,
            drift: self.drift,
            sort: self.sort,
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
                    told(&state, instance.reason.as_deref(), instance.drift),
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

/// `running, unhealthy: no answer (3 files differ)`.
fn told(state: &str, reason: Option<&str>, drift: Option<u64>) -> String {
    let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    let drift = drift.filter(|files| *files > 0).map(|files| format!(" ({} not as deployed)", count(files, "file")));
    format!("{state}{reason}{}", drift.unwrap_or_default())
}
