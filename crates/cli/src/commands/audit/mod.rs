//! `packhorse audit`.

mod list;
mod verify;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// The audit log: who did what, to what, when
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    List(list::List),
    Verify(verify::Verify),
}

impl Audit {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::List(list) => list.run(context).await,
            Self::Verify(verify) => verify.run(context).await,
        }
    }
}
