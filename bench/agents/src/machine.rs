//! A host without a machine: it decides by the agent's own [`core`](packhorse_agent::core), and every step that it runs is done at once.
//!
//! What it has to tell is what an agent tells: the same reports in the same order, and the inventory as often as it changes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use packhorse_agent::clock::Clock;
use packhorse_agent::core::{Attempt, Book, Link, Next, Record, next};
use packhorse_model::ids::AttemptId;
use packhorse_model::order::{
    AttemptResult, Health, InstanceReport, InstanceState, Report, ReportEvent, SyncReply, UnitAction,
};
use packhorse_model::step::{StepKind, StepOutcome};
use packhorse_planner::host::Installed;

use crate::site::Failure;

/// Reports in one request, as agents send them.
const REPORTS: usize = 500;

/// What is to be told, as it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outbox {
    /// The highest generation that was accepted.
    pub(crate) generation: u64,
    /// What the server has not acknowledged.
    pub(crate) reports: Vec<Report>,
    /// Every instance, and how many times the server has asked for them.
    pub(crate) inventory: (Vec<InstanceReport>, u64),
}

/// A step that was begun.
#[derive(Debug, Clone, Copy)]
struct Begun {
    attempt: AttemptId,
    index: u32,
    kind: StepKind,
}

/// One simulated host.
#[derive(Debug)]
pub(crate) struct Machine {
    clock: Clock,
    book: Book,
    instance: Option<InstanceReport>,
    asked: u64,
    begun: Option<Begun>,
    transitions: Arc<AtomicU64>,
}

impl Machine {
    /// A host with this instance. It adds to `transitions` how often a unit has changed its state, as far as its host sees it.
    pub(crate) fn new(clock: Clock, instance: InstanceReport, transitions: Arc<AtomicU64>) -> Self {
        Self { clock, book: Book::default(), instance: Some(instance), asked: 0, begun: None, transitions }
    }

    /// What there is to tell.
    pub(crate) fn outbox(&self) -> Outbox {
        let is_changing = self.book.attempts().any(Attempt::is_changing_instance);
        let seen = |instance: &InstanceReport| {
            let health = if is_changing { Health::Unknown } else { instance.health };
            InstanceReport { health, ..instance.clone() }
        };
        Outbox {
            generation: self.book.generation(),
            reports: self.book.unreported(REPORTS),
            inventory: (self.instance.iter().map(seen).collect(), self.asked),
        }
    }

    /// Takes an answer of the server into account, and that it has these reports by now.
    ///
    /// # Errors
    /// If an agent would refuse the assignment.
    pub(crate) fn hear(&mut self, reply: SyncReply, reported: &[Report]) -> Result<(), Failure> {
        for report in reported {
            self.book.fold(&Record::Acknowledged { attempt: report.attempt, sequence: report.sequence });
        }
        self.asked += u64::from(reply.wants_inventory);
        let Some(assignment) = reply.assignment else { return Ok(()) };
        // The two requests of an agent may be answered in either order.
        if assignment.generation <= self.book.generation() {
            return Ok(());
        }
        for order in &assignment.attempts {
            let known = self.book.attempt(order.attempt).map(|attempt| attempt.order.grant);
            self.count(known != Some(order.grant));
        }
        for record in self.book.admit(&assignment, self.clock.now())? {
            self.book.fold(&record);
        }
        Ok(())
    }

    /// Decides until a step is begun, which [`Machine::finish_step`] has to end, or there is nothing more to do at this moment.
    ///
    /// # Errors
    /// If an attempt did not succeed, which none has a reason for.
    pub(crate) fn begin_step(&mut self) -> Result<bool, Failure> {
        let open: Vec<AttemptId> = self.book.attempts().filter(|attempt| !attempt.is_over()).map(Attempt::id).collect();
        for id in open {
            while let Some(attempt) = self.book.attempt(id).filter(|_| self.begun.is_none()) {
                match next(attempt, self.book.is_first(attempt), Link::Fresh, self.clock.now()) {
                    Next::Wait | Next::Over => break,
                    Next::Note(event) => self.note(id, event)?,
                    Next::Run { index, step, .. } => {
                        let kind = step.step.kind;
                        self.event(id, ReportEvent::StepStarted { index, step: kind });
                        self.begun = Some(Begun { attempt: id, index, kind });
                        return Ok(true);
                    }
                }
            }
        }
        Ok(false)
    }

    /// Ends the step that was begun, well, after so many milliseconds.
    pub(crate) fn finish_step(&mut self, millis: u64) {
        let Some(Begun { attempt: id, index, kind }) = self.begun.take() else { return };
        let Some(order) = self.book.attempt(id).map(|attempt| attempt.order.order.clone()) else { return };
        match kind {
            StepKind::Preflight => {
                let state = self.instance.as_ref().map_or(InstanceState::Stopped, |instance| instance.state);
                let installed = Installed::expected(&order, None, state);
                self.book.fold(&Record::Surveyed { attempt: id, installed });
            }
            StepKind::Fetch => {
                let bytes = order.to.as_ref().map_or(0, |release| release.size);
                self.book.fold(&Record::Fetched { attempt: id, bytes });
            }
            StepKind::Switch => {
                self.instance = order.to.map(|release| InstanceReport {
                    package: order.package,
                    version: release.version,
                    tree: release.tree,
                    install_root: order.install_root,
                    state: InstanceState::Running,
                    health: Health::Unknown,
                    reason: None,
                    previous: order.from.as_ref().map(|release| release.version.clone()),
                    rendering: release.rendering,
                    previous_rendering: order.from.and_then(|release| release.rendering),
                    drift: None,
                });
            }
            _ => {}
        }
        let outcome = StepOutcome::Done { note: "simulated".to_owned() };
        self.event(id, ReportEvent::StepFinished { index, step: kind, outcome, millis });
    }

    fn note(&mut self, id: AttemptId, event: ReportEvent) -> Result<(), Failure> {
        match &event {
            ReportEvent::Validated => {
                let action = self.book.attempt(id).map(|attempt| attempt.order.order.action);
                if let Some(instance) = self.instance.as_mut().filter(|_| action == Some(UnitAction::Install)) {
                    instance.health = Health::Healthy;
                }
            }
            ReportEvent::Finished { result } if *result != AttemptResult::Succeeded => {
                return Err(format!("attempt {id} ended otherwise than it should: {result:?}").into());
            }
            _ => {}
        }
        self.count(true);
        self.event(id, event);
        Ok(())
    }

    fn event(&mut self, id: AttemptId, event: ReportEvent) {
        if let Some(attempt) = self.book.attempt(id) {
            let report = attempt.report(event, self.clock.now());
            self.book.fold(&Record::Event { report });
        }
    }

    fn count(&self, is_transition: bool) {
        self.transitions.fetch_add(u64::from(is_transition), Ordering::Relaxed);
    }
}
