//! `packhorse host show`.

use clap::Args;
use packhorse_model::HostName;
use packhorse_model::api::hosts::Host;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Style, ago, bytes, count, harmless, list};
use crate::words;

/// Show one host
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Its name
    name: HostName,
}

impl Show {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let host = context.client()?.host(&self.name).await?;
        context.printer.data(&host, || text(&host, clock::now(), context.printer.style()))?;
        Ok(Exit::Done)
    }
}

fn text(host: &Host, now: jiff::Timestamp, style: Style) -> String {
    let facts = &host.facts;
    let rows = [
        ("state", words::word(host.state)),
        ("seen", host.last_seen_at.map_or("never".to_owned(), |seen| ago(seen, now))),
        ("modules", list(&host.modules, usize::MAX)),
        ("labels", words::labels(&host.labels)),
        ("instances", host.instances.to_string()),
        ("address", facts.address.clone()),
        ("system", format!("{}, {}, kernel {}", facts.os, facts.arch, facts.kernel)),
        (
            "machine",
            format!("{} processors, {} memory, {} free", facts.cpus, bytes(facts.memory), bytes(facts.disk_free)),
        ),
        ("agent", facts.agent_version.clone()),
        ("joined", format!("{}, first {}", count(host.incarnation, "time"), ago(host.created_at, now))),
    ];
    let mut text = style.bold(host.name.as_str()) + "\n";
    text.extend(rows.iter().map(|(name, value)| format!("{name:<10} {}\n", harmless(value))));
    text
}
