//! `packhorse freeze`.

mod delete;
mod list;
mod set;

use clap::Subcommand;
use packhorse_model::guard::FreezeSchedule;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::words;

/// Freezes: times in which nothing new starts
#[derive(Debug, Subcommand)]
pub(crate) enum Freeze {
    List(list::List),
    Set(Box<set::Set>),
    Delete(delete::Delete),
}

impl Freeze {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::List(list) => list.run(context).await,
            Self::Set(set) => set.run(context).await,
            Self::Delete(delete) => delete.run(context).await,
        }
    }
}

/// When a freeze holds, in words.
fn shown(schedule: &FreezeSchedule) -> String {
    match schedule {
        FreezeSchedule::Once { from, until } => format!("{from} to {until}"),
        FreezeSchedule::Weekly { days, start, end, time_zone } => {
            let days: Vec<String> = days.iter().map(words::word).collect();
            format!("{} {start} to {end} {time_zone}", days.join(","))
        }
    }
}
