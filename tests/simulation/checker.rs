//! The checker: its own account of what was granted, what hosts really did, and what was proven, held against the invariants of
//! ARCHITECTURE.md at every event.
//!
//! It believes neither the rows nor the reports: effects are told to it by the machines themselves, at the moment at which they happen.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use packhorse_model::HostName;
use packhorse_model::deployment::{DeploymentState, Direction, UnitState};
use packhorse_model::ids::{AttemptId, DeploymentId, HostId, PlanId, UnitId};
use packhorse_model::order::{Aftermath, AttemptResult, Grant, Health, Report, ReportEvent};
use packhorse_model::step::{Nature, Phase, StepKind};
use packhorse_model::strategy::OnFailure;
use packhorse_model::{Digest, PackageName};
use packhorse_planner::fleet::{FleetState, Reach, Transition, UnitView};

use crate::rows::{Decided, Fleet};

/// Who decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decider {
    Engine,
    Person,
}

/// What a machine does to an application.
#[derive(Debug, Clone)]
pub(crate) struct Effect<'a> {
    pub(crate) host: HostId,
    pub(crate) package: &'a PackageName,
    pub(crate) attempt: AttemptId,
    pub(crate) index: u32,
    pub(crate) kind: StepKind,
    pub(crate) phase: Phase,
    pub(crate) nature: Nature,
}

/// An attempt, as it really is.
#[derive(Debug)]
struct Known {
    unit: UnitId,
    host: HostName,
    package: PackageName,
    /// Whether the host was down already, for all that was known, when it was let go.
    excused: bool,
    granted: bool,
    /// Whether the machine that made it is gone.
    lost: bool,
    validated_at: Option<Duration>,
    result: Option<AttemptResult>,
}

impl Known {
    /// Whether the instance may be down because of it.
    fn is_down(&self) -> bool {
        let left_well = match &self.result {
            None => self.validated_at.is_some(),
            Some(AttemptResult::Succeeded | AttemptResult::Cancelled) => true,
            Some(AttemptResult::Failed { aftermath, .. }) => *aftermath != Aftermath::Broken,
            Some(AttemptResult::Unknown { .. }) => false,
        };
        self.granted && !left_well
    }
}

/// The account.
#[derive(Default)]
pub(crate) struct Checker {
    /// Seconds by which clocks of servers were ever apart.
    pub(crate) skew: Duration,
    pub(crate) violations: Vec<String>,
    attempts: BTreeMap<AttemptId, Known>,
    opaque: BTreeSet<(AttemptId, u32)>,
    accepted: BTreeMap<HostId, u64>,
    states: BTreeMap<DeploymentId, DeploymentState>,
    ended_units: BTreeMap<UnitId, UnitState>,
    plans: BTreeMap<DeploymentId, PlanId>,
    /// Attempts that touch an instance now.
    touching: BTreeMap<(HostId, PackageName), AttemptId>,
    pub(crate) frozen: bool,
}

impl Checker {
    fn blame(&mut self, what: String) {
        self.violations.push(what);
    }

    fn hold(&mut self, must_hold: bool, what: impl FnOnce() -> String) {
        if !must_hold {
            self.blame(what());
        }
    }

    /// A decision was committed.
    pub(crate) fn decided(
        &mut self,
        at: Duration,
        by: Decider,
        fleet: &Fleet,
        plan: PlanId,
        all: &[Transition],
        made: &Decided,
    ) {
        let state = *self.states.entry(fleet.id).or_insert(fleet.state.state);
        self.hold(state == fleet.state.state, || {
            format!("I10: {} is {state:?}, and was decided about as {:?}", fleet.id, fleet.state.state)
        });
        self.plans.entry(fleet.id).or_insert(plan);
        let mut now = fleet.state.clone();
        for transition in all {
            match transition {
                Transition::Admit { unit, epoch } => {
                    self.admitted(at, &fleet.package, &now, *unit, *epoch, made);
                }
                Transition::Unit { unit, from, to, grant, .. } => {
                    self.unit_moves(by, *unit, *from, *to);
                    match grant {
                        Some(Grant::Switch) => self.let_go(&now, *unit, made),
                        Some(Grant::Retire) => self.retires(at, &now, *unit),
                        _ => {}
                    }
                }
                Transition::Deployment { to, .. } => {
                    self.hold(!state.is_terminal(), || format!("I7: {} left {state:?} for {to:?}", fleet.id));
                    self.states.insert(fleet.id, *to);
                }
                Transition::RollBack => {
                    if let Some((back, parent)) = made.back {
                        let current = self.plans.insert(fleet.id, back);
                        self.hold(current == Some(parent), || {
                            format!("I5: the plan {back} takes the place of {parent}, and {current:?} is current")
                        });
                    }
                }
                Transition::Supersede { .. } | Transition::Promote { .. } | Transition::SkipAhead { .. } => {}
            }
            now.apply(transition, Timestamp::UNIX_EPOCH);
        }
    }

