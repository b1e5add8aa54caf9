//! What the agent knows: the fold over all records.

use std::collections::BTreeMap;

use packhorse_model::PackageName;
use packhorse_model::ids::AttemptId;
use packhorse_model::order::{Assignment, AttemptOrder, Grant, Report, ReportEvent, UnitAction};
use packhorse_model::step::StepKind;
use packhorse_planner::host::Installed;
use serde::{Deserialize, Serialize};

use super::record::Record;

/// How many attempts are remembered that have ended and of which the server knows everything.
const REMEMBERED: usize = 32;

/// One attempt and everything that happened in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// What is to be done, and how far it may go by now.
    pub order: AttemptOrder,
    /// The generation with which the host was first told of it; 0 in journals of agents that did not keep it.
    #[serde(default)]
    pub told_at: u64,
    /// What was on the host when it began.
    pub installed: Option<Installed>,
    /// Bytes that came over the network for it.
    pub fetched_bytes: u64,
    /// What happened, in order; sequence numbers count from 1 without gaps.
    pub events: Vec<Report>,
    /// The server has the reports up to this one.
    pub acknowledged: u32,
}

/// An assignment that is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is older than what this host has.
    #[error("the assignment has generation {offered}, and this host has accepted {accepted}")]
    Outdated {
        /// What was offered.
        offered: u64,
        /// What this host has.
        accepted: u64,
    },
    /// It has the generation of what this host has, and says something else.
    #[error("there are two different assignments with generation {0}")]
    Changed(u64),
    /// It changes the order of an attempt.
    #[error("the order of attempt {0} has changed")]
    Order(AttemptId),
}

impl Attempt {
    fn new(order: AttemptOrder, told_at: u64) -> Self {
        Self { order, told_at, installed: None, fetched_bytes: 0, events: Vec::new(), acknowledged: 0 }
    }

    /// Its identity.
    #[must_use]
    pub fn id(&self) -> AttemptId {
        self.order.attempt
    }

    /// Its place among all attempts. Generations only rise, while identities follow the clocks of servers, which differ, and jump.
    fn place(&self) -> (u64, AttemptId) {
        (self.told_at, self.id())
    }

    /// Its package.
    #[must_use]
    pub fn package(&self) -> &PackageName {
        &self.order.order.package
    }

    /// Whether it has ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.events.last().map(|report| &report.event), Some(ReportEvent::Finished { .. }))
    }

    /// When it was accepted.
    #[must_use]
    pub fn accepted_at(&self) -> Option<jiff::Timestamp> {
        self.events.first().map(|report| report.at)
    }

    /// The report of what happens next in it.
    #[must_use]
    pub fn report(&self, event: ReportEvent, at: jiff::Timestamp) -> Report {
        let sequence = self.events.last().map_or(1, |last| last.sequence + 1);
        Report { attempt: self.id(), epoch: self.order.epoch, sequence, at, event }
    }

    /// Whether it has ended and the server knows it.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.is_over() && self.is_known_to_server()
    }

    /// How many steps were begun.
    #[must_use]
    pub fn steps_begun(&self) -> u32 {
        let started = |report: &&Report| matches!(report.event, ReportEvent::StepStarted { .. });
        u32::try_from(self.events.iter().filter(started).count()).unwrap_or(u32::MAX)
    }

    /// Whether it is in the middle of changing what runs, so that nothing can be said about the health of the instance.
    #[must_use]
    pub fn is_changing_instance(&self) -> bool {
        let touches = |event: &ReportEvent| match event {
            ReportEvent::StepStarted { step, .. } => !matches!(
                step,
                StepKind::Preflight | StepKind::Fetch | StepKind::Stage | StepKind::Render | StepKind::Retire
            ),
            _ => false,
        };
        let is_end = |event: &ReportEvent| matches!(event, ReportEvent::Validated | ReportEvent::Finished { .. });
        let since_proof = self.events.iter().rev().map(|report| &report.event).take_while(|event| !is_end(event));
        since_proof.into_iter().any(touches)
    }

    fn is_known_to_server(&self) -> bool {
        self.events.last().is_some_and(|last| last.sequence <= self.acknowledged)
    }
}

/// Everything that the agent knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    assignment: Assignment,
    attempts: BTreeMap<AttemptId, Attempt>,
}

impl Book {
    /// What the records say.
    #[must_use]
    pub fn of(records: impl IntoIterator<Item = Record>) -> Self {
        let mut book = Self::default();
        records.into_iter().for_each(|record| book.fold(&record));
        book
    }

