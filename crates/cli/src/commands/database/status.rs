//! `packhorse database status`.

use std::fmt::Write as _;

use clap::Args;
use packhorse_model::api::database_targets::{DatabaseTarget, ReportedLedger};
use packhorse_model::database::{LedgerStop, StatementState};
use packhorse_model::name::DatabaseTargetName;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Style, ago, harmless};

/// Say how far a database is, by its ledger
///
/// What is said is what the ledger in the database told when a host last looked into it: at the end of each deployment of a database package.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse database status shop
  packhorse database status shop -o json")]
pub(crate) struct Status {
    /// The database target
    target: DatabaseTargetName,
}

impl Status {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let target = context.client()?.database_target(&self.target).await?;
        context.printer.data(&target, || text(&target, clock::now(), context.printer.style()))?;
        Ok(Exit::Done)
    }
}

fn text(target: &DatabaseTarget, now: jiff::Timestamp, style: Style) -> String {
    let mut text = format!("{}  {}\n", style.bold(target.name.as_str()), harmless(&target.login.to_string()));
    if target.ledgers.is_empty() {
        text.push_str("no host has looked into its ledger yet; deploying a database package does\n");
    }
    for reported in &target.ledgers {
        ledger(&mut text, reported, now, style);
    }
    text
}

fn ledger(text: &mut String, reported: &ReportedLedger, now: jiff::Timestamp, style: Style) {
    let version = reported.ledger.version.as_ref().map_or_else(|| "empty".to_owned(), ToString::to_string);
    let _ = writeln!(text, "  {} {version}  seen {}", reported.package, ago(reported.reported_at, now));
    if let Some(stop) = &reported.ledger.stopped {
        let _ = writeln!(text, "    {}", style.red(&harmless(&stopped(stop))));
    }
}

/// `increment/1.0_increment.sql:3: statement 2 of 5 on the way from 1.0 to 1.1 failed: no such table`.
fn stopped(stop: &LedgerStop) -> String {
    let end = |version: &Option<packhorse_model::VersionNumber>| {
        version.as_ref().map_or_else(|| "empty".to_owned(), ToString::to_string)
    };
    let became = match stop.state {
        StatementState::Started => "was begun, and nobody knows how it ended",
        StatementState::Done => "was the last that was run",
        StatementState::Failed => "failed",
        StatementState::Undone => "failed, and all of the script was undone",
    };
    let said = stop.message.as_deref().map(|message| format!(": {message}")).unwrap_or_default();
    format!(
        "{}:{}: statement {} of {} on the way from {} to {} {became}{said}",
        stop.script,
        stop.line,
        stop.statement,
        stop.statements,
        end(&stop.from),
        end(&stop.to)
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn says_the_version_and_where_it_stopped() {
        let target: DatabaseTarget = serde_json::from_value(json!({
            "id": "0".repeat(26), "name": "shop", "module": "Shop/Live/Db", "host": "db-1", "engine": "mysql", "address": "db:3306",
            "database": "shop", "user": "shop", "secret": null, "description": "", "updated_by": "user:ada",
            "updated_at": "1970-01-01T00:00:00Z", "created_at": "1970-01-01T00:00:00Z",
            "ledgers": [{
                "package": "shop-db", "version": "1.0", "attempt": "0".repeat(26), "reported_at": "1970-01-01T00:00:00Z",
                "stopped": {
                    "kind": "increment", "from": "1.0", "to": "1.1", "script": "increment/1.0_increment.sql", "statement": 2,
                    "statements": 5, "line": 3, "state": "failed", "message": "no such table",
                },
            }],
        }))
        .unwrap();
        let now = "1970-01-01T00:05:00Z".parse().unwrap();
        insta::assert_snapshot!(text(&target, now, Style::Plain), @r"
        shop  shop on db:3306
          shop-db 1.0  seen 5 minutes ago
            increment/1.0_increment.sql:3: statement 2 of 5 on the way from 1.0 to 1.1 failed: no such table
        ");
    }
}
