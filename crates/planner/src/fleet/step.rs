//! What a deployment does next.

use packhorse_model::deployment::{DeploymentState, Direction, UnitState, Waiting};
use packhorse_model::ids::UnitId;
use packhorse_model::order::{Aftermath, Grant, UnitAction};
use packhorse_model::strategy::OnFailure;

use super::back::may_have_changed;
use super::companions::{by_host, by_host_mut, cause, has_turn, is_whole, must_go_back, next_back};
use super::rules::{after, bake_end};
use super::state::{FleetState, Reach, Transition, Trouble, UnitView};
use super::waiting::waiting;

/// What has to be written now, and what the deployment waits for afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// In this order, in one transaction.
    pub transitions: Vec<Transition>,
    /// What it waits for; empty when it has ended.
    pub waiting: Vec<Waiting>,
}

/// Looks at a deployment as it stands, and decides.
///
/// Deployments that have ended are looked at as well, as long as units of theirs are in flight: these are brought to their end.
#[must_use]
pub fn step(state: &FleetState, now: jiff::Timestamp) -> Decision {
    let mut next = Next { state: state.clone(), now, transitions: Vec::new() };
    next.look_for_hosts();
    next.watch_time();
    next.send_back();
    next.leave_rest();
    next.answer_failures();
    next.drain();
    next.end_bakes();
    next.admit();
    next.grant_switches();
    next.answer_standstill();
    next.end();
    Decision { waiting: waiting(&next.state, now), transitions: next.transitions }
}

/// Where a unit goes.
struct Change {
    to: UnitState,
    grant: Option<Grant>,
    trouble: Option<Trouble>,
}

impl Change {
    fn to(to: UnitState) -> Self {
        Self { to, grant: None, trouble: None }
    }

    fn granting(to: UnitState, grant: Grant) -> Self {
        Self { to, grant: Some(grant), trouble: None }
    }

    /// The unit fails before anything was touched; because of another of its host, if one is named.
    fn failing(message: String, companion: Option<UnitId>) -> Self {
        let trouble = Trouble { message, aftermath: Some(Aftermath::Untouched), companion };
        Self { to: UnitState::Failed, grant: Some(Grant::Cancel), trouble: Some(trouble) }
    }

    /// The unit, which was proven, goes back; because of another of its host, if it is healthy.
    fn going_back(unit: &UnitView, companion: Option<UnitId>) -> Self {
        let message = "it goes back with another package of the deployment, which this host does not get: see what failed there, then retry";
        let trouble = (!unit.is_unwell()).then(|| Trouble { message: message.to_owned(), aftermath: None, companion });
        Self { to: UnitState::Restoring, grant: Some(Grant::Restore), trouble }
    }

    /// Nobody knows of the unit any more.
    fn losing(message: &str) -> Self {
        let trouble = Trouble { message: message.to_owned(), aftermath: None, companion: None };
        Self { to: UnitState::Unknown, grant: None, trouble: Some(trouble) }
    }

    /// Changes the unit, and says what is to be written.
    fn of(self, view: &mut UnitView, now: jiff::Timestamp) -> Transition {
        let Self { to, grant, trouble } = self;
        let from = view.state;
        view.change(to, grant, trouble.as_ref(), now);
        Transition::Unit { unit: view.unit, from, to, grant, trouble }
    }
}

/// What of a deployment is brought to its end, because nobody wants it to go on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Drain {
    Nothing,
    /// What has not touched anything yet. Of what a person has retried before, also what still waits.
    Unswitched,
    /// Everything: bakes are cut short, and what waits for its batch is left out.
    Everything,
}

/// The state as it will be, and how it gets there.
struct Next {
    state: FleetState,
    now: jiff::Timestamp,
    transitions: Vec<Transition>,
}

impl Next {
    fn move_to(&mut self, to: DeploymentState) {
        self.transitions.push(Transition::Deployment { from: self.state.state, to });
        self.state.state = to;
    }

