//! What all commands that change hosts share: how targets and strategy are said, the plan that is shown first, the question,
//! and the watching.

mod apply;
mod args;
mod bring;
mod effects;
mod failure;
mod file_diffs;
mod live;
mod operation;
mod preview;
mod snapshot;
mod tally;
mod unit;
mod watch;

pub(crate) use apply::{
    ASKED, Begun, apply, begin, carry_out, confirm, go_on, must_be_answerable, must_not_be_blocked, nobody_left,
};
pub(crate) use args::{Consent, PackageVersion, PartArgs, StrategyArgs, StrategyFlags, TargetArgs, Wanted};
pub(crate) use bring::BringArgs;
pub(crate) use file_diffs::{ChangeDiff, file_diffs};
pub(crate) use operation::operate;
pub(crate) use preview::{preview, warn_of};
pub(crate) use snapshot::Snapshot;
pub(crate) use unit::{attempts, units_on};
pub(crate) use watch::{Goal, watch};
