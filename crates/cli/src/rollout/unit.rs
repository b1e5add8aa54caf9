//! One host of a deployment: its attempts, and what is known of how their steps ended.

use std::fmt::Write as _;

use futures::TryStreamExt;
use packhorse_client::{Client, UnitFilter};
use packhorse_model::HostName;
use packhorse_model::api::deployments::{StepRecord, Unit, UnitDetail};
use packhorse_model::ids::DeploymentId;
use packhorse_model::step::StepOutcome;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Style, ago, bytes, harmless};
use crate::words;

/// The units of a host in the current plan of a deployment: one for each package that it gets, and at least one.
pub(crate) async fn units_on(client: &Client, id: DeploymentId, host: &HostName) -> Result<Vec<Unit>, CommandError> {
    let mut pages = client.units(id, UnitFilter::default());
    let mut found = Vec::new();
    while let Some(page) = pages.try_next().await? {
        found.extend(page.items.into_iter().filter(|unit| unit.host_name == *host));
    }
    if !found.is_empty() {
        return Ok(found);
    }
    Err(CommandError::new(Exit::NotFound, format!("{host} is not a host of deployment {id}"))
        .hinted(format!("`packhorse deployment show {id}` shows those that are")))
}

/// The attempts of a unit, the newest first.
pub(crate) fn attempts(detail: &UnitDetail, now: jiff::Timestamp, style: Style) -> String {
    let unit = &detail.unit;
    let mut text = style.bold(unit.host_name.as_str()) + "\n";
    if let Some(package) = &unit.package {
        let _ = writeln!(text, "package  {package}");
    }
    let _ = writeln!(text, "unit     {}", unit.id);
    let _ = writeln!(text, "state    {}", words::unit_standing(unit, style));
    if let Some(failure) = &unit.failure {
        let _ = writeln!(text, "{:<8} {}", words::word(unit.state), harmless(&failure.message));
        let _ = writeln!(text, "         {}", words::aftermath(failure.aftermath));
    }
    for attempt in &detail.attempts {
        let end = if attempt.ended_at.is_some() { "" } else { ", not at its end" };
        let _ = writeln!(text, "\ntry {}, begun {}{end}", attempt.epoch, ago(attempt.created_at, now));
        for step in &attempt.steps {
            let _ = writeln!(text, "  {:<18} {}", words::step(step.kind), outcome(step, style));
        }
    }
    text
}

fn outcome(step: &StepRecord, style: Style) -> String {
    let took = step.millis.map(|millis| format!("{millis} ms")).unwrap_or_default();
    let said = match &step.outcome {
        None => return "runs, or ran when it was last heard of".to_owned(),
        Some(StepOutcome::Done { note }) => harmless(note),
        Some(StepOutcome::Failed { message }) => style.red(&harmless(message)),
        Some(StepOutcome::Unknown { evidence }) => style.red(&format!("unknown: {}", harmless(evidence))),
    };
    let output = match step.output_bytes {
        0 => String::new(),
        written => format!(", {} of output", bytes(written)),
    };
    format!("{said} ({took}{output})")
}