    /// Changes every unit for which `change` says something.
    fn change_units(&mut self, change: impl Fn(&UnitView) -> Option<Change>) {
        let Self { state, now, transitions } = self;
        for view in state.batches.iter_mut().flatten().chain(&mut state.former) {
            if let Some(change) = change(view) {
                transitions.push(change.of(view, *now));
            }
        }
    }

    /// The same, with what is said of its host by `of_host`. On the way back, and in what is left of earlier plans, every unit is alone.
    fn change_hosts<T: Copy>(
        &mut self,
        of_host: impl Fn(&[UnitView]) -> T,
        change: impl Fn(&UnitView, T) -> Option<Change>,
    ) {
        let Self { state, now, transitions } = self;
        let is_alone = state.direction == Direction::Back;
        let batches = state.batches.iter_mut().flat_map(|batch| by_host_mut(batch));
        let hosts = batches.flat_map(|host| host.chunk_by_mut(move |_, _| !is_alone));
        for host in hosts.chain(state.former.chunks_mut(1)) {
            let said = of_host(host);
            for view in host {
                if let Some(change) = change(view, said) {
                    transitions.push(change.of(view, *now));
                }
            }
        }
    }

    /// A host that is not heard of makes its unit unknown; one that is back is settled by what it has told.
    fn look_for_hosts(&mut self) {
        self.change_units(|unit| {
            let is_unknown = unit.state == UnitState::Unknown;
            if !unit.state.is_in_flight() {
                None
            } else if unit.is_cut_off() && unit.is_before_switch() {
                let message = "the host was removed or joined anew while it prepared: make a new plan";
                Some(Change::failing(message.to_owned(), None))
            } else if unit.is_cut_off() {
                let message =
                    "the host was removed or joined anew in the middle of the change: look at it, then retry or abort";
                (!is_unknown).then(|| Change::losing(message))
            } else if unit.reach == Reach::Unreachable {
                let message = "the host is not heard of: what became of it is settled when it is back";
                (!is_unknown).then(|| Change::losing(message))
            } else {
                is_unknown.then(|| Change::to(settled(unit)))
            }
        });
    }

    /// An instance that does not stay healthy goes back, and so does what is proven on a host that will not have all of its packages: the
    /// last first. What is on its way back does not turn round again.
    fn send_back(&mut self) {
        if self.state.direction == Direction::Back {
            return;
        }
        let Self { state, now, transitions } = self;
        for host in state.batches.iter_mut().flat_map(|batch| by_host_mut(batch)) {
            if !must_go_back(host) {
                continue;
            }
            let cause = cause(host);
            if let Some(unit) = next_back(host) {
                transitions.push(Change::going_back(unit, cause).of(unit, *now));
            }
        }
    }

    /// What has not begun to change on a host that will not have all of its packages does not begin.
    fn leave_rest(&mut self) {
        if self.state.direction == Direction::Back {
            return;
        }
        let Self { state, now, transitions } = self;
        let hosts = state.batches.iter_mut().flat_map(|batch| by_host_mut(batch));
        for host in hosts.filter(|host| host.len() > 1 && must_go_back(host)) {
            let cause = cause(host);
            let is_left =
                |unit: &&mut UnitView| unit.is_before_switch() || (unit.state == UnitState::Pending && unit.epoch > 0);
            for unit in host.iter_mut().filter(is_left) {
                let message = "another package of the deployment failed on this host, which gets all of them or none: see what failed there, then retry";
                transitions.push(Change::failing(message.to_owned(), cause).of(unit, *now));
            }
        }
    }

    /// A unit that does not get ready in time fails. Once it switches, only its host can tell how it ends.
    fn watch_time(&mut self) {
        let (timeout, now) = (self.state.strategy.unit_timeout_seconds, self.now);
        self.change_units(|unit| {
            let is_preparing = unit.is_before_switch() && unit.prepared_at.is_none();
            let is_late = unit.admitted_at.is_some_and(|at| now >= after(at, timeout));
            (is_preparing && is_late).then(|| {
                let message = format!(
                    "the host was not ready within {timeout} s: look at its steps, then retry, or allow more time"
                );
                Change::failing(message, None)
            })
        });
    }

