//! What has been seen of a deployment, and what is new in each event. Pure: events in, lines out.

use std::collections::{BTreeMap, BTreeSet};

use packhorse_model::PackageName;
use packhorse_model::api::deployments::{DeploymentDetail, DeploymentEvent, Unit};
use packhorse_model::deployment::{BatchKind, DeploymentState, Direction, UnitState, Waiting};
use packhorse_model::ids::{AttemptId, UnitId};

use super::snapshot::{headline, waits_for};
use crate::output::{Style, bytes, count, list};
use crate::words;

/// As many hosts as are shown at work at the same time.
const AT_WORK: usize = 12;

/// What has been seen.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    deployment: Option<DeploymentDetail>,
    units: BTreeMap<UnitId, Unit>,
    explained: Vec<AttemptId>,
    /// Batches of the current plan in which something has begun.
    begun: BTreeSet<u32>,
}

/// What an event tells a person.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// Lines that stay.
    pub(crate) lines: Vec<String>,
    /// Units whose failure has not been explained yet.
    pub(crate) failed: Vec<Unit>,
}

impl Tally {
    /// Takes an event in.
    pub(crate) fn take(&mut self, event: DeploymentEvent, now: jiff::Timestamp, style: Style) -> News {
        match event {
            DeploymentEvent::Deployment { deployment } => self.take_deployment(*deployment, now, style),
            DeploymentEvent::Units { units } => {
                let mut news = News::default();
                units.into_iter().for_each(|unit| self.take_unit(unit, &mut news, style));
                news
            }
        }
    }

    /// Where the deployment stands, once it has been told.
    pub(crate) fn state(&self) -> Option<DeploymentState> {
        self.deployment.as_ref().map(|deployment| deployment.summary.state)
    }

    fn take_deployment(&mut self, new: DeploymentDetail, now: jiff::Timestamp, style: Style) -> News {
        let mut news = News::default();
        let before = self.deployment.as_ref();
        if before.is_none() {
            news.lines.push(style.bold(&format!("deployment {}: {}", new.summary.id, headline(&new))));
        }
        if before.is_some_and(|old| old.plan != new.plan && old.summary.direction == new.summary.direction) {
            // The same units, in other batches.
            self.begun = self.units.values().filter(|unit| is_at_work(unit.state)).map(|unit| unit.batch).collect();
            news.lines.push(format!("what has not begun is in other batches now, {} in all", new.batches.len()));
        } else if before.is_none_or(|old| old.plan != new.plan) {
            // The way back has other units; of the old ones nothing more comes.
            self.units.clear();
            self.begun.clear();
            if new.summary.direction == Direction::Back {
                news.lines.push(style.yellow("going back to the versions before"));
            }
        }
        let state_before = self.state();
        if state_before != Some(new.summary.state) {
            news.lines.push(format!("deployment {}", words::deployment_state(new.summary.state, style)));
        }
        for waiting in new.waiting.iter().filter(|waiting| is_worth_a_line(waiting)) {
            if self.deployment.as_ref().is_none_or(|old| !old.waiting.contains(waiting)) {
                news.lines.push(format!("waits for {}", waits_for(waiting, now)));
            }
        }
        for unit in &new.causes {
            self.note_failure(unit, &mut news);
        }
        self.deployment = Some(new);
        news
    }

    fn take_unit(&mut self, unit: Unit, news: &mut News, style: Style) {
        if is_at_work(unit.state) && self.begun.insert(unit.batch) {
            news.lines.extend(self.batch_line(unit.batch).map(|line| style.bold(&line)));
        }
        let old = self.units.get(&unit.id);
        let is_same =
            old.is_some_and(|old| (old.state, old.step, old.attempt) == (unit.state, unit.step, unit.attempt));
        if !is_same && (old.is_some() || unit.state != UnitState::Pending) {
            let package = unit.package.as_ref().filter(|_| self.brings_several());
            news.lines.push(unit_line(&unit, package, old, style));
        }
        self.note_failure(&unit, news);
        self.units.insert(unit.id, unit);
    }

    /// Whether hosts get several packages, so that a host alone does not say which unit is meant.
    fn brings_several(&self) -> bool {
        self.deployment.as_ref().is_some_and(|deployment| deployment.spec.has_several_parts())
    }

    /// A failure that has not been explained yet is news, unless it is that of another package of the host.
    fn note_failure(&mut self, unit: &Unit, news: &mut News) {
        if let Some(failure) = &unit.failure
            && matches!(unit.state, UnitState::Failed | UnitState::Unknown)
            && failure.companion.is_none()
            && !self.explained.contains(&failure.attempt)
        {
            self.explained.push(failure.attempt);
            news.failed.push(unit.clone());
        }
    }

