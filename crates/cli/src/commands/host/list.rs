//! `packhorse host list`.

use clap::Args;
use packhorse_client::HostFilter;
use packhorse_model::api::hosts::HostState;
use packhorse_model::selector::LabelSelector;
use packhorse_model::topology::ModulePath;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, ago, list};
use crate::words::{self, labels};

/// List hosts
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse host list --module Shop/Production/Web
  packhorse host list --state offline -o jsonl")]
pub(crate) struct List {
    /// Only hosts of this module
    #[arg(long, value_name = "BUSINESS/SYSTEM/MODULE")]
    module: Option<ModulePath>,
    /// Only hosts in this state
    #[arg(long, value_parser = words::one_of::<HostState>(words::HOST_STATES))]
    state: Option<HostState>,
    /// Only hosts with this text in their name or address
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only hosts with such labels: `env=prod,zone in (a,b),!legacy`
    #[arg(long, value_name = "SELECTOR")]
    label: Option<LabelSelector>,
}

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let filter = HostFilter { module: self.module, state: self.state, search: self.search, labels: self.label };
        let columns = [
            Column::text("NAME"),
            Column::text("STATE"),
            Column::text("ADDRESS"),
            Column::text("MODULES"),
            Column::text("LABELS"),
            Column::number("INSTANCES"),
            Column::text("SYSTEM"),
            Column::text("SEEN"),
        ];
        let (client, now) = (context.client()?, clock::now());
        let rows = context.printer.rows(
            client.hosts(&filter),
            columns,
            |host| {
                [
                    host.name.to_string(),
                    words::word(host.state),
                    host.facts.address.clone(),
                    list(&host.modules, 2),
                    labels(&host.labels),
                    host.instances.to_string(),
                    host.facts.os.clone(),
                    host.last_seen_at.map(|seen| ago(seen, now)).unwrap_or_default(),
                ]
            },
            "no hosts; `packhorse host join-token` lets one join",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
