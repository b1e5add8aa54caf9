//! What a failed host's commands said: the end of the output of the step that failed.

use std::time::Duration;

use packhorse_client::{Client, ClientError};
use packhorse_model::api::deployments::{Attempt, StepRecord, Unit};
use packhorse_model::deployment::UnitFailure;
use packhorse_model::step::StepOutcome;

use crate::output::{Style, harmless};
use crate::words;

/// As much of the output's end as is asked for, and as many lines of it as are shown.
const TAIL_BYTES: u64 = 16 << 10;
const TAIL_LINES: usize = 30;
/// Output may reach the server a moment after the report; it is asked for so often before that is taken for all.
const TRIES: u32 = 8;
const PAUSE: Duration = Duration::from_millis(250);

/// The lines that explain a failed unit.
pub(crate) async fn explain(client: &Client, unit: &Unit, failure: &UnitFailure, style: Style) -> Vec<String> {
    let state = words::unit_failed(unit, failure);
    let title = format!("{} {state}: {}", unit.host_name, harmless(&failure.message));
    let mut lines = vec![style.red(&title)];
    match output(client, unit, failure).await {
        Ok(Some((step, output))) => {
            lines.push(style.dim(&format!("  the output of {step} ends with")));
            lines.extend(output.iter().map(|line| format!("  | {line}")));
        }
        Ok(None) => {}
        // What failed is known all the same; watching goes on.
        Err(error) => lines.push(format!("  its output could not be read: {error}")),
    }
    lines.push(format!("  {}", words::aftermath(failure.aftermath)));
    lines
}

/// The end of what the step that failed has written; or, if it has written nothing, the last step before it that did.
async fn output(
    client: &Client,
    unit: &Unit,
    failure: &UnitFailure,
) -> Result<Option<(String, Vec<String>)>, ClientError> {
    let detail = client.unit(unit.id).await?;
    let Some(attempt) = detail.attempts.iter().find(|attempt| attempt.id == failure.attempt) else { return Ok(None) };
    let Some(failed) = failed_step(attempt, failure) else { return Ok(None) };
    let before = attempt.steps[..failed].iter().rev().filter(|record| record.output_bytes > 0);
    for record in attempt.steps[failed..].iter().take(1).chain(before) {
        let lines = tail(client, attempt, record).await?;
        if !lines.is_empty() {
            return Ok(Some((words::step(record.kind), lines)));
        }
    }
    Ok(None)
}

/// Where the step that failed stands among the attempt's.
fn failed_step(attempt: &Attempt, failure: &UnitFailure) -> Option<usize> {
    let is_kind = |record: &StepRecord| record.kind == failure.step;
    let is_done = |record: &StepRecord| matches!(record.outcome, Some(StepOutcome::Done { .. }));
    let steps = &attempt.steps;
    steps.iter().rposition(|record| is_kind(record) && !is_done(record)).or_else(|| steps.iter().rposition(is_kind))
}

async fn tail(client: &Client, attempt: &Attempt, record: &StepRecord) -> Result<Vec<String>, ClientError> {
    let mut offset = record.output_bytes.saturating_sub(TAIL_BYTES);
    let is_cut = offset > 0;
    let mut output = Vec::new();
    for _ in 0..TRIES {
        let chunk = client.step_output(attempt.id, record.index, offset).await?;
        let came = !chunk.bytes.is_empty();
        output.extend_from_slice(&chunk.bytes);
        offset = chunk.next;
        if chunk.is_complete && !came {
            break;
        }
        if !came {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(last_lines(&output, is_cut))
}

/// The last lines, made harmless; a first line that was cut is left out.
fn last_lines(output: &[u8], is_cut: bool) -> Vec<String> {
    let text = String::from_utf8_lossy(output);
    let lines: Vec<&str> = text.lines().skip(usize::from(is_cut)).collect();
    let from = lines.len().saturating_sub(TAIL_LINES);
    lines[from..].iter().map(|line| harmless(line.trim_end())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_end_and_nothing_that_acts() {
        let long: String = (0..100).map(|n| format!("line {n}\r\n")).collect();
        let shown = last_lines(long.as_bytes(), false);
        assert_eq!((shown.len(), shown[0].as_str(), shown[29].as_str()), (30, "line 70", "line 99"));
        assert_eq!(last_lines(b"cut\nwhole \x1b[2J \xff\n", true), ["whole \\u{1b}[2J \u{fffd}"]);
        assert!(last_lines(b"", false).is_empty());
    }
}
