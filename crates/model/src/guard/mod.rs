//! Guard rails: what keeps deployments from going on, by the calendar, by the rules of an environment, or by a person's word.
//!
//! Here are the words: where a guard rail holds, and when. Whether one holds a deployment now is decided by the planner.

mod calendar;
mod scope;

pub use calendar::{
    ClockTime, ClockTimeError, FreezeSchedule, FreezeScheduleError, TimeZoneName, TimeZoneNameError, Weekday,
};
pub use scope::{GuardScope, GuardScopeError, GuardedModule};

/// The longest message of a freeze or a lock, comment of an approval, or reason of an override, in characters.
pub const LONGEST_REMARK: usize = 500;
/// Approvals that an environment may ask for at most.
pub const MOST_APPROVALS: u32 = 10;
/// Deployments at a time that an environment may be limited to at most.
pub const MOST_CONCURRENT: u32 = 1000;
