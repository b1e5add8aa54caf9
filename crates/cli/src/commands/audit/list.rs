//! `packhorse audit list`.

use clap::Args;
use jiff::Timestamp;
use packhorse_client::AuditFilter;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Column;

/// List what was done, newest first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse audit list --actor user:admin --since 2026-06-01T00:00:00Z
  packhorse audit list --action deployment.retry -o jsonl")]
pub(crate) struct List {
    /// Only what this one did: user:admin, token:ci, host:web-1, engine
    #[arg(long, value_name = "ACTOR")]
    actor: Option<String>,
    /// Only this: version.create, deployment.retry
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,
    /// Only what was done to this: shop-web@1.0.0
    #[arg(long, value_name = "OBJECT")]
    object: Option<String>,
    /// Only at this time or later, as in 2026-06-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Only before this time
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
}

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let Self { actor, action, object, since, until } = self;
        let filter = AuditFilter { actor, action, object, since, until };
        let columns = [
            Column::number("NUMBER"),
            Column::text("TIME"),
            Column::text("ACTOR"),
            Column::text("ACTION"),
            Column::text("OBJECT"),
        ];
        let client = context.client()?;
        let rows = context.printer.rows(
            client.audit(&filter),
            columns,
            |entry| {
                [
                    entry.sequence.to_string(),
                    entry.at.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
                    entry.actor.clone(),
                    entry.action.clone(),
                    entry.object.clone(),
                ]
            },
            "no entries; `packhorse audit list` without filters shows all",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
