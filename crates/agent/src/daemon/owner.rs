//! The owner: the one task that changes what the agent knows. It writes the journal, decides by [`core`](crate::core), starts steps
//! as tasks of their own, and puts into the outbox what is to be told.
//!
//! # What must hold
//! - What is in the outbox is on disk, and so is the beginning of an opaque step before the step.
//! - If the journal cannot be written, the agent ends: it must not do what it would not remember. Its runners go on, and the agent
//!   that is started next finds them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use packhorse_model::PackageName;
use packhorse_model::ids::AttemptId;
use packhorse_model::order::{Aftermath, Assignment, AttemptResult, InstanceState, ReportEvent, UnitAction};
use packhorse_model::step::{Nature, StepKind, StepOutcome};
use packhorse_planner::host::HostStep;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::drift::Looked;
use super::inventory::Inventory;
use super::sync::{Heard, Outbox, REPORTS};
use crate::core::{Book, How, Link, Next, Record, next};
use crate::health::Finding;
use crate::journal::{Journal, JournalError};
use crate::output::Output;
use crate::runner::Job;
use crate::steps::{self, Did, Host, Task};

/// The life of a grant: without a word from the server for longer, no switch is begun.
const GRANT: Duration = Duration::from_secs(60);

/// A step has ended.
struct Ended {
    attempt: AttemptId,
    index: u32,
    kind: StepKind,
    did: Did,
    took: Duration,
}

/// The owner of everything that the agent knows.
pub(super) struct Owner {
    host: Host,
    journal: Journal<Record>,
    book: Book,
    inventory: Inventory,
    running: JoinSet<Ended>,
    /// The attempts of which a step is running, by its task.
    busy: BTreeMap<tokio::task::Id, AttemptId>,
    heard_at: Option<Instant>,
    asked: u64,
    outbox: watch::Sender<Outbox>,
    stops: watch::Sender<BTreeSet<AttemptId>>,
}

impl Owner {
    pub(super) fn new(
        host: Host,
        journal: Journal<Record>,
        book: Book,
        inventory: Inventory,
        outbox: watch::Sender<Outbox>,
        stops: watch::Sender<BTreeSet<AttemptId>>,
    ) -> Self {
        let (running, busy) = (JoinSet::new(), BTreeMap::new());
        Self { host, journal, book, inventory, running, busy, heard_at: None, asked: 0, outbox, stops }
    }