    /// The highest generation that was accepted (I4).
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.assignment.generation
    }

    /// Whether an attempt is part of what the server wants by now.
    #[must_use]
    pub fn is_assigned(&self, attempt: AttemptId) -> bool {
        self.assignment.attempts.iter().any(|order| order.attempt == attempt)
    }

    /// An attempt.
    #[must_use]
    pub fn attempt(&self, attempt: AttemptId) -> Option<&Attempt> {
        self.attempts.get(&attempt)
    }

    /// All attempts, in the order in which the host was told of them.
    pub fn attempts(&self) -> impl Iterator<Item = &Attempt> {
        let mut attempts: Vec<&Attempt> = self.attempts.values().collect();
        attempts.sort_by_key(|attempt| attempt.place());
        attempts.into_iter()
    }

    /// The runs of scripts that a person wants to be stopped.
    pub fn stopped(&self) -> impl Iterator<Item = AttemptId> {
        let is_stopped = |attempt: &&Attempt| {
            attempt.order.order.action == UnitAction::Run && attempt.order.grant == Grant::Cancel && !attempt.is_over()
        };
        self.attempts().filter(is_stopped).map(Attempt::id)
    }

    /// Whether an attempt is the first of its package that has not ended: the others wait for it.
    #[must_use]
    pub fn is_first(&self, attempt: &Attempt) -> bool {
        let first = self.attempts().find(|other| !other.is_over() && other.package() == attempt.package());
        first.is_some_and(|first| first.id() == attempt.id())
    }

    /// What the server does not know yet, at most `limit` of it.
    #[must_use]
    pub fn unreported(&self, limit: usize) -> Vec<Report> {
        self.attempts()
            .flat_map(|attempt| attempt.events.iter().filter(|report| report.sequence > attempt.acknowledged))
            .take(limit)
            .cloned()
            .collect()
    }

    /// The records by which an assignment is accepted; none if it has been already.
    ///
    /// # Errors
    /// [`Refusal`]; nothing changes then.
    pub fn admit(&self, assignment: &Assignment, now: jiff::Timestamp) -> Result<Vec<Record>, Refusal> {
        let accepted = self.generation();
        if assignment.generation < accepted {
            return Err(Refusal::Outdated { offered: assignment.generation, accepted });
        }
        if assignment.generation == accepted {
            let is_same = *assignment == self.assignment;
            return if is_same { Ok(Vec::new()) } else { Err(Refusal::Changed(accepted)) };
        }
        let mut records = vec![Record::Assigned { assignment: assignment.clone() }];
        for order in &assignment.attempts {
            match self.attempts.get(&order.attempt) {
                Some(known) if known.order.order != order.order || known.order.epoch != order.epoch => {
                    return Err(Refusal::Order(order.attempt));
                }
                Some(_) => {}
                None => {
                    let attempt = Attempt::new(order.clone(), assignment.generation);
                    let report = attempt.report(ReportEvent::Accepted, now);
                    records.push(Record::Event { report });
                }
            }
        }
        Ok(records)
    }

    /// Takes a record into account.
    pub fn fold(&mut self, record: &Record) {
        match record {
            Record::Assigned { assignment } => self.assign(assignment),
            Record::Surveyed { attempt, installed } => {
                if let Some(attempt) = self.attempts.get_mut(attempt) {
                    attempt.installed = Some(installed.clone());
                }
            }
            Record::Fetched { attempt, bytes } => {
                if let Some(attempt) = self.attempts.get_mut(attempt) {
                    attempt.fetched_bytes = attempt.fetched_bytes.saturating_add(*bytes);
                }
            }
            Record::Event { report } => {
                if let Some(attempt) = self.attempts.get_mut(&report.attempt) {
                    attempt.events.push(report.clone());
                }
            }
            Record::Acknowledged { attempt, sequence } => {
                if let Some(attempt) = self.attempts.get_mut(attempt) {
                    attempt.acknowledged = attempt.acknowledged.max(*sequence);
                }
            }
            Record::Kept { attempt } => {
                self.attempts.insert(attempt.id(), Attempt::clone(attempt));
            }
        }
    }

    fn assign(&mut self, assignment: &Assignment) {
        self.assignment = assignment.clone();
        for order in &assignment.attempts {
            let first_told = || Attempt::new(order.clone(), assignment.generation);
            let attempt = self.attempts.entry(order.attempt).or_insert_with(first_told);
            attempt.order.grant = order.grant;
            if attempt.is_settled() {
                // Whoever asks for it again has not seen how it ended: it is told once more, and nothing is run.
                attempt.acknowledged = attempt.acknowledged.saturating_sub(1);
            }
        }
        // What the server does not want any more ends, unless it has begun what must be brought to an end.
        let Self { assignment, attempts } = self;
        let is_assigned = |id: &AttemptId| assignment.attempts.iter().any(|order| order.attempt == *id);
        for (id, attempt) in attempts.iter_mut() {
            if !is_assigned(id) {
                attempt.order.grant = Grant::Cancel;
            }
        }
        let mut forgettable: Vec<(u64, AttemptId)> = attempts
            .values()
            .filter(|attempt| attempt.is_settled() && !is_assigned(&attempt.id()))
            .map(Attempt::place)
            .collect();
        forgettable.sort_unstable();
        for (_, id) in forgettable.iter().take(forgettable.len().saturating_sub(REMEMBERED)) {
            attempts.remove(id);
        }
    }

    /// The fewest records that say the same.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        // Attempts come last, so that they stand as they are whatever the assignment does to those that it names.
        let kept = self.attempts.values().map(|attempt| Record::Kept { attempt: Box::new(attempt.clone()) });
        std::iter::once(Record::Assigned { assignment: self.assignment.clone() }).chain(kept).collect()
    }
}
