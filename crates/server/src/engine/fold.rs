//! Taking in what a host tells: reports about attempts, its instances, what it is. Committed before the answer, so that a host which
//! never gets the answer tells the same again, and nothing happens twice.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use packhorse_model::deployment::{UnitFailure, UnitState};
use packhorse_model::ids::{AttemptId, DeploymentId, HostId};
use packhorse_model::order::{HostFacts, InstanceReport, Report, ReportEvent};
use packhorse_model::step::StepOutcome;
use packhorse_planner::fleet::{AttemptView, Evidence, UnitChange, fold};
use packhorse_store::attempts::{self, Standing};
use packhorse_store::units::{self, Move};
use packhorse_store::{
    AsStoreError, StoreError, Tx, database_targets, deployments, host_assignments, hosts, instances, script_results,
    slots,
};

use crate::access::Agent;
use crate::app::App;
use crate::wake::Changes;

/// Steps that one attempt may have.
const MOST_STEPS: u32 = 256;
/// Bytes of a text from a host that are kept.
const LONGEST_TEXT: usize = 16 << 10;

/// Whether we have heard of a host since it joined last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joining {
    /// For the first time: what was open before will never be heard of again, and the inventory comes before any work.
    New,
    /// Before.
    Received,
}

/// What a host tells in one request.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// Whether we have heard of it since it joined last.
    pub(crate) joining: Joining,
    /// What happened, oldest first.
    pub(crate) reports: Vec<Report>,
    /// Everything on the host, if it told.
    pub(crate) instances: Option<Vec<InstanceReport>>,
    /// What the machine is, if it told.
    pub(crate) facts: Option<HostFacts>,
}

