//! Taking in what a host tells, all of it or nothing.

use std::collections::BTreeSet;

use jiff::Timestamp;
use packhorse_model::deployment::UnitState;
use packhorse_model::ids::{AttemptId, DeploymentId, HostId, UnitId};
use packhorse_model::order::{InstanceReport, Report};
use packhorse_planner::fleet::{AttemptView, UnitChange, fold};

use super::{AttemptRow, Received, Rows};

/// What a host tells in one request.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) host: HostId,
    pub(crate) incarnation: u32,
    pub(crate) reports: Vec<Report>,
    pub(crate) instances: Option<Vec<InstanceReport>>,
}

/// A report about another host's attempt.
#[derive(Debug)]
pub(crate) struct NotYours;

impl Rows {
    /// Whether this joining of the host is the one that was received last.
    pub(crate) fn has_received(&self, host: HostId, incarnation: u32) -> bool {
        self.hosts[&host].received.is_some_and(|received| received.incarnation >= incarnation)
    }

    /// Takes in what a host tells, and gives what it changed of units.
    pub(crate) fn take_in(&mut self, told: &Told, now: Timestamp) -> Result<Vec<(UnitId, UnitState)>, NotYours> {
        let known = |report: &&Report| self.attempts.get(&report.attempt);
        if told.reports.iter().filter_map(|report| known(&report)).any(|attempt| attempt.host != told.host) {
            return Err(NotYours);
        }
        let mut raises = false;
        let mut deployments: BTreeSet<DeploymentId> = BTreeSet::new();
        if !self.has_received(told.host, told.incarnation) {
            self.receive(told);
            let former: Vec<AttemptId> = self
                .open_attempts()
                .filter(|(_, open)| open.host == told.host && open.incarnation < told.incarnation)
                .map(|(id, _)| *id)
                .collect();
            for attempt in former {
                deployments.insert(self.attempts[&attempt].deployment);
                raises |= self.end(attempt, now);
            }
        }
        let mut moved = Vec::new();
        for report in &told.reports {
            let Some(attempt) = self.attempts.get(&report.attempt).cloned() else { continue };
            if report.sequence > attempt.last_sequence {
                deployments.insert(attempt.deployment);
            }
            let (state, has_ended) = self.report(&attempt, report, now);
            moved.extend(state.map(|state| (attempt.unit, state)));
            raises |= has_ended;
        }
        if let Some(instances) = &told.instances {
            self.instances.retain(|(host, _), _| *host != told.host);
            let rows = instances.iter().map(|instance| ((told.host, instance.package.clone()), instance.clone()));
            self.instances.extend(rows);
            if let Some(received) = self.hosts.get_mut(&told.host).and_then(|host| host.received.as_mut()) {
                received.wants_inventory &= received.incarnation != told.incarnation;
            }
        }
        self.give_back_proven(told.host);
        for id in deployments {
            if let Some(deployment) = self.deployments.get_mut(&id) {
                deployment.revision += 1;
            }
        }
        if raises {
            self.raise(told.host);
        }
        Ok(moved)
    }

    /// A joining is heard of for the first time: its inventory comes before any work.
    fn receive(&mut self, told: &Told) {
        let Some(host) = self.hosts.get_mut(&told.host) else { return };
        let generation = host.received.map_or(0, |received| received.generation) + 1;
        host.received = Some(Received { incarnation: told.incarnation, generation, wants_inventory: true });
    }

    /// The new state of the unit, and whether the attempt has ended.
    fn report(&mut self, attempt: &AttemptRow, report: &Report, now: Timestamp) -> (Option<UnitState>, bool) {
        if attempt.epoch != report.epoch {
            return (None, false);
        }
        let Some(unit) = self.units.get_mut(&attempt.unit) else { return (None, false) };
        let view = AttemptView {
            action: unit.planned.order.action,
            state: unit.state,
            epoch: unit.epoch,
            grant: attempt.granted,
            attempt_open: attempt.ended_at.is_none(),
            sequence: attempt.last_sequence,
        };
        let change = fold(&view, report, now);
        let evidence = change.evidence;
        let UnitChange { sequence, state, step, prepared_at, validated_at, failure, attempt_ended, health, .. } =
            change;
        let Some(sequence) = sequence else { return (None, false) };
        if prepared_at.is_some() {
            unit.in_doubt = false;
        }
        if step.is_some() || state.is_some() || failure.is_some() {
            unit.changed_at = now;
        }
        if state.is_some() || failure.is_some() {
            let next = state.unwrap_or(unit.state);
            let keeps = matches!(next, UnitState::Failed | UnitState::Unknown) || next == unit.state;
            unit.failure = failure.or_else(|| unit.failure.take().filter(|_| keeps));
            unit.state = next;
        }
        let key = (attempt.host, unit.planned.order.package.clone());
        if let (Some(health), Some(instance)) = (health, self.instances.get_mut(&key)) {
            instance.health = health;
        }
        self.prove(&key, report.attempt, evidence);
        if let Some(row) = self.attempts.get_mut(&report.attempt) {
            row.last_sequence = sequence;
            row.prepared_at = prepared_at.or(row.prepared_at);
            row.validated_at = validated_at.or(row.validated_at);
        }
        let has_ended = attempt_ended && self.end(report.attempt, now);
        (state, has_ended)
    }
}