    fn answer_failures(&mut self) {
        if self.state.runs_forward() && self.state.needs_decision() {
            self.answer();
        }
    }

    /// Where everything that could be let go has been, and still nothing gets on, that is a failure, too.
    fn answer_standstill(&mut self) {
        let may_answer = self.state.runs_forward() && self.state.strategy.on_failure != OnFailure::Ignore;
        if may_answer && self.state.standing_still(self.now).next().is_some() {
            self.answer();
            self.drain();
        }
    }

    fn answer(&mut self) {
        self.move_to(match self.state.strategy.on_failure {
            OnFailure::Stop | OnFailure::Ask | OnFailure::Ignore => DeploymentState::Halted,
            OnFailure::Rollback => DeploymentState::RollingBack,
        });
    }

    /// Ends what nobody wants any more. What only prepared is cancelled at once: without the grant to switch it cannot touch
    /// anything, whatever its host does. What is healthy ends with what it has, or goes back where its host will not have the rest. What is in
    /// the middle comes to its end.
    fn drain(&mut self) {
        let drain = match (self.state.state, self.state.direction) {
            // Once, when it halts: what is retried afterwards, host by host, goes on.
            (DeploymentState::Halted, _) if self.halts_now() => Drain::Unswitched,
            (DeploymentState::Running | DeploymentState::Paused | DeploymentState::Halted, _)
            | (DeploymentState::RollingBack, Direction::Back) => Drain::Nothing,
            _ => Drain::Everything,
        };
        if drain == Drain::Nothing {
            return;
        }
        let is_aborting = self.state.state == DeploymentState::Aborting;
        self.change_hosts(is_whole, |unit, is_whole| match unit.state {
            _ if unit.is_before_switch() => Some(Change::granting(UnitState::Cancelled, Grant::Cancel)),
            UnitState::Pending if drain == Drain::Everything || unit.epoch > 0 => {
                Some(Change::to(UnitState::Cancelled))
            }
            UnitState::Baking if drain == Drain::Everything && is_whole => {
                Some(Change::granting(UnitState::Retiring, Grant::Retire))
            }
            // A script changes nothing that would have to be brought to an end: its host kills it.
            UnitState::Switching if is_aborting && unit.may_be_stopped() => {
                Some(Change::granting(UnitState::Switching, Grant::Cancel))
            }
            _ => None,
        });
        // Hosts of which a part was cancelled.
        self.send_back();
    }

    fn halts_now(&self) -> bool {
        let halts =
            |transition: &Transition| matches!(transition, Transition::Deployment { to: DeploymentState::Halted, .. });
        self.transitions.iter().any(halts)
    }

    /// What stood its bake is retired, which cannot be undone: a host with everything at once.
    fn end_bakes(&mut self) {
        let (seconds, now) = (self.state.bake_seconds(), self.now);
        let is_over =
            |unit: &UnitView| unit.state == UnitState::Baking && bake_end(seconds, unit).is_none_or(|end| now >= end);
        let may_retire = |host: &[UnitView]| {
            host.iter().all(|unit| is_over(unit) || unit.is_met() || unit.state == UnitState::Retiring)
        };
        self.change_hosts(may_retire, |unit, may_retire| {
            (may_retire && is_over(unit)).then(|| Change::granting(UnitState::Retiring, Grant::Retire))
        });
    }

