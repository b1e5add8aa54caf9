//! A deployment with its units, at one moment.

use std::fmt::Write as _;

use futures::TryStreamExt;
use packhorse_client::{Client, UnitFilter};
use packhorse_model::HostName;
use packhorse_model::api::deployments::{DeploymentDetail, Unit};
use packhorse_model::api::guard_rails::Guarded;
use packhorse_model::deployment::{Direction, Waiting};
use packhorse_model::ids::DeploymentId;
use serde::Serialize;

use crate::error::CommandError;
use crate::output::{Column, Printer, Style, Table, ago, bytes, count, harmless, list};
use crate::words;

/// More hosts than these nobody reads in a table.
const MOST_ROWS: usize = 200;

/// A deployment with its units.
#[derive(Debug, Serialize)]
pub(crate) struct Snapshot {
    #[serde(flatten)]
    pub(crate) deployment: DeploymentDetail,
    pub(crate) units: Vec<Unit>,
}

impl Snapshot {
    /// Asks the server for the deployment with all of its units.
    pub(crate) async fn take(client: &Client, id: DeploymentId) -> Result<Self, CommandError> {
        Self::take_some(client, id, UnitFilter::default()).await
    }

    /// The same with some of its units.
    pub(crate) async fn take_some(client: &Client, id: DeploymentId, which: UnitFilter) -> Result<Self, CommandError> {
        let deployment = client.deployment(id).await?;
        let mut units = Vec::new();
        let mut pages = client.units(id, which);
        while let Some(page) = pages.try_next().await? {
            units.extend(page.items);
        }
        Ok(Self { deployment, units })
    }

    /// Where it and its hosts stand, as text.
    pub(crate) fn text(&self, printer: &Printer, now: jiff::Timestamp) -> String {
        let (detail, style) = (&self.deployment, printer.style());
        let summary = &detail.summary;
        let mut text = style.bold(&headline(detail)) + "\n";
        let _ = writeln!(text, "id       {}", summary.id);
        let _ = writeln!(text, "state    {}", words::deployment_state(summary.state, style));
        let _ = writeln!(text, "started  {} by {}", ago(summary.created_at, now), summary.creator);
        if let Some(ended) = summary.ended_at {
            let seconds = ended.as_second() - summary.created_at.as_second();
            let _ = writeln!(text, "took     {seconds} s");
        }
        text.push_str(&guarded(&detail.guarded));
        for waiting in &detail.waiting {
            let _ = writeln!(text, "waits    for {}", waits_for(waiting, now));
        }
        text.push('\n');
        text.push_str(&printer.table(self.table(now)));
        if let Some(more) = self.units.len().checked_sub(MOST_ROWS + 1) {
            let _ = writeln!(text, "and {} more; --batch and --state show others, -o json all of them", more + 1);
        }
        text
    }

    /// What went wrong on which host, as text.
    pub(crate) fn failures(&self) -> String {
        let mut text = String::new();
        for unit in self.deployment.causes.iter().chain(&self.units) {
            if let Some(failure) = &unit.failure {
                let message = harmless(&failure.message);
                let package = unit.package.as_ref().filter(|_| self.deployment.spec.has_several_parts());
                let package = package.map(|package| format!(" {package}")).unwrap_or_default();
                let state = words::unit_failed(unit, failure);
                let _ = writeln!(text, "\n{}{package} {state}: {message}", unit.host_name);
                let _ = writeln!(text, "  {}", words::aftermath(failure.aftermath));
            }
        }
        text
    }

    fn table(&self, now: jiff::Timestamp) -> Table {
        let is_several = self.deployment.spec.has_several_parts();
        let mut columns = vec![Column::text("BATCH"), Column::text("HOST")];
        columns.extend(is_several.then(|| Column::text("PACKAGE")));
        columns.extend([
            Column::text("STATE"),
            Column::text("STEP"),
            Column::text("FROM"),
            Column::text("TO"),
            Column::number("TRIES"),
            Column::number("FETCHED"),
            Column::text("CHANGED"),
        ]);
        let mut table = Table::new(&columns);
        for unit in self.units.iter().take(MOST_ROWS) {
            let number = unit.batch as usize;
            let kind = self.deployment.batches.iter().find(|batch| batch.number == unit.batch).map(|batch| batch.kind);
            let version = |version: &Option<_>| version.as_ref().map(ToString::to_string).unwrap_or_default();
            let mut cells =
                vec![kind.map(|kind| words::batch(number, kind)).unwrap_or_default(), unit.host_name.to_string()];
            cells.extend(is_several.then(|| unit.package.as_ref().map(ToString::to_string).unwrap_or_default()));
            cells.extend([
                words::unit_standing(unit, Style::Plain),
                unit.step.map(words::step).unwrap_or_default(),
                version(&unit.from),
                version(&unit.to),
                unit.attempts.to_string(),
                unit.fetched_bytes.map(bytes).unwrap_or_default(),
                ago(unit.updated_at, now),
            ]);
            table.row(&cells);
        }
        table
    }
}

