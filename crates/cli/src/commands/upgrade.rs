//! `packhorse upgrade` and `packhorse downgrade`.

use clap::Args;
use packhorse_model::deployment::Action;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::BringArgs;

/// Which versions, where, and how.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse upgrade shop-web@1.0.1 --to Shop/Production/Web --canary 1 --batch 25%
  packhorse upgrade shop-web@1.0.1 shop-conf@2.0.0 --to Shop/Production/Web --yes --watch
  packhorse downgrade shop-web@1.0.0 shop-conf@1.0.0 --host web-02

`packhorse instance upgrade` and `downgrade` choose the instances of one package by their state,
version or health.")]
pub(crate) struct Move {
    #[command(flatten)]
    what: BringArgs,
}

impl Move {
    pub(crate) async fn run(self, context: &Context, action: Action) -> Result<Exit, CommandError> {
        self.what.run(context, action).await
    }
}
