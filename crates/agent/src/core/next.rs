//! The next thing to do in an attempt.
//!
//! An attempt walks along the steps that [`packhorse_planner::host::steps`] gives for its order and for what was on the host
//! when it began; after a failure, along those of [`packhorse_planner::host::restore`]. How far it has come follows from its
//! events: the n-th step that was begun is the n-th of the walk.

use jiff::SignedDuration;
use packhorse_model::order::{Aftermath, AttemptResult, Grant, ReportEvent};
use packhorse_model::step::{Nature, Phase, Step, StepKind, StepOutcome};
use packhorse_planner::host::{HostStep, Installed, Side, StepRun, aftermath, goes_on, restore, steps};

use super::book::Attempt;

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Nothing, until the grant changes, the server is heard of, or an earlier attempt has ended.
    Wait,
    /// A step.
    Run {
        /// Its place among the steps of this attempt.
        index: u32,
        /// The step.
        step: Box<HostStep>,
        /// Whether for the first time.
        how: How,
    },
    /// Nothing is to be done, but something has come to pass.
    Note(ReportEvent),
    /// The attempt has ended.
    Over,
}

/// Whether a step runs for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It has not been begun.
    Begin,
    /// It was begun by an agent that was then killed, and can be repeated.
    Again,
    /// It was begun by an agent that was then killed, and must not be repeated: its runner is asked.
    Recover,
}

/// Whether the server has been heard of within the life of a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// It has.
    Fresh,
    /// It has not: what was granted may have been taken back.
    Stale,
}

/// Decides for one attempt, none of whose steps is running. `is_first` says that no earlier attempt of the package is open.
#[must_use]
pub fn next(attempt: &Attempt, is_first: bool, link: Link, now: jiff::Timestamp) -> Next {
    if attempt.is_over() {
        return Next::Over;
    }
    let plan = match attempt.installed.as_ref().map(|installed| steps(&attempt.order.order, installed)) {
        None => vec![preflight(attempt)],
        Some(Ok(plan)) => plan.steps,
        Some(Err(error)) => return finish_failed(StepKind::Preflight, error.to_string(), Aftermath::Untouched),
    };
    Walk { attempt, runs: runs(attempt), plan, is_first, link, now }.next()
}

/// A step that was begun.
struct Run<'a> {
    kind: StepKind,
    outcome: Option<&'a StepOutcome>,
}

/// How far an attempt has come.
struct Walk<'a> {
    attempt: &'a Attempt,
    runs: Vec<Run<'a>>,
    plan: Vec<HostStep>,
    is_first: bool,
    link: Link,
    now: jiff::Timestamp,
}