    /// Takes up what an earlier agent has left, and says what is true by now.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub(super) fn begin(mut self) -> Result<Self, JournalError> {
        self.take_over();
        self.stop_scripts();
        self.publish()?;
        Ok(self)
    }

    /// Works until it is stopped.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub(super) async fn run(
        mut self,
        mut heard: mpsc::Receiver<Heard>,
        mut findings: mpsc::UnboundedReceiver<Finding>,
        mut looked: mpsc::Receiver<Looked>,
        mut stop: watch::Receiver<bool>,
    ) -> Result<(), JournalError> {
        loop {
            self.advance()?;
            self.publish()?;
            tokio::select! {
                Some(ended) = self.running.join_next_with_id() => match ended {
                    Ok((task, ended)) => {
                        self.busy.remove(&task);
                        self.ended(ended);
                    }
                    Err(error) => {
                        tracing::error!(%error, "a step broke off; it is taken up again");
                        self.busy.remove(&error.id());
                    }
                },
                Some(message) = heard.recv() => self.hear(message)?,
                Some(finding) = findings.recv() => self.inventory.found(finding),
                Some(looked) = looked.recv() => self.inventory.looked(looked),
                _ = stop.wait_for(|stop| *stop) => return self.journal.commit(),
            }
        }
    }

    /// Looks at what an earlier agent has left.
    fn take_over(&mut self) {
        for package in self.inventory.packages() {
            self.refresh(&package, false);
        }
        let jobs = std::fs::read_dir(self.host.paths.runs()).into_iter().flatten().flatten();
        for name in jobs.filter_map(|job| job.file_name().into_string().ok()) {
            let parts = name.split_once('-').and_then(|(id, index)| Some((id.parse().ok()?, index.parse().ok()?)));
            let job = Job::new(&self.host.paths.runs(), &name, self.host.clock);
            match parts {
                Some((attempt, index)) if self.book.attempt(attempt).is_some_and(|known| !known.is_settled()) => {
                    self.host.courier.bring(Output::new(attempt, index, job.output()));
                }
                _ => discard(&job),
            }
        }
    }

    /// Decides and begins, until there is nothing more to do at this moment.
    fn advance(&mut self) -> Result<(), JournalError> {
        let open: Vec<AttemptId> =
            self.book.attempts().filter(|attempt| !attempt.is_over()).map(crate::core::Attempt::id).collect();
        for id in open {
            while let Some(attempt) = self.book.attempt(id).filter(|_| !self.is_busy(id)) {
                let link = match self.heard_at {
                    Some(at) if at.elapsed() <= GRANT => Link::Fresh,
                    _ => Link::Stale,
                };
                match next(attempt, self.book.is_first(attempt), link, self.host.clock.now()) {
                    Next::Wait | Next::Over => break,
                    Next::Note(event) => self.note(id, event),
                    Next::Run { index, step, how } => self.begin_step(id, index, *step, how)?,
                }
            }
        }
        Ok(())
    }

    fn begin_step(&mut self, id: AttemptId, index: u32, step: HostStep, how: How) -> Result<(), JournalError> {
        let kind = step.step.kind;
        if how == How::Begin {
            self.event(id, ReportEvent::StepStarted { index, step: kind });
            if step.step.nature == Nature::Opaque {
                self.journal.commit()?;
            }
        }
        let Some(attempt) = self.book.attempt(id).cloned() else { return Ok(()) };
        tracing::info!(attempt = %id, package = %attempt.package(), step = ?kind, ?how, "step");
        let order = &attempt.order.order;
        if matches!(kind, StepKind::Stage | StepKind::Switch)
            && order.action != UnitAction::Run
            && let Err(error) = self.inventory.add(&order.package, &order.install_root)
        {
            tracing::error!(%error, package = %order.package, "the place of the instance could not be written down");
        }
        let package = attempt.package().clone();
        let task = Task { attempt, index, step, how };
        let host = self.host.clone();
        let running = self.running.spawn(async move {
            let begun = Instant::now();
            let did = Box::pin(steps::run(host, task)).await;
            Ended { attempt: id, index, kind, did, took: begun.elapsed() }
        });
        self.busy.insert(running.id(), id);
        self.refresh(&package, false);
        Ok(())
    }

    fn ended(&mut self, ended: Ended) {
        let Ended { attempt: id, index, kind, did, took } = ended;
        let Did { outcome, installed, fetched, ledgers, ran } = did;
        match &outcome {
            StepOutcome::Done { note } => tracing::info!(attempt = %id, step = ?kind, note, "done"),
            StepOutcome::Failed { message } => tracing::warn!(attempt = %id, step = ?kind, message, "failed"),
            StepOutcome::Unknown { evidence } => tracing::error!(attempt = %id, step = ?kind, evidence, "unknown"),
        }
        if let Some(installed) = installed {
            self.record(Record::Surveyed { attempt: id, installed });
        }
        if fetched > 0 {
            self.record(Record::Fetched { attempt: id, bytes: fetched });
        }
        for (target, ledger) in ledgers {
            self.event(id, ReportEvent::Ledger { ledger, target: Some(target) });
        }
        if let Some(result) = ran {
            self.event(id, ReportEvent::Ran { index, result });
        }
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        self.event(id, ReportEvent::StepFinished { index, step: kind, outcome, millis });
    }

    /// Something has come to pass in an attempt, and with it for the instance.
    fn note(&mut self, id: AttemptId, event: ReportEvent) {
        let Some(attempt) = self.book.attempt(id) else { return };
        let package = attempt.package().clone();
        let action = attempt.order.order.action;
        let before = attempt.installed.as_ref().map(|installed| installed.state);
        let state = match &event {
            ReportEvent::Validated => match action {
                UnitAction::Install | UnitAction::Start | UnitAction::Restart => Some(InstanceState::Running),
                // What a database is at is in use; where it was taken back to nothing, there is nothing.
                UnitAction::Migrate => attempt.order.order.to.as_ref().map(|_| InstanceState::Running),
                UnitAction::Stop => Some(InstanceState::Stopped),
                UnitAction::Uninstall | UnitAction::Run => None,
            },
            ReportEvent::Finished { result: AttemptResult::Failed { aftermath, .. } } => {
                before.filter(|_| !matches!(aftermath, Aftermath::Untouched | Aftermath::Ran))
            }
            _ => None,
        };
        if let Some(state) = state
            && let Err(error) = self.inventory.set_state(&package, state)
        {
            tracing::error!(%error, %package, "the state of the instance could not be written down");
        }
        if let ReportEvent::Finished { result } = &event
            && action == UnitAction::Run
            && !matches!(result, AttemptResult::Unknown { .. })
            && let Err(error) = steps::clear_script(&self.host.paths, &attempt.order.order, id)
        {
            tracing::warn!(%error, %package, "the working directory of a script stays");
        }
        if matches!(event, ReportEvent::Finished { .. })
            && let Err(error) = self.inventory.tidy(&package, &attempt.order.order.install_root)
        {
            tracing::warn!(%error, %package, "an empty install root stays");
        }
        let is_proven = matches!(
            event,
            ReportEvent::Validated
                | ReportEvent::Finished { result: AttemptResult::Failed { aftermath: Aftermath::Restored, .. } }
        );
        tracing::info!(attempt = %id, %package, ?event, "attempt");
        let is_telling = !matches!(event, ReportEvent::Prepared { .. });
        self.event(id, event);
        if is_telling {
            self.refresh(&package, is_proven);
        }
    }

    fn hear(&mut self, heard: Heard) -> Result<(), JournalError> {
        self.heard_at = Some(Instant::now());
        for (attempt, sequence) in heard.acknowledged {
            self.record(Record::Acknowledged { attempt, sequence });
            if let Some(known) = self.book.attempt(attempt).filter(|known| known.is_settled()) {
                for index in 0..known.steps_begun() {
                    discard(&Job::new(&self.host.paths.runs(), &format!("{attempt}-{index}"), self.host.clock));
                }
            }
        }
        if heard.reply.wants_inventory {
            self.asked += 1;
        }
        if let Some(assignment) = heard.reply.assignment {
            self.accept(&assignment);
        }
        self.advance()?;
        self.publish()?;
        // Whoever asked may have ended by now.
        let _ = heard.done.send(());
        Ok(())
    }

    fn accept(&mut self, assignment: &Assignment) {
        match self.book.admit(assignment, self.host.clock.now()) {
            Ok(records) => {
                records.into_iter().for_each(|record| self.record(record));
                self.stop_scripts();
            }
            // The two tasks that ask may get their answers in either order.
            Err(refusal @ crate::core::Refusal::Outdated { .. }) => tracing::debug!(%refusal, "assignment"),
            Err(refusal) => tracing::error!(%refusal, "the assignment is refused"),
        }
    }

    /// Tells the scripts that run which of them a person wants to be stopped.
    fn stop_scripts(&self) {
        let stopped: BTreeSet<AttemptId> = self.book.stopped().collect();
        self.stops.send_if_modified(|stops| {
            let is_new = *stops != stopped;
            *stops = stopped;
            is_new
        });
    }

    /// Makes everything durable, and then puts it where it is told.
    fn publish(&mut self) -> Result<(), JournalError> {
        let outbox = Outbox {
            generation: self.book.generation(),
            reports: self.book.unreported(REPORTS),
            instances: self.inventory.report(),
            asked: self.asked,
        };
        if outbox == *self.outbox.borrow() {
            return Ok(());
        }
        self.journal.commit()?;
        if self.journal.is_long() {
            self.journal.compact(&self.book.records())?;
        }
        self.outbox.send_replace(outbox);
        Ok(())
    }

    fn event(&mut self, id: AttemptId, event: ReportEvent) {
        if let Some(attempt) = self.book.attempt(id) {
            let report = attempt.report(event, self.host.clock.now());
            self.record(Record::Event { report });
        }
    }

    fn record(&mut self, record: Record) {
        self.book.fold(&record);
        self.journal.push(record);
    }

    fn is_busy(&self, id: AttemptId) -> bool {
        self.busy.values().any(|busy| *busy == id)
    }

    fn refresh(&mut self, package: &PackageName, is_proven: bool) {
        let is_changing =
            self.book.attempts().any(|attempt| attempt.package() == package && attempt.is_changing_instance());
        if let Err(error) = self.inventory.refresh(package, is_changing, is_proven) {
            tracing::error!(%error, %package, "the instance cannot be looked at");
        }
    }
}

fn discard(job: &Job) {
    if let Err(error) = job.discard() {
        tracing::warn!(%error, "what is left of a command stays");
    }
}