    /// `batch 2 of 3: 10 hosts`.
    fn batch_line(&self, number: u32) -> Option<String> {
        let batches = &self.deployment.as_ref()?.batches;
        let batch = batches.iter().find(|batch| batch.number == number)?;
        let noun = if self.brings_several() { "instance" } else { "host" };
        let hosts = count(batch.units.values().sum::<u64>(), noun);
        let name = match batch.kind {
            BatchKind::Canary => " (canary)",
            BatchKind::Rolling => "",
        };
        Some(format!("batch {} of {}{name}: {hosts}", number + 1, batches.len()))
    }

    /// How things stand now, in a few lines.
    pub(crate) fn status(&self, now: jiff::Timestamp) -> Vec<String> {
        let Some(deployment) = &self.deployment else { return vec!["waiting for the server".to_owned()] };
        let done = self.units.values().filter(|unit| unit.state == UnitState::Succeeded).count();
        let total = deployment.summary.total;
        let mut lines = vec![format!("{}: {done} of {total} done", words::word(deployment.summary.state))];
        lines.extend(deployment.waiting.iter().map(|waiting| format!("waits for {}", waits_for(waiting, now))));
        let at_work: Vec<&Unit> = self.units.values().filter(|unit| is_at_work(unit.state)).collect();
        lines.extend(at_work.iter().take(AT_WORK).map(|unit| {
            let step = unit.step.map(words::step).unwrap_or_default();
            format!("{}  {} {step}", unit.host_name, words::word(unit.state))
        }));
        if let Some(more) = at_work.len().checked_sub(AT_WORK + 1) {
            lines.push(format!("and {} more hosts at work", more + 1));
        }
        lines
    }
}

fn is_at_work(state: UnitState) -> bool {
    use UnitState::{Baking, Preparing, Restoring, Retiring, Switching, Unknown};
    matches!(state, Preparing | Switching | Baking | Restoring | Retiring | Unknown)
}

/// Whether a wait is not already said by the lines of its hosts.
fn is_worth_a_line(waiting: &Waiting) -> bool {
    match waiting {
        Waiting::Unreachable { .. }
        | Waiting::Decision { .. }
        | Waiting::Answer { .. }
        | Waiting::Promote { .. }
        | Waiting::Pause { .. }
        | Waiting::Resume
        | Waiting::Bake { .. }
        | Waiting::Approval { .. }
        | Waiting::Lock { .. }
        | Waiting::Freeze { .. }
        | Waiting::Schedule { .. }
        | Waiting::Turn { .. } => true,
        Waiting::Preparing { .. } | Waiting::Switching { .. } | Waiting::Slot { .. } => false,
    }
}

