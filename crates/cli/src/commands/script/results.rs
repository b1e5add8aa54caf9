//! `packhorse script results`.

use std::fmt::Write as _;

use clap::Args;
use futures::TryStreamExt;
use packhorse_client::{Client, ClientError, OutputFilter};
use packhorse_model::api::script_outputs::{HostOutput, OutputGroup};
use packhorse_model::ids::DeploymentId;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Style, bytes, count, harmless, list};
use crate::words;

/// As many groups as a person looks at, and as many hosts and lines of each as are shown.
const GROUPS: usize = 20;
const HOSTS: usize = 8;
const LINES: usize = 10;

/// Show how a script ended, with the hosts together that wrote the same
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse script results 01ja2b3c4d5e6f7g8h9j0k1m2n
  packhorse script results 01ja2b3c4d5e6f7g8h9j0k1m2n -o json")]
pub(crate) struct Results {
    /// The deployment that ran it
    id: DeploymentId,
}

/// A group as it is shown.
struct Shown {
    group: OutputGroup,
    hosts: Vec<HostOutput>,
    text: String,
}

impl Results {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let mut groups = Vec::new();
        let mut pages = client.output_groups(self.id);
        while let Some(page) = pages.try_next().await? {
            groups.extend(page.items);
        }
        let mut shown = Vec::new();
        for group in groups.iter().take(GROUPS) {
            shown.push(look(&client, self.id, group).await?);
        }
        let style = context.printer.style();
        context.printer.data(&groups, || text(&shown, groups.len(), style))?;
        Ok(Exit::Done)
    }
}

/// The first hosts of a group, and what they wrote.
async fn look(client: &Client, id: DeploymentId, group: &OutputGroup) -> Result<Shown, ClientError> {
    let filter = OutputFilter { group: Some(group.id.clone()), host: None };
    let hosts = client.host_outputs(id, &filter).try_next().await?.map(|page| page.items).unwrap_or_default();
    let text = match group.dropped_at {
        Some(at) => format!("[dropped at {at}]\n"),
        None => {
            let chunk = client.step_output(group.attempt, group.step, 0).await?;
            String::from_utf8_lossy(&chunk.bytes).into_owned()
        }
    };
    Ok(Shown { group: group.clone(), hosts, text })
}

fn text(groups: &[Shown], all: usize, style: Style) -> String {
    if groups.is_empty() {
        return "the script has not ended on any host\n".to_owned();
    }
    let mut text = String::new();
    for Shown { group, hosts, text: written } in groups {
        let names: Vec<_> = hosts.iter().map(|host| &host.host_name).take(HOSTS).collect();
        let more = group.hosts.saturating_sub(names.len() as u64);
        let and_more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let title = format!("{}: {}", count(group.hosts, "host"), words::script_exit(group.exit));
        let _ = writeln!(text, "{}", style.bold(&title));
        let _ = writeln!(text, "  {}{and_more}", list(&names, HOSTS));
        let _ = writeln!(text, "  {}, {}", took(group), bytes(group.output_bytes));
        for line in written.lines().take(LINES) {
            let _ = writeln!(text, "  | {}", harmless(line.trim_end()));
        }
        if written.lines().count() > LINES {
            let _ = writeln!(text, "  | …");
        }
    }
    if all > groups.len() {
        let _ = writeln!(text, "and {}", count(all - groups.len(), "further group"));
    }
    text
}

fn took(group: &OutputGroup) -> String {
    let seconds = |millis: u64| format!("{}.{}", millis / 1000, millis % 1000 / 100);
    match (seconds(group.fastest_millis), seconds(group.slowest_millis)) {
        (fastest, slowest) if fastest == slowest => format!("{fastest} s"),
        (fastest, slowest) => format!("{fastest} to {slowest} s"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn groups_are_shown_with_what_they_wrote() {
        let id = "0".repeat(26);
        let digest = "0".repeat(64);
        let group = |hosts: u64, exit: serde_json::Value| -> OutputGroup {
            serde_json::from_value(json!({
                "id": "g", "exit": exit, "output_bytes": 12, "output_digest": digest, "hosts": hosts, "first": "web-1",
                "attempt": id, "step": 3, "fastest_millis": 40, "slowest_millis": 1260,
            }))
            .unwrap()
        };
        let host: HostOutput = serde_json::from_value(json!({
            "host": id, "host_name": "web-1", "group": "g", "exit": { "how": "stopped" }, "millis": 1, "output_bytes": 12,
            "unit": id, "attempt": id, "step": 3,
        }))
        .unwrap();
        let shown = |group, text: &str| Shown { group, hosts: vec![host.clone()], text: text.to_owned() };
        let groups = [
            shown(group(9, json!({ "how": "code", "code": 0 })), "done\u{1b}[2J\n"),
            shown(group(1, json!({ "how": "stopped" })), &"line\n".repeat(11)),
        ];
        insta::assert_snapshot!(text(&groups, 3, Style::Plain), @r"
        9 hosts: exit code 0
          web-1 and 8 more
          0.0 to 1.2 s, 12 B
          | done\u{1b}[2J
        1 host: stopped
          web-1
          0.0 to 1.2 s, 12 B
          | line
          | line
          | line
          | line
          | line
          | line
          | line
          | line
          | line
          | line
          | …
        and 1 further group
        ");
        assert_eq!(text(&[], 0, Style::Plain), "the script has not ended on any host\n");
    }
}