impl Walk<'_> {
    fn next(&self) -> Next {
        for (at, step) in self.plan.iter().enumerate() {
            let Some(run) = self.runs.get(at) else {
                return self.border(Some(step.step.phase)).unwrap_or_else(|| self.begin(at, step));
            };
            if run.kind != step.step.kind {
                return self.back_from_bake();
            }
            match run.outcome {
                Some(StepOutcome::Done { .. }) => {}
                // Whatever could not be cleaned up, the instance is as ordered.
                Some(StepOutcome::Failed { .. }) if step.step.phase == Phase::Retire => {}
                Some(StepOutcome::Failed { message }) => return self.back(at + 1, step.step.kind, message),
                Some(StepOutcome::Unknown { evidence }) => return finish_unknown(step.step.kind, evidence),
                None => return again(at, step),
            }
        }
        if self.runs.len() > self.plan.len() {
            return self.back_from_bake();
        }
        self.border(None).unwrap_or_else(|| self.behind_bake(None))
    }

    /// What is told at the border between two phases, before anything of the `following` one is begun.
    fn border(&self, following: Option<Phase>) -> Option<Next> {
        if following == Some(Phase::Prepare) {
            return None;
        }
        let is_told = |wanted: fn(&ReportEvent) -> bool| self.attempt.events.iter().any(|report| wanted(&report.event));
        if !is_told(|event| matches!(event, ReportEvent::Prepared { .. })) {
            return Some(Next::Note(ReportEvent::Prepared { fetched_bytes: self.attempt.fetched_bytes }));
        }
        let is_behind_switch = matches!(following, None | Some(Phase::Retire));
        if !is_behind_switch || is_told(|event| matches!(event, ReportEvent::Validated)) {
            return None;
        }
        // Where nothing was to be switched, leave to do so is needed all the same.
        let may = self.has_begun_switch() || matches!(self.attempt.order.grant, Grant::Switch | Grant::Retire);
        Some(if may { Next::Note(ReportEvent::Validated) } else { self.without_leave() })
    }

    fn begin(&self, at: usize, step: &HostStep) -> Next {
        let grant = self.attempt.order.grant;
        match step.step.phase {
            Phase::Retire | Phase::Restore => self.behind_bake(Some((at, step))),
            // What has begun is brought to an end, whatever is granted by now.
            Phase::Switch if self.has_begun_switch() => first(at, step),
            _ if matches!(grant, Grant::Cancel | Grant::Restore) => self.without_leave(),
            _ if !self.is_first => Next::Wait,
            Phase::Prepare if self.is_late() => {
                let seconds = self.attempt.order.timeout_seconds;
                let message = format!(
                    "the host was not prepared within {seconds} seconds: look at how long the steps before took, or allow more time"
                );
                finish_failed(step.step.kind, message, Aftermath::Untouched)
            }
            Phase::Switch if grant == Grant::Prepare => self.without_leave(),
            Phase::Switch if self.link == Link::Stale => Next::Wait,
            Phase::Prepare | Phase::Switch => first(at, step),
        }
    }

    /// The answer to an attempt that has touched nothing and must not.
    fn without_leave(&self) -> Next {
        match self.attempt.order.grant {
            Grant::Cancel | Grant::Restore => Next::Note(ReportEvent::Finished { result: AttemptResult::Cancelled }),
            Grant::Prepare | Grant::Switch | Grant::Retire => Next::Wait,
        }
    }

    /// When the proof of health is given: waits for the end of the bake, and then cleans up or goes back.
    fn behind_bake(&self, left: Option<(usize, &HostStep)>) -> Next {
        let has_begun = self.runs.len() > self.before_bake();
        match (self.attempt.order.grant, left) {
            (Grant::Restore, _) if !has_begun => self.back_from_bake(),
            (Grant::Prepare | Grant::Switch, _) if !has_begun => Next::Wait,
            (_, Some((at, step))) => first(at, step),
            (_, None) => Next::Note(ReportEvent::Finished { result: AttemptResult::Succeeded }),
        }
    }

    fn back_from_bake(&self) -> Next {
        let message =
            "the new version was healthy at first, and not until the end of its bake: see what its health checks said";
        self.back(self.before_bake(), StepKind::Validate, message)
    }

    /// The way back after the first `begun` steps.
    fn back(&self, begun: usize, failed: StepKind, message: &str) -> Next {
        let order = &self.attempt.order.order;
        let nothing = Installed::nothing();
        let installed = self.attempt.installed.as_ref().unwrap_or(&nothing);
        let begun_kinds: Vec<StepKind> = self.runs.iter().take(begun).map(|run| run.kind).collect();
        let mut results = Vec::new();
        for (place_of_back, step) in restore(order, installed, &begun_kinds).iter().enumerate() {
            let (at, kind) = (begun + place_of_back, step.step.kind);
            let succeeded = match self.runs.get(at).map(|run| run.outcome) {
                None => return first(at, step),
                Some(None) => return again(at, step),
                Some(Some(StepOutcome::Unknown { evidence })) => return finish_unknown(kind, evidence),
                Some(Some(StepOutcome::Done { .. })) => true,
                Some(Some(StepOutcome::Failed { .. })) => false,
            };
            results.push(StepRun { kind, succeeded });
            if !succeeded && !goes_on(kind) {
                break;
            }
        }
        finish_failed(failed, message.to_owned(), aftermath(order, installed, &begun_kinds, &results))
    }

    fn has_begun_switch(&self) -> bool {
        self.plan.iter().take(self.runs.len()).any(|step| step.step.phase == Phase::Switch)
    }

    fn before_bake(&self) -> usize {
        self.plan.iter().filter(|step| step.step.phase != Phase::Retire).count()
    }

    fn is_late(&self) -> bool {
        let timeout = SignedDuration::from_secs(i64::from(self.attempt.order.timeout_seconds));
        self.attempt.accepted_at().is_some_and(|accepted| self.now.duration_since(accepted) > timeout)
    }
}

/// The first step, which finds out what the others are.
fn preflight(attempt: &Attempt) -> HostStep {
    let of = if attempt.order.order.to.is_some() { Side::New } else { Side::Old };
    let step = Step { kind: StepKind::Preflight, phase: Phase::Prepare, nature: Nature::Convergent, command: None };
    HostStep { step, of }
}

fn runs(attempt: &Attempt) -> Vec<Run<'_>> {
    let mut runs: Vec<Run<'_>> = Vec::new();
    for report in &attempt.events {
        match &report.event {
            ReportEvent::StepStarted { step, .. } => runs.push(Run { kind: *step, outcome: None }),
            ReportEvent::StepFinished { outcome, .. } => {
                if let Some(run) = runs.last_mut() {
                    run.outcome = Some(outcome);
                }
            }
            _ => {}
        }
    }
    runs
}

fn first(at: usize, step: &HostStep) -> Next {
    Next::Run { index: place(at), step: Box::new(step.clone()), how: How::Begin }
}

fn again(at: usize, step: &HostStep) -> Next {
    let how = match step.step.nature {
        Nature::Convergent => How::Again,
        Nature::Opaque => How::Recover,
    };
    Next::Run { index: place(at), step: Box::new(step.clone()), how }
}

fn finish_failed(step: StepKind, message: String, aftermath: Aftermath) -> Next {
    Next::Note(ReportEvent::Finished { result: AttemptResult::Failed { step, message, aftermath } })
}

fn finish_unknown(step: StepKind, evidence: &str) -> Next {
    Next::Note(ReportEvent::Finished { result: AttemptResult::Unknown { step, evidence: evidence.to_owned() } })
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
