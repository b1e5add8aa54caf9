//! What stands in the journal.

use packhorse_model::ids::AttemptId;
use packhorse_model::order::{Assignment, Report};
use packhorse_planner::host::Installed;
use serde::{Deserialize, Serialize};

use super::book::Attempt;

/// One record of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "record")]
pub enum Record {
    /// A whole assignment was accepted.
    Assigned {
        /// With its generation.
        assignment: Assignment,
    },
    /// What was on the host when the attempt began. All its steps follow from this and the order.
    Surveyed {
        /// The attempt.
        attempt: AttemptId,
        /// What was there.
        installed: Installed,
    },
    /// Bytes came over the network for an attempt.
    Fetched {
        /// The attempt.
        attempt: AttemptId,
        /// How many.
        bytes: u64,
    },
    /// Something happened in an attempt; told to the server in these words.
    Event {
        /// What.
        report: Report,
    },
    /// The server has the reports up to this one.
    Acknowledged {
        /// The attempt.
        attempt: AttemptId,
        /// The sequence number of the last of them.
        sequence: u32,
    },
    /// An attempt as it stood when the journal was compacted.
    Kept {
        /// With everything that happened in it.
        attempt: Box<Attempt>,
    },
}