    /// A report was folded.
    pub(crate) fn folded(&mut self, moved: &[(UnitId, UnitState)]) {
        for (unit, to) in moved {
            self.unit_moves(Decider::Engine, *unit, *to, *to);
        }
    }

    /// I7: what is terminal stays, unless a person has it tried again.
    fn unit_moves(&mut self, by: Decider, unit: UnitId, from: UnitState, to: UnitState) {
        let ended = self.ended_units.get(&unit).copied();
        if let (Some(ended), Decider::Engine) = (ended, by) {
            self.hold(ended == to, || format!("I7: unit {unit} left {ended:?} for {to:?} (from {from:?})"));
        }
        if to.is_in_flight() || to == UnitState::Pending {
            self.ended_units.remove(&unit);
        } else {
            self.ended_units.insert(unit, to);
        }
    }

    fn may_start(&mut self, state: &FleetState, view: &UnitView, what: &str) {
        let goes_on = matches!(
            (state.state, state.direction),
            (DeploymentState::Running, _) | (DeploymentState::RollingBack, Direction::Back)
        );
        // In a halted deployment only what a person retried goes on.
        let may = goes_on || (state.state == DeploymentState::Halted && view.epoch > 0);
        self.hold(may, || format!("I10: {} was {what} while the deployment was {:?}", view.host_name, state.state));
        self.hold(!self.frozen, || format!("I10: {} was {what} during a freeze", view.host_name));
    }

    fn admitted(
        &mut self,
        at: Duration,
        package: &PackageName,
        state: &FleetState,
        unit: UnitId,
        epoch: u32,
        made: &Decided,
    ) {
        let Some(view) = state.units().find(|view| view.unit == unit).cloned() else {
            return self.blame(format!("a unit {unit} was admitted that is not in the plan"));
        };
        self.may_start(state, &view, "admitted");
        self.hold(epoch == view.epoch + 1, || format!("I2: epoch {epoch} follows {}", view.epoch));
        let batch =
            state.batches.iter().position(|batch| batch.iter().any(|view| view.unit == unit)).unwrap_or_default();
        let has_begun = state.batches[batch].iter().any(|view| view.epoch > 0);
        if !has_begun && u32::try_from(batch).is_ok_and(|batch| batch >= state.ahead) {
            self.earlier_batches(at, state, batch);
        }
        let Some(attempt) = made.admitted.get(&unit) else {
            return self.blame(format!("unit {unit} was admitted without an attempt"));
        };
        self.unit_moves(Decider::Engine, unit, view.state, UnitState::Preparing);
        let known = Known {
            unit,
            host: view.host_name,
            package: package.clone(),
            excused: false,
            granted: false,
            lost: false,
            validated_at: None,
            result: None,
        };
        self.attempts.insert(*attempt, known);
    }

    /// I12: a batch begins when those before it met their rule.
    fn earlier_batches(&mut self, at: Duration, state: &FleetState, batch: usize) {
        let strategy = &state.strategy;
        let mut failures = 0;
        for view in state.batches[..batch].iter().flatten() {
            match view.state {
                UnitState::Skipped => {}
                UnitState::Failed | UnitState::Unknown => failures += 1,
                UnitState::Succeeded => {
                    let ended = self
                        .attempts
                        .values()
                        .any(|known| known.unit == view.unit && known.result == Some(AttemptResult::Succeeded));
                    self.hold(ended, || format!("I12: {} has not succeeded, whatever the rows say", view.host_name));
                    self.baked(at, state, view.unit);
                }
                _ => self.blame(format!("I12: {} of an earlier batch is {:?}", view.host_name, view.state)),
            }
        }
        let is_tolerated = strategy.on_failure == OnFailure::Ignore;
        self.hold(failures == 0 || is_tolerated, || format!("I12: {failures} of earlier batches failed"));
    }

    fn baked(&mut self, at: Duration, state: &FleetState, unit: UnitId) {
        let validated =
            self.attempts.values().filter(|known| known.unit == unit).filter_map(|known| known.validated_at);
        let Some(validated) = validated.max() else { return };
        let bake = Duration::from_secs(u64::from(state.strategy.bake_seconds));
        let lasted = at.saturating_sub(validated) + self.skew;
        if state.direction == Direction::Forward {
            self.hold(lasted >= bake, || {
                format!("I12: the bake of {unit} lasted {lasted:?} at most, and not {bake:?}")
            });
        }
    }

    fn retires(&mut self, at: Duration, state: &FleetState, unit: UnitId) {
        let goes_on =
            matches!(state.state, DeploymentState::Running | DeploymentState::Paused | DeploymentState::Halted);
        if goes_on {
            self.baked(at, state, unit);
        }
    }

