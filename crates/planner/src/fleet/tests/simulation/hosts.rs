//! A host of the simulation, and how it follows attempts.

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

/// An attempt as its host knows it.
#[derive(Debug)]
pub(super) struct Followed {
    pub(super) attempt: AttemptId,
    pub(super) epoch: u32,
    pub(super) grant: Grant,
    pub(super) stage: Stage,
    pub(super) reports: Vec<Report>,
}

#[derive(Debug)]
pub(super) struct Host {
    pub(super) name: HostName,
    pub(super) is_connected: bool,
    pub(super) works: bool,
    pub(super) followed: Vec<Followed>,
    /// Slots that this deployment took: from the grant until the server has evidence that the instance works.
    pub(super) has_slot: bool,
}

impl Host {
    pub(super) fn is_switching(&self) -> bool {
        self.followed.iter().any(|attempt| attempt.stage == Stage::Switching)
    }

    /// Does the next thing in the first attempt that has not ended.
    pub(super) fn act(&mut self, turn: Turn, now: Timestamp) {
        let Self { followed, works, .. } = self;
        let Some(attempt) = followed.iter_mut().find(|attempt| attempt.stage != Stage::Ended) else { return };
        let failed =
            |aftermath| AttemptResult::Failed { step: StepKind::Start, message: "exit code 1".to_owned(), aftermath };
        let unknown = || AttemptResult::Unknown { step: StepKind::Start, evidence: "no result".to_owned() };
        let end = |result| (Stage::Ended, ReportEvent::Finished { result });
        let (stage, event) = match (attempt.stage, attempt.grant, turn) {
            (Stage::Accepted | Stage::Prepared, Grant::Cancel | Grant::Restore, _) => end(AttemptResult::Cancelled),
            (Stage::Accepted, _, Turn::Well) => (Stage::Prepared, ReportEvent::Prepared { fetched_bytes: 1 }),
            (Stage::Accepted, _, _) => end(failed(Aftermath::Untouched)),
            (Stage::Prepared, Grant::Switch, _) => {
                *works = false;
                attempt.stage = Stage::Switching;
                return;
            }
            (Stage::Switching, _, Turn::Well) => {
                *works = true;
                (Stage::Validated, ReportEvent::Validated)
            }
            (Stage::Validated, Grant::Retire, _) => end(AttemptResult::Succeeded),
            (Stage::Switching, _, Turn::Fails) | (Stage::Validated, Grant::Restore, Turn::Well | Turn::Fails) => {
                *works = true;
                end(failed(Aftermath::Restored))
            }
            (Stage::Switching, _, Turn::Breaks) | (Stage::Validated, Grant::Restore, Turn::Breaks) => {
                *works = false;
                end(failed(Aftermath::Broken))
            }
            (Stage::Switching, _, Turn::Unknown) | (Stage::Validated, Grant::Restore, Turn::Unknown) => {
                *works = false;
                end(unknown())
            }
            (Stage::Prepared | Stage::Validated | Stage::Ended, ..) => return,
        };
        attempt.stage = stage;
        let sequence = u32::try_from(attempt.reports.len()).unwrap() + 1;
        let (epoch, attempt_id) = (attempt.epoch, attempt.attempt);
        attempt.reports.push(Report { attempt: attempt_id, epoch, sequence, at: now, event });
    }
}