/// What people said to it, and what became of its beginning.
fn guarded(guarded: &Guarded) -> String {
    let mut text = String::new();
    for approval in &guarded.approvals {
        let comment =
            if approval.comment.is_empty() { String::new() } else { format!(": {}", harmless(&approval.comment)) };
        let _ = writeln!(text, "approved by {}{comment}", approval.user);
    }
    if let Some(said) = &guarded.freeze_override {
        let _ = writeln!(text, "freezes  overridden by {}: {}", said.by, harmless(&said.reason));
    }
    if let Some(why) = &guarded.ended_because {
        let _ = writeln!(text, "ended    {}", harmless(why));
    }
    text
}

/// `deploy shop-web 1.0.1 on 3 hosts`.
pub(crate) fn headline(detail: &DeploymentDetail) -> String {
    let summary = &detail.summary;
    let version = summary.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    let also: String = summary.also.iter().map(|part| format!(", {part}")).collect();
    let back = if summary.direction == Direction::Back { ", going back" } else { "" };
    let on = match also.is_empty() {
        true => format!("on {}", count(summary.total, "host")),
        false => format!("in {}", count(summary.total, "instance")),
    };
    format!("{} {}{version}{also} {on}{back}", words::action(summary.action), summary.package)
}

/// `web-1, web-2 and 7 more`.
fn some(hosts: &[HostName], more: u64) -> String {
    const NAMED: usize = 4;
    let shown = hosts.len().min(NAMED);
    let named = list(&hosts[..shown], NAMED);
    match more + (hosts.len() - shown) as u64 {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// What a deployment waits for, in words.
pub(crate) fn waits_for(waiting: &Waiting, now: jiff::Timestamp) -> String {
    match waiting {
        Waiting::Preparing { hosts, more } => format!("{} to prepare", some(hosts, *more)),
        Waiting::Switching { hosts, more } => format!("{} to change over", some(hosts, *more)),
        Waiting::Slot { limit, down, more } => {
            format!("a free slot: at most {limit} may be down, and {} may be", some(down, *more))
        }
        Waiting::Bake { batch, until } => {
            let seconds = (until.as_second() - now.as_second()).max(0);
            format!("batch {} to stay healthy for {seconds} s more", batch + 1)
        }
        Waiting::Unreachable { hosts, more } => format!("{}, not heard of", some(hosts, *more)),
        Waiting::Decision { failed, more } => {
            format!("a decision: retry, rollback or abort ({} failed)", some(failed, *more))
        }
        Waiting::Answer { failed, more } => {
            format!("an answer whether to go on: promote, retry, rollback or abort ({} failed)", some(failed, *more))
        }
        Waiting::Promote { batch } => format!("someone to promote batch {}", batch + 1),
        Waiting::Pause { batch, until } => {
            let seconds = (until.as_second() - now.as_second()).max(0);
            format!("the pause before batch {} to end in {seconds} s", batch + 1)
        }
        Waiting::Resume => "someone to resume it".to_owned(),
        Waiting::Approval { needed, given } => {
            format!("approval: {given} of {needed} persons have approved it (packhorse deployment approve)")
        }
        Waiting::Lock { scope, message, by } => {
            format!("the removal of the lock on {scope} by {by}: {}", harmless(message))
        }
        Waiting::Freeze { name, message, until } => {
            let why = if message.is_empty() { String::new() } else { format!(": {}", harmless(message)) };
            format!("the end of the freeze {:?} at {until}{why}", harmless(name.as_str()))
        }
        Waiting::Schedule { at } => format!("its time, {at}"),
        Waiting::Turn { business, limit, ahead, .. } => {
            format!("its turn: at most {limit} at a time in {business}, and {} go first", list(ahead, 2))
        }
    }
}
