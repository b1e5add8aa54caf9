//! `packhorse storage`.

mod damage;
mod follow;
mod gc;
mod jobs;
mod stats;
mod verify;
mod watch;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// The server's storage: what it holds, whether it is sound, and what may go
#[derive(Debug, Subcommand)]
pub(crate) enum Storage {
    Stats(stats::Stats),
    Gc(gc::Gc),
    Verify(verify::Verify),
    Damage(damage::Damage),
    Jobs(jobs::Jobs),
    Watch(watch::Watch),
}

impl Storage {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Stats(stats) => stats.run(context).await,
            Self::Gc(gc) => gc.run(context).await,
            Self::Verify(verify) => verify.run(context).await,
            Self::Damage(damage) => damage.run(context).await,
            Self::Jobs(jobs) => jobs.run(context).await,
            Self::Watch(watch) => watch.run(context).await,
        }
    }
}