    /// Lets hosts begin: each with all of its packages or with none.
    fn admit(&mut self) {
        if !self.state.holds.is_empty() {
            return;
        }
        for batch in self.state.active(self.now) {
            let may_go = |unit: &UnitView| unit.reach == Reach::Online && !unit.occupied && self.state.lets_go_on(unit);
            let is_pending = |unit: &&UnitView| unit.state == UnitState::Pending;
            let of_host = |host: &[UnitView]| host.iter().filter(is_pending).all(may_go);
            let admitted: Vec<(bool, usize)> =
                by_host(&self.state.batches[batch]).map(|host| (of_host(host), host.len())).collect();
            let admitted = admitted.into_iter().flat_map(|(may_go, units)| std::iter::repeat_n(may_go, units));
            for (unit, may_go) in self.state.batches[batch].iter_mut().zip(admitted) {
                if may_go && unit.state == UnitState::Pending {
                    unit.admit(unit.epoch + 1, self.now);
                    self.transitions.push(Transition::Admit { unit: unit.unit, epoch: unit.epoch });
                }
            }
        }
    }

    /// Lets prepared hosts change over: all of a batch have to be prepared, and only so many may be down. On the way back each
    /// goes as soon as it is prepared. A host changes over one package after the other.
    fn grant_switches(&mut self) {
        if !self.state.holds.is_empty() {
            return;
        }
        if !self.state.goes_on() && self.state.state != DeploymentState::Halted {
            return;
        }
        let active = self.state.active(self.now);
        let limit = self.state.limit(&active);
        let direction = self.state.direction;
        let mut down = self.state.down(&active);
        for batch in active {
            if !self.state.may_switch(batch) {
                continue;
            }
            for host in by_host_mut(&mut self.state.batches[batch]) {
                let Some(next) = host.iter().position(|unit| unit.state == UnitState::Prepared) else { continue };
                let (before, rest) = host.split_at_mut(next);
                let Some(unit) = rest.first_mut().filter(|_| has_turn(direction, before)) else { continue };
                // An instance that is down already is not made worse.
                if down.contains(&unit.host_name) || down.len() < limit {
                    down.insert(unit.host_name.clone());
                    self.transitions.push(Change::granting(UnitState::Switching, Grant::Switch).of(unit, self.now));
                }
            }
        }
    }

    fn end(&mut self) {
        let is_moving = self.state.all().any(UnitView::is_moving);
        let is_pending = self.state.units().any(|unit| unit.state == UnitState::Pending);
        let all_met = self.state.units().all(UnitView::is_met);
        match (self.state.state, self.state.direction) {
            (DeploymentState::Running, _) if all_met => self.move_to(DeploymentState::Succeeded),
            (DeploymentState::Running, _) if self.state.current_batch().is_none() => {
                self.move_to(DeploymentState::PartlySucceeded);
            }
            (DeploymentState::RollingBack, Direction::Forward) => {
                // A host that is not heard of holds nobody else up; its attempt goes on beside the new plan.
                let is_settled = self.state.all().all(|unit| !unit.is_moving() || unit.state == UnitState::Unknown);
                if is_settled && self.state.units().any(may_have_changed) {
                    self.transitions.push(Transition::RollBack);
                } else if is_settled {
                    self.move_to(DeploymentState::RolledBack);
                }
            }
            (DeploymentState::RollingBack, Direction::Back) if !is_moving && !is_pending => {
                self.move_to(if all_met { DeploymentState::RolledBack } else { DeploymentState::Failed });
            }
            (DeploymentState::Aborting, _) if !is_moving => self.move_to(DeploymentState::Aborted),
            _ => {}
        }
    }
}

fn settled(unit: &UnitView) -> UnitState {
    match unit.grant {
        Grant::Prepare if unit.prepared_at.is_some() => UnitState::Prepared,
        Grant::Prepare => UnitState::Preparing,
        Grant::Switch if unit.validated_at.is_some() => UnitState::Baking,
        Grant::Switch => UnitState::Switching,
        Grant::Retire => UnitState::Retiring,
        Grant::Restore => UnitState::Restoring,
        // A script that is being stopped; nothing else is in flight without leave.
        Grant::Cancel if unit.action == UnitAction::Run => UnitState::Switching,
        Grant::Cancel => UnitState::Cancelled,
    }
}
