//! `packhorse database-target test`.

use std::fmt::Write as _;
use std::time::Duration;

use clap::Args;
use packhorse_model::api::database_tests::{DatabaseTest, DatabaseTestState, FoundLedger};
use packhorse_model::name::DatabaseTargetName;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Style, ago, harmless};

/// How often it is looked whether the host has answered.
const PAUSE: Duration = Duration::from_millis(300);
/// After so many looks people are told what is waited for.
const PATIENCE: u32 = 10;

/// Look whether packages could be applied to a database
///
/// The host that runs its scripts connects with the target's user and password, and says what the server
/// is, what stands in its ledger, and what is in the way. Nothing is changed in the database.
#[derive(Debug, Args)]
#[command(after_help = "\
Exits with 1 if something is in the way, or the host does not answer within a minute.

Examples:
  packhorse database-target test shop
  packhorse database-target test shop -o json")]
pub(crate) struct Test {
    /// The database target
    name: DatabaseTargetName,
}

impl Test {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let mut test = client.test_database_target(&self.name, &clock::new_key()?).await?;
        let mut looks = 0;
        while test.state == DatabaseTestState::Waiting {
            tokio::time::sleep(PAUSE).await;
            test = client.database_test(&self.name).await?;
            looks += 1;
            if looks == PATIENCE {
                context.printer.say(&format!("{} has a minute to answer", test.host));
            }
        }
        context.printer.data(&test, || text(&test, clock::now(), context.printer.style()))?;
        let is_good = test.found.as_ref().is_some_and(|found| found.obstacle.is_none());
        Ok(if is_good { Exit::Done } else { Exit::Failed })
    }
}

fn text(test: &DatabaseTest, now: jiff::Timestamp, style: Style) -> String {
    let Some(found) = &test.found else {
        let seen = test.last_seen_at.map_or_else(|| "never".to_owned(), |at| ago(at, now));
        return format!(
            "{}  {}\n  it was last heard of {seen}; look whether its agent runs, is as new as the server, and reaches it\n",
            style.bold(test.target.as_str()),
            style.red(&format!("{} did not answer within a minute", test.host))
        );
    };
    let verdict = match &found.obstacle {
        None => style.green("packages can be applied"),
        Some(obstacle) => style.red(obstacle.kind.words()),
    };
    let mut text = format!("{}  {verdict}\n", style.bold(test.target.as_str()));
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "  {name:<7} {}", harmless(value));
    };
    line("host", test.host.as_str());
    if let Some(server) = &found.server {
        line("server", server);
    }
    if let Some(obstacle) = &found.obstacle {
        line("reason", &obstacle.message);
        line("hint", obstacle.kind.hint());
    }
    match &found.ledgers {
        Some(ledgers) => line("ledger", &versions(ledgers)),
        None if found.obstacle.is_none() => line("ledger", "none yet; the first package makes it"),
        None => {}
    }
    text
}

fn versions(ledgers: &[FoundLedger]) -> String {
    if ledgers.is_empty() {
        return "empty".to_owned();
    }
    let said = ledgers.iter().map(|found| {
        let version = found.ledger.version.as_ref().map_or("empty", |version| version.as_str());
        let stopped = found.ledger.stopped.as_ref().map(|stop| format!(", stopped in {}:{}", stop.script, stop.line));
        format!("{} {version}{}", found.package, stopped.unwrap_or_default())
    });
    said.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn shown(state: &str, found: &Value) -> String {
        let test: DatabaseTest = serde_json::from_value(json!({
            "id": "0".repeat(26), "target": "shop", "host": "db-1", "state": state, "asked_by": "user:ada",
            "asked_at": "1970-01-01T00:00:00Z", "found": found, "last_seen_at": "1970-01-01T00:00:00Z",
        }))
        .unwrap();
        text(&test, "1970-01-01T00:05:00Z".parse().unwrap(), Style::Plain)
    }

    #[test]
    fn says_what_is_there_and_what_is_in_the_way() {
        let ledgers = json!([{ "package": "shop-db", "version": "1.0" }, { "package": "till-db", "version": null }]);
        insta::assert_snapshot!(shown("answered", &json!({ "server": "PostgreSQL 16.4", "ledgers": ledgers })), @r"
        shop  packages can be applied
          host    db-1
          server  PostgreSQL 16.4
          ledger  shop-db 1.0; till-db empty
        ");
        insta::assert_snapshot!(shown("answered", &json!({ "server": "PostgreSQL 16.4" })), @r"
        shop  packages can be applied
          host    db-1
          server  PostgreSQL 16.4
          ledger  none yet; the first package makes it
        ");
        let obstacle = json!({ "kind": "login_refused", "message": "password authentication failed (28P01)" });
        insta::assert_snapshot!(shown("answered", &json!({ "obstacle": obstacle })), @r"
        shop  the user or the password is wrong
          host    db-1
          reason  password authentication failed (28P01)
          hint    is the user of the target right, and does its secret say the password?
        ");
        insta::assert_snapshot!(shown("unanswered", &Value::Null), @r"
        shop  db-1 did not answer within a minute
          it was last heard of 5 minutes ago; look whether its agent runs, is as new as the server, and reaches it
        ");
    }
}