/// Why nothing of what a host told was taken in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FoldError {
    /// A report about another host's attempt.
    #[error("attempt {0} is not of this host")]
    NotYours(AttemptId),
    /// A step beyond all measure.
    #[error("attempt {attempt} has no step {index}: a host runs at most {MOST_STEPS} in one attempt")]
    TooManySteps {
        /// The attempt.
        attempt: AttemptId,
        /// The step.
        index: u32,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AsStoreError for FoldError {
    fn as_store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

/// Takes in what a host tells, all of it or nothing.
pub(crate) async fn take_in(app: &App, agent: &Agent, told: Told) -> Result<Changes, FoldError> {
    let (shared, agent, told) = (app.clone(), agent.clone(), std::sync::Arc::new(told));
    let changes = app
        .store
        .transact(move |tx| {
            let (app, agent, told) = (shared.clone(), agent.clone(), told.clone());
            Box::pin(async move { Fold::begin(tx, &agent, app.clock.now(), &told).await })
        })
        .await?;
    app.wake.tell(&changes);
    Ok(changes)
}

struct Fold<'a> {
    host: HostId,
    incarnation: u32,
    now: Timestamp,
    attempts: BTreeMap<AttemptId, Standing>,
    /// The deployments that change, with the revision that they get.
    revisions: BTreeMap<DeploymentId, u64>,
    /// Whether the host's open attempts are others now.
    raises: bool,
    told: &'a Told,
}

impl Fold<'_> {
    async fn begin(tx: &mut Tx, agent: &Agent, now: Timestamp, told: &Told) -> Result<Changes, FoldError> {
        let mut fold = Fold {
            host: agent.host,
            incarnation: agent.incarnation,
            now,
            attempts: BTreeMap::new(),
            revisions: BTreeMap::new(),
            raises: false,
            told,
        };
        let former = match told.joining {
            Joining::New => attempts::of_former_joinings(tx, agent.host, agent.incarnation).await?,
            Joining::Received => Vec::new(),
        };
        fold.find_attempts(tx).await?;
        fold.take_deployments(tx, &former).await?;
        if told.joining == Joining::New {
            host_assignments::receive(tx, agent.host, agent.incarnation, now).await?;
        }
        for (attempt, _) in &former {
            fold.raises |= attempts::end(tx, *attempt, now).await?;
        }
        for report in &told.reports {
            fold.report(tx, report).await?;
        }
        fold.inventory(tx).await?;
        if !told.reports.is_empty() || told.instances.is_some() {
            slots::give_back_proven(tx, agent.host).await?;
        }
        if let Some(facts) = &told.facts {
            hosts::set_facts(tx, agent.host, &agent.name, facts).await?;
        }
        let mut changes = Changes { deployments: fold.revisions.into_iter().collect(), hosts: Vec::new() };
        if fold.raises {
            let generation = host_assignments::raise(tx, agent.host, agent.incarnation, now).await?;
            changes.hosts.push((agent.host, generation));
        }
        Ok(changes)
    }

    /// Looks at the attempts of the reports before anything is written: they have to be of this host.
    async fn find_attempts(&mut self, tx: &mut Tx) -> Result<(), FoldError> {
        let named: BTreeSet<AttemptId> = self.told.reports.iter().map(|report| report.attempt).collect();
        for id in named {
            match attempts::standing(tx, id).await? {
                Some(standing) if standing.host != self.host => return Err(FoldError::NotYours(id)),
                Some(standing) => drop(self.attempts.insert(id, standing)),
                None => tracing::warn!(attempt = %id, host = %self.host, "a report about an attempt that there is not"),
            }
        }
        Ok(())
    }

    /// Takes the rows of the deployments that change, in the one order in which everybody takes them.
    async fn take_deployments(&mut self, tx: &mut Tx, former: &[(AttemptId, Standing)]) -> Result<(), FoldError> {
        let news = self.told.reports.iter().filter_map(|report| {
            let standing = self.attempts.get(&report.attempt)?;
            (report.sequence > standing.last_sequence).then_some(standing.deployment)
        });
        let former = former.iter().map(|(_, standing)| standing.deployment);
        let all: BTreeSet<DeploymentId> = news.chain(former).collect();
        for id in all {
            if let Some(revision) = deployments::touch(tx, id, self.now).await? {
                self.revisions.insert(id, revision);
            }
        }
        // What was read before the rows were taken may have changed meanwhile.
        for (id, standing) in &mut self.attempts {
            if let Some(fresh) = attempts::standing(tx, *id).await? {
                *standing = fresh;
            }
        }
        Ok(())
    }

    async fn report(&mut self, tx: &mut Tx, report: &Report) -> Result<(), FoldError> {
        let Some(attempt) = self.attempts.get(&report.attempt).cloned() else { return Ok(()) };
        if attempt.epoch != report.epoch {
            tracing::warn!(attempt = %report.attempt, epoch = report.epoch, "a report of another epoch than its attempt's");
            return Ok(());
        }
        let Some(unit) = units::position(tx, attempt.unit).await? else { return Ok(()) };
        let view = AttemptView {
            action: unit.action,
            state: unit.state,
            epoch: unit.epoch,
            grant: attempt.granted,
            attempt_open: attempt.ended_at.is_none(),
            sequence: attempt.last_sequence,
        };
        let change = fold(&view, report, self.now);
        let Some(sequence) = change.sequence else { return Ok(()) };
        attempts::set_sequence(tx, report.attempt, sequence).await?;
        self.step(tx, report).await?;
        if let ReportEvent::Ledger { ledger, target } = &report.event {
            // Which database it is, the order says, and not the host.
            let own = attempts::particulars(tx, report.attempt).await?.unwrap_or_default();
            let migration = match target {
                Some(target) => own.migration_of(*target),
                None => own.migration.as_ref(),
            };
            if let Some(migration) = migration {
                let (target, attempt) = (migration.target, report.attempt);
                database_targets::report(tx, target, unit.package, ledger, attempt, self.now).await?;
            }
        }
        self.change(tx, report.attempt, &attempt, &unit, &change).await?;
        if let Some(known) = self.attempts.get_mut(&report.attempt) {
            known.last_sequence = sequence;
            known.ended_at = known.ended_at.or(change.attempt_ended.then_some(self.now));
        }
        Ok(())
    }

    async fn step(&self, tx: &mut Tx, report: &Report) -> Result<(), FoldError> {
        let attempt = report.attempt;
        let check = |index: u32| match index < MOST_STEPS {
            true => Ok(index),
            false => Err(FoldError::TooManySteps { attempt, index }),
        };
        match &report.event {
            ReportEvent::StepStarted { index, step } => {
                Ok(attempts::start_step(tx, attempt, check(*index)?, *step, report.at).await?)
            }
            ReportEvent::StepFinished { index, step, outcome, millis } => {
                attempts::start_step(tx, attempt, check(*index)?, *step, report.at).await?;
                Ok(attempts::finish_step(tx, attempt, *index, &shortened(outcome), *millis).await?)
            }
            ReportEvent::Ran { index, result } => Ok(script_results::put(tx, attempt, check(*index)?, result).await?),
            _ => Ok(()),
        }
    }

    async fn change(
        &mut self,
        tx: &mut Tx,
        id: AttemptId,
        attempt: &Standing,
        unit: &units::Position,
        change: &UnitChange,
    ) -> Result<(), FoldError> {
        let revision = self.revisions.get(&attempt.deployment).copied().unwrap_or_default();
        if let Some(at) = change.prepared_at {
            attempts::set_prepared(tx, id, at).await?;
            units::set_in_doubt(tx, attempt.unit, false).await?;
        }
        if let Some(at) = change.validated_at {
            attempts::set_validated(tx, id, at).await?;
        }
        if let Some(step) = change.step {
            units::set_step(tx, attempt.unit, step, revision, self.now).await?;
        }
        if let Some(bytes) = change.fetched_bytes {
            units::set_fetched(tx, attempt.unit, bytes).await?;
        }
        if change.state.is_some() || change.failure.is_some() {
            let state = change.state.unwrap_or(unit.state);
            let failure = match (&change.failure, &unit.failure) {
                // Why it had to go back, the host does not know.
                (Some(failure), Some(known)) if unit.state == UnitState::Restoring && failure.aftermath.is_some() => {
                    let (message, companion) = (known.message.clone(), known.companion.clone());
                    Some(UnitFailure { message, companion, ..failure.clone() })
                }
                (Some(failure), _) => Some(UnitFailure { message: shorten(&failure.message), ..failure.clone() }),
                (None, _) if matches!(state, UnitState::Failed | UnitState::Unknown) => unit.failure.clone(),
                // A step that failed in the middle of an attempt stays in view until the attempt ends well.
                (None, _) if state == unit.state => unit.failure.clone(),
                (None, _) => None,
            };
            units::set_state(tx, attempt.unit, &Move { state, failure: failure.as_ref(), revision, at: self.now })
                .await?;
        }
        if let Some(health) = change.health {
            instances::set_health(tx, self.host, unit.package, health, self.now).await?;
        }
        match change.evidence {
            Some(Evidence::Proven) => slots::give_back(tx, self.host, unit.package).await?,
            Some(Evidence::AsFound) => slots::give_back_of(tx, id).await?,
            None => {}
        }
        if change.attempt_ended && attempts::end(tx, id, self.now).await? {
            self.raises = true;
        }
        Ok(())
    }

    async fn inventory(&mut self, tx: &mut Tx) -> Result<(), FoldError> {
        let Some(reports) = &self.told.instances else { return Ok(()) };
        let replaced = instances::replace(tx, self.host, reports, self.now).await?;
        for package in &replaced.unknown {
            tracing::warn!(%package, host = %self.host, "a host has an instance of a package that is not in the registry");
        }
        host_assignments::inventory_came(tx, self.host, self.incarnation).await?;
        Ok(())
    }
}

fn shortened(outcome: &StepOutcome) -> StepOutcome {
    match outcome {
        StepOutcome::Done { note } => StepOutcome::Done { note: shorten(note) },
        StepOutcome::Failed { message } => StepOutcome::Failed { message: shorten(message) },
        StepOutcome::Unknown { evidence } => StepOutcome::Unknown { evidence: shorten(evidence) },
    }
}

fn shorten(text: &str) -> String {
    let mut end = text.len().min(LONGEST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
