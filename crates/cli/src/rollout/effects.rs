//! What a change costs a host and its users, in a line each. Pure.

use packhorse_model::api::deployments::HostChange;
use packhorse_model::api::plans::{DataPlan, FetchCertainty, Interruption, InterruptionCause, InterruptionKind};
use packhorse_model::deployment::DataFate;

use crate::output::{bytes, harmless, list};

/// As many directories with data as are named in a line.
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
    lines.extend(change.interruption.map(interruption));
    lines.extend(change.data.as_ref().map(data));
    lines
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
