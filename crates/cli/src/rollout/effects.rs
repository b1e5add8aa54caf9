//! What a change costs a host and its users, in a line each. Pure.

use packhorse_model::api::config_targets::PlannedConfigFile;
use packhorse_model::api::deployments::HostChange;
use packhorse_model::api::plans::{DataPlan, FetchCertainty, Interruption, InterruptionCause, InterruptionKind};
use packhorse_model::deployment::DataFate;

use crate::output::{bytes, harmless, list};

/// As many directories with data as are named in a line, and as many files as have one of their own.
const DIRECTORIES: usize = 5;

/// `, 3.2 GB or more free (web-7 has the least)`, as far as that is known.
pub(super) fn room(change: &HostChange) -> String {
    let room = change.room.as_ref();
    let least = room.and_then(|room| room.least_free.zip(room.tightest.as_ref()));
    least.map_or_else(String::new, |(free, host)| format!(", {} or more free ({host} has the least)", bytes(free)))
}

/// What is fetched, what is interrupted, and what becomes of data and values.
pub(super) fn lines(change: &HostChange) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(fetch) = change.fetch {
        let estimate = if fetch.certainty == FetchCertainty::Estimate { "up to about " } else { "" };
        lines.push(format!("fetch  {estimate}{} by each host", bytes(fetch.bytes)));
    }
    if !change.rendered.is_empty() {
        let values = match (&change.from, change.changes_values) {
            (None, _) => "",
            (Some(_), true) => ", with other values than before",
            (Some(_), false) => ", with the values as they are",
        };
        lines.push(format!("render {}{values}", harmless(&list(&change.rendered, DIRECTORIES))));
    }
    lines.extend(change.config.iter().take(DIRECTORIES).map(config));
    if change.config.len() > DIRECTORIES {
        lines.push(format!("write  {} more files", change.config.len() - DIRECTORIES));
    }
    lines.extend(change.interruption.map(interruption));
    lines.extend(change.data.as_ref().map(data));
    lines
}

/// Where a file of a config package goes, and whose it is there.
fn config(file: &PlannedConfigFile) -> String {
    let target = match &file.pattern {
        None => file.target.clone(),
        Some(pattern) => format!("{pattern}, which is {} on the first host", file.target),
    };
    let owner = file.owner.as_ref().map_or("owner as it was".to_owned(), |owner| format!("owner {owner}"));
    let mode = file
        .mode
        .as_ref()
        .map_or("mode of the package, no wider than it was".to_owned(), |mode| format!("mode {mode}"));
    harmless(&format!("write  {} to {target} ({owner}, {mode})", file.file))
}

fn interruption(interruption: Interruption) -> String {
    let what = match interruption.kind {
        InterruptionKind::Start => return "it is started".to_owned(),
        InterruptionKind::Restart => "what runs is restarted",
        InterruptionKind::Stop => "what runs is stopped",
    };
    let why = match interruption.cause {
        InterruptionCause::Version => ", because another version takes its place",
        InterruptionCause::Values => ", because its files get other values",
        InterruptionCause::Repair => ", because it does not run as it should",
        InterruptionCause::Order => "",
    };
    format!("{what}{why}")
}

fn data(data: &DataPlan) -> String {
    let directories = harmless(&list(&data.directories, DIRECTORIES));
    match data.fate {
        DataFate::Keep => format!("data   stays in {directories}"),
        DataFate::Remove => format!("data   IS REMOVED: {directories}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_where_it_goes_and_whose_it_is() {
        let usual = PlannedConfigFile {
            file: "a.conf".to_owned(),
            target: "/etc/a.conf".to_owned(),
            pattern: None,
            owner: None,
            mode: None,
        };
        insta::assert_snapshot!(config(&usual), @"write  a.conf to /etc/a.conf (owner as it was, mode of the package, no wider than it was)");
        let said = PlannedConfigFile {
            target: "/etc/north/a.conf".to_owned(),
            pattern: Some("/etc/[@site]/a.conf".to_owned()),
            owner: Some("root:shop".to_owned()),
            mode: Some("640".to_owned()),
            ..usual
        };
        insta::assert_snapshot!(config(&said), @"write  a.conf to /etc/[@site]/a.conf, which is /etc/north/a.conf on the first host (owner root:shop, mode 640)");
    }
}