    /// I1: what is let go beside what is down already is within the limit. What is down already is not made worse.
    fn let_go(&mut self, state: &FleetState, unit: UnitId, made: &Decided) {
        let Some(view) = state.all().find(|view| view.unit == unit).cloned() else { return };
        self.may_start(state, &view, "let go");
        let before = self.down(state);
        let current = made.let_go.get(&unit);
        let Some(known) = current.and_then(|attempt| self.attempts.get_mut(attempt)) else {
            return self.blame(format!("I6: {} was let go without an attempt", view.host_name));
        };
        known.granted = true;
        known.excused = view.health == Health::Unhealthy
            || view.reach != Reach::Online
            || state.down_elsewhere.contains(&view.host_name);
        let is_new = !known.excused && !before.contains(&view.host_name);
        let Some(limit) = state.strategy.max_unavailable.filter(|_| is_new) else { return };
        self.hold(before.len() < limit.of(state.group), || {
            format!("I1: {} was let go, and {before:?} are down; the limit is {limit}", view.host_name)
        });
    }

    /// The hosts of a deployment that are down by what deployments do, of whatever packages.
    fn down(&self, state: &FleetState) -> BTreeSet<HostName> {
        let group: BTreeSet<&HostName> = state.units().map(|view| &view.host_name).collect();
        let is_counted = |known: &&Known| known.is_down() && !known.excused && group.contains(&known.host);
        self.attempts.values().filter(is_counted).map(|known| known.host.clone()).collect()
    }

    /// A machine does something.
    pub(crate) fn effect(&mut self, effect: &Effect<'_>) {
        let Effect { host, package, attempt, index, kind, phase, nature } = effect;
        let Some(known) = self.attempts.get_mut(attempt) else {
            return self.blame(format!("I6: {kind:?} on {host} for {attempt}, which was never admitted"));
        };
        let touches = matches!(phase, Phase::Switch | Phase::Restore);
        let (granted, result) = (known.granted, known.result.clone());
        self.hold(!touches || granted, || format!("I6: {kind:?} on {host} for {attempt}, which was not let go"));
        self.hold(result.is_none(), || format!("I2: {kind:?} on {host} for {attempt}, which has ended as {result:?}"));
        if *nature == Nature::Opaque {
            let is_first = self.opaque.insert((*attempt, *index));
            self.hold(is_first, || format!("I2: {kind:?}, step {index} of {attempt} on {host}, ran twice"));
        }
        if touches {
            let other = self.touching.insert((*host, (*package).clone()), *attempt);
            self.hold(other.is_none_or(|other| other == *attempt), || {
                format!("I2: {kind:?} on {host} for {attempt}, in the middle of {other:?}")
            });
        }
    }

    /// I3: `current` leads to a directory that is whole, and has the content that was ordered.
    pub(crate) fn switched(&mut self, host: HostId, ordered: Digest, there: Option<Digest>) {
        self.hold(there == Some(ordered), || format!("I3: {host} switched to {ordered}, and has {there:?} there"));
    }

    /// An assignment is on a host's disk.
    pub(crate) fn accepted(&mut self, host: HostId, generation: u64) {
        let before = self.accepted.insert(host, generation).unwrap_or_default();
        self.hold(generation >= before, || format!("I4: {host} accepted {generation} after {before}"));
    }

    /// A report is on a host's disk.
    pub(crate) fn reported(&mut self, at: Duration, report: &Report) {
        let Some(known) = self.attempts.get_mut(&report.attempt) else { return };
        match &report.event {
            ReportEvent::Validated => known.validated_at = Some(at),
            ReportEvent::Finished { result } => known.result = Some(result.clone()),
            _ => return,
        }
        let (host, package) = (known.host.clone(), known.package.clone());
        let is_proof = match &report.event {
            ReportEvent::Finished { result } => matches!(
                result,
                AttemptResult::Succeeded | AttemptResult::Failed { aftermath: Aftermath::Restored, .. }
            ),
            _ => true,
        };
        if is_proof {
            let is_over = |known: &&mut Known| {
                known.host == host && known.package == package && (known.lost || known.result.is_some())
            };
            self.attempts.values_mut().filter(is_over).for_each(|known| known.granted = false);
        }
        self.touching.retain(|_, touching| *touching != report.attempt);
    }

    /// The machine is another one: nothing more comes of what the one before did, and what that was changing is down until it is proven anew.
    pub(crate) fn replaced(&mut self, host: HostId, name: &HostName) {
        self.touching.retain(|(on, _), _| *on != host);
        self.attempts.values_mut().filter(|known| known.host == *name).for_each(|known| known.lost = true);
    }

    /// An instance works that nobody is changing: whatever was left of earlier attempts is over.
    pub(crate) fn works(&mut self, host: &HostName, package: &PackageName) {
        let over = |known: &&mut Known| known.host == *host && known.package == *package && known.result.is_some();
        self.attempts.values_mut().filter(over).for_each(|known| known.granted = false);
    }

    /// Whether an attempt is changing this instance.
    pub(crate) fn is_touched(&self, host: HostId, package: &PackageName) -> bool {
        self.touching.contains_key(&(host, package.clone()))
    }
}
