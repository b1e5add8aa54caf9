//! `packhorse deployment`.

mod approve;
mod command;
mod confirm;
mod list;
mod next_batch;
mod override_freeze;
mod resize;
mod retry;
mod rollback;
mod show;
mod skip;
mod start;
mod watch;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use command::Verb;
use next_batch::Pace;

/// Deployments: what runs, what ran, and what to do about it
#[derive(Debug, Subcommand)]
pub(crate) enum Deployment {
    List(list::List),
    Show(show::Show),
    Watch(watch::Watch),
    /// Hold a deployment: nothing new starts
    Pause(command::Command),
    /// Let a held deployment go on
    Resume(command::Command),
    /// End a deployment; changes come to their end first, and scripts are stopped
    Abort(command::Command),
    /// Let the next batch begin behind a pause, or answer a deployment that asks
    ///
    /// In a deployment that was halted and asks, it is the answer to go on without the hosts that failed.
    Promote(next_batch::NextBatch),
    /// Let the next batch begin now, although those before it still change or bake
    SkipAhead(next_batch::NextBatch),
    Resize(resize::Resize),
    Retry(retry::Retry),
    Confirm(confirm::Confirm),
    Skip(skip::Skip),
    Rollback(rollback::Rollback),
    /// Approve a deployment that waits for it
    Approve(approve::Approve),
    /// Reject a deployment that waits for approval: it is ended before it begins
    Reject(approve::Reject),
    Start(start::Start),
    OverrideFreeze(override_freeze::OverrideFreeze),
}

impl Deployment {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::List(list) => list.run(context).await,
            Self::Show(show) => show.run(context).await,
            Self::Watch(watch) => watch.run(context).await,
            Self::Pause(command) => command.run(context, Verb::Pause).await,
            Self::Resume(command) => command.run(context, Verb::Resume).await,
            Self::Abort(command) => command.run(context, Verb::Abort).await,
            Self::Promote(next) => next.run(context, Pace::Promote).await,
            Self::SkipAhead(next) => next.run(context, Pace::SkipAhead).await,
            Self::Resize(resize) => resize.run(context).await,
            Self::Confirm(confirm) => confirm.run(context).await,
            Self::Retry(retry) => retry.run(context).await,
            Self::Skip(skip) => skip.run(context).await,
            Self::Rollback(rollback) => rollback.run(context).await,
            Self::Approve(approve) => approve.run(context).await,
            Self::Reject(reject) => reject.run(context).await,
            Self::Start(start) => start.run(context).await,
            Self::OverrideFreeze(said) => said.run(context).await,
        }
    }
}