/// `web-01: switching, start`; with a package `web-01 shop-web: switching, start`.
fn unit_line(unit: &Unit, package: Option<&PackageName>, old: Option<&Unit>, style: Style) -> String {
    let mut parts = vec![words::unit_standing(unit, style)];
    let is_new_state = old.is_none_or(|old| old.state != unit.state);
    match (&unit.failure, unit.step) {
        (Some(failure), _) if failure.companion.is_some() => {}
        (Some(failure), _) if unit.state == UnitState::Failed => parts.push(words::step(failure.step)),
        (_, Some(step)) if is_at_work(unit.state) => parts.push(words::step(step)),
        _ => {}
    }
    if is_new_state && unit.state == UnitState::Prepared {
        parts.extend(unit.fetched_bytes.map(|fetched| format!("{} fetched", bytes(fetched))));
    }
    if is_new_state && unit.state == UnitState::Succeeded {
        parts.extend(unit.to.as_ref().map(ToString::to_string));
    }
    if unit.attempts > 1 && old.is_none_or(|old| old.attempt != unit.attempt) {
        parts.push(format!("try {}", unit.attempts));
    }
    let package = package.map(|package| format!(" {package}")).unwrap_or_default();
    format!("{}{package}: {}", unit.host_name, list(&parts, parts.len()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: jiff::Timestamp = jiff::Timestamp::UNIX_EPOCH;

    fn deployment(state: &str, direction: &str, plan: char, waiting: &serde_json::Value) -> DeploymentEvent {
        let plan = plan.to_string().repeat(26);
        let spec = json!({"action": "deploy", "package": "shop", "version": "1.0.1", "targets": {}});
        let summary = json!({
            "id": "0".repeat(26), "action": "deploy", "package": "shop", "version": "1.0.1", "state": state, "direction": direction,
            "units": {}, "total": 2, "creator": "admin", "created_at": "1970-01-01T00:00:00Z", "ended_at": null,
        });
        let deployment = json!({
            "type": "deployment",
            "deployment": {"summary": summary, "spec": spec, "plan": plan, "revision": 1, "waiting": waiting, "batches": [{"number": 0, "kind": "canary", "units": {"pending": 2}}]},
        });
        serde_json::from_value(deployment).unwrap()
    }

    fn unit(id: char, state: &str, step: Option<&str>) -> serde_json::Value {
        let failure = (state == "failed").then(
            || json!({"attempt": "0".repeat(26), "step": "validate", "message": "no answer", "aftermath": "restored"}),
        );
        json!({
            "id": id.to_string().repeat(26), "host": "0".repeat(26), "host_name": format!("web-{id}"), "batch": 0, "state": state,
            "from": "1.0.0", "to": "1.0.1", "step": step, "failure": failure, "attempt": "0".repeat(26), "attempts": 1,
            "fetched_bytes": 1_400_000, "updated_at": "1970-01-01T00:00:00Z",
        })
    }

    fn units(units: &[serde_json::Value]) -> DeploymentEvent {
        serde_json::from_value(json!({"type": "units", "units": units})).unwrap()
    }

    fn told(tally: &mut Tally, events: Vec<DeploymentEvent>) -> String {
        let lines = events.into_iter().flat_map(|event| tally.take(event, NOW, Style::Plain).lines);
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn each_change_is_told_once() {
        let mut tally = Tally::default();
        let events = vec![
            deployment("running", "forward", '1', &json!([])),
            units(&[unit('1', "pending", None), unit('2', "pending", None)]),
            units(&[unit('1', "preparing", Some("fetch"))]),
            units(&[unit('1', "preparing", Some("fetch"))]),
            units(&[unit('1', "prepared", Some("render"))]),
            deployment("running", "forward", '1', &json!([{"waits_for": "switching", "hosts": ["web-1"]}])),
            units(&[unit('1', "switching", Some("start"))]),
            units(&[unit('1', "succeeded", Some("retire")), unit('2', "failed", Some("validate"))]),
            deployment("halted", "forward", '1', &json!([{"waits_for": "decision", "failed": ["web-2"]}])),
        ];
        insta::assert_snapshot!(told(&mut tally, events), @r"
        deployment 00000000000000000000000000: deploy shop 1.0.1 on 2 hosts
        deployment running
        batch 1 of 1 (canary): 2 hosts
        web-1: preparing, fetch
        web-1: prepared, 1.4 MB fetched
        web-1: switching, start
        web-1: succeeded, 1.0.1
        web-2: failed, validate
        deployment halted
        waits for a decision: retry, rollback or abort (web-2 failed)
        ");
        insta::assert_snapshot!(tally.status(NOW).join("\n"), @r"
        halted: 1 of 2 done
        waits for a decision: retry, rollback or abort (web-2 failed)
        ");
    }

    #[test]
    fn a_failure_is_explained_once() {
        let mut tally = Tally::default();
        let failed = || units(&[unit('1', "failed", Some("validate"))]);
        assert_eq!(tally.take(failed(), NOW, Style::Plain).failed.len(), 1);
        assert_eq!(tally.take(failed(), NOW, Style::Plain).failed.len(), 0);
    }

    #[test]
    fn what_goes_back_with_another_package_says_so_and_is_no_failure_of_its_own() {
        let mut tally = Tally::default();
        let mut conf = |state: &str, aftermath: serde_json::Value| {
            let mut conf = unit('1', "failed", Some("validate"));
            conf["state"] = json!(state);
            conf["failure"]["companion"] = json!("shop-web");
            conf["failure"]["aftermath"] = aftermath;
            tally.take(units(&[conf]), NOW, Style::Plain)
        };
        assert_eq!(conf("restoring", json!(null)).lines, ["web-1: going back with shop-web"]);
        let back = conf("failed", json!("restored"));
        assert_eq!((back.lines, back.failed.len()), (vec!["web-1: went back with shop-web".to_owned()], 0));
        assert_eq!(conf("preparing", json!(null)).lines, ["web-1: preparing"]);
        assert_eq!(conf("failed", json!("untouched")).lines, ["web-1: not begun because of shop-web"]);
    }

    #[test]
    fn the_way_back_is_another_plan_with_other_units() {
        let mut tally = Tally::default();
        let events = vec![
            deployment("running", "forward", '1', &json!([])),
            units(&[unit('1', "succeeded", None)]),
            deployment("rolling_back", "back", '2', &json!([])),
            units(&[unit('3', "switching", Some("switch_back"))]),
            deployment("rolled_back", "back", '2', &json!([])),
        ];
        insta::assert_snapshot!(told(&mut tally, events), @r"
        deployment 00000000000000000000000000: deploy shop 1.0.1 on 2 hosts
        deployment running
        web-1: succeeded, 1.0.1
        going back to the versions before
        deployment rolling back
        batch 1 of 1 (canary): 2 hosts
        web-3: switching, switch_back
        deployment rolled back
        ");
        assert_eq!(tally.state(), Some(DeploymentState::RolledBack));
    }
}
