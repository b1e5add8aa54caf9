//! A host of the simulation, and how it follows attempts.

use std::collections::BTreeSet;

use jiff::Timestamp;
use packhorse_model::HostName;
use packhorse_model::ids::AttemptId;
use packhorse_model::order::{Aftermath, AttemptResult, Grant, Report, ReportEvent};
use packhorse_model::step::StepKind;

/// How the next thing that a host does turns out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    Well,
    /// It fails, and the host is as it was.
    Fails,
    /// It fails, and so does the way back.
    Breaks,
    /// The machine dies in the middle of a command.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Accepted,
    Prepared,
    Switching,
    Validated,
    Ended,
}

/// Where an attempt leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    There,
    Back,
}

/// An attempt as its host knows it.
#[derive(Debug)]
pub(super) struct Followed {
    pub(super) attempt: AttemptId,
    /// The package, by its number.
    pub(super) part: usize,
    pub(super) way: Way,
    pub(super) epoch: u32,
    pub(super) grant: Grant,
    pub(super) stage: Stage,
    pub(super) reports: Vec<Report>,
}

/// An instance on a host.
#[derive(Debug, Clone, Copy)]
pub(super) struct Instance {
    pub(super) works: bool,
    /// Whether it has the version that is brought.
    pub(super) is_new: bool,
    /// Whether there is one: a machine that takes the place of another has none.
    pub(super) is_there: bool,
}

#[derive(Debug)]
pub(super) struct Host {
    pub(super) name: HostName,
    pub(super) is_connected: bool,
    /// By package.
    pub(super) instances: Vec<Instance>,
    /// The packages that the deployment brings it.
    pub(super) meant: Vec<usize>,
    pub(super) followed: Vec<Followed>,
    /// Packages for which this deployment took a slot: from the grant until the server has evidence that the instance works.
    pub(super) slots: BTreeSet<usize>,
    /// Whether something happened that may well leave it with some packages of the deployment and without others.
    pub(super) may_be_half: bool,
}

impl Host {
    pub(super) fn is_switching(&self) -> bool {
        self.followed.iter().any(|attempt| attempt.stage == Stage::Switching)
    }

    /// Does the next thing in the first attempt for a package that has not ended: for the package `first`, or else another one that has
    /// something to do.
    pub(super) fn act(&mut self, first: usize, turn: Turn, now: Timestamp) {
        let parts = self.instances.len();
        for part in (0..parts).map(|next| (first + next) % parts) {
            if self.act_for(part, turn, now) {
                return;
            }
        }
    }

    fn act_for(&mut self, part: usize, turn: Turn, now: Timestamp) -> bool {
        let Self { followed, instances, may_be_half, .. } = self;
        let is_next = |attempt: &&mut Followed| attempt.part == part && attempt.stage != Stage::Ended;
        let Some(attempt) = followed.iter_mut().find(is_next) else { return false };
        let instance = &mut instances[part];
        let failed =
            |aftermath| AttemptResult::Failed { step: StepKind::Start, message: "exit code 1".to_owned(), aftermath };
        let unknown = || AttemptResult::Unknown { step: StepKind::Start, evidence: "no result".to_owned() };
        let end = |result| (Stage::Ended, ReportEvent::Finished { result });
        let (stage, event) = match (attempt.stage, attempt.grant, turn) {
            (Stage::Accepted | Stage::Prepared, Grant::Cancel | Grant::Restore, _) => end(AttemptResult::Cancelled),
            (Stage::Accepted, _, Turn::Well) => (Stage::Prepared, ReportEvent::Prepared { fetched_bytes: 1 }),
            (Stage::Accepted, _, _) => end(failed(Aftermath::Untouched)),
            (Stage::Prepared, Grant::Switch, _) => {
                instance.works = false;
                attempt.stage = Stage::Switching;
                return true;
            }
            (Stage::Switching, _, Turn::Well) => {
                *instance = Instance { works: true, is_new: attempt.way == Way::There, is_there: true };
                (Stage::Validated, ReportEvent::Validated)
            }
            // What was superseded behind its switch is brought to its end.
            (Stage::Validated, Grant::Retire | Grant::Cancel, _) => end(AttemptResult::Succeeded),
            // Where nothing was, nothing is put back.
            (Stage::Switching, _, Turn::Fails) if !instance.is_there => end(failed(Aftermath::Removed)),
            (Stage::Switching, _, Turn::Fails) | (Stage::Validated, Grant::Restore, Turn::Well | Turn::Fails) => {
                *instance = Instance { works: true, is_new: attempt.way == Way::Back, is_there: true };
                end(failed(Aftermath::Restored))
            }
            (Stage::Switching, _, Turn::Breaks) | (Stage::Validated, Grant::Restore, Turn::Breaks) => {
                instance.works = false;
                end(failed(Aftermath::Broken))
            }
            (Stage::Switching, _, Turn::Unknown) | (Stage::Validated, Grant::Restore, Turn::Unknown) => {
                instance.works = false;
                end(unknown())
            }
            (Stage::Prepared | Stage::Validated | Stage::Ended, ..) => return false,
        };
        // What failed for good, and what failed on the way back, is left to people.
        *may_be_half |=
            matches!(turn, Turn::Breaks | Turn::Unknown) || (attempt.way == Way::Back && turn == Turn::Fails);
        attempt.stage = stage;
        let sequence = u32::try_from(attempt.reports.len()).unwrap() + 1;
        let (epoch, attempt_id) = (attempt.epoch, attempt.attempt);
        attempt.reports.push(Report { attempt: attempt_id, epoch, sequence, at: now, event });
        true
    }
}
