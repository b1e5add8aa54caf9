//! `packhorse package chain`.

use clap::Args;
use packhorse_model::api::database::{ChainStep, ChainStepKind, DatabaseChain};
use packhorse_model::{PackageName, VersionNumber};

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Style, harmless};

/// Show how a database comes from one version of a package to another
///
/// Shows the files that are run, in order, and the way back. Runs nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package chain shop-db --from 1.0.0 --to 1.2.0
  packhorse package chain shop-db --to 1.2.0
  packhorse package chain shop-db --from 1.2.0 --to 1.0.0")]
pub(crate) struct Chain {
    /// The database package
    name: PackageName,
    /// The version of the database now; without, it is empty
    #[arg(long)]
    from: Option<VersionNumber>,
    /// The version that it is to have
    #[arg(long)]
    to: VersionNumber,
}

impl Chain {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let chain = context.client()?.database_chain(&self.name, self.from.as_ref(), &self.to).await?;
        context.printer.data(&chain, || text(&chain, context.printer.style()))?;
        Ok(Exit::Done)
    }
}

fn text(chain: &DatabaseChain, style: Style) -> String {
    if chain.steps.is_empty() {
        return "nothing to do\n".to_owned();
    }
    let mut text = steps(&chain.steps);
    match &chain.way_back {
        Some(back) => text.push_str(&format!("{}\n{}", style.bold("The way back:"), steps(back))),
        None => text.push_str(&format!("{}\n", style.yellow("There is no way back."))),
    }
    text
}

fn steps(steps: &[ChainStep]) -> String {
    let end = |version: &Option<VersionNumber>| version.as_ref().map_or("empty".to_owned(), ToString::to_string);
    let mut text = String::new();
    for step in steps {
        let kind = match step.kind {
            ChainStepKind::FullLoad => "full load",
            ChainStepKind::Increment => "increment",
            ChainStepKind::Rollback => "rollback ",
        };
        text.push_str(&format!("{kind}  {} -> {}  (of {})\n", end(&step.from), end(&step.to), step.version));
        for file in &step.files {
            text.push_str(&format!("  {}\n", harmless(file)));
        }
    }
    text
}
