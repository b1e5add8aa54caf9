//! `packhorse topology`.

mod apply;
mod tree;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// The tree of businesses, systems and modules
#[derive(Debug, Subcommand)]
pub(crate) enum Topology {
    Apply(apply::Apply),
    Tree(tree::Tree),
}

impl Topology {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Apply(apply) => apply.run(context).await,
            Self::Tree(tree) => tree.run(context).await,
        }
    }
}
