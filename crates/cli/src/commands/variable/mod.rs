//! `packhorse variable`.

mod affected;
mod delete;
mod explain;
mod list;
mod set;

use clap::Subcommand;
use packhorse_model::variables::VariableValue;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Variables: values that differ between environments, modules and hosts
#[derive(Debug, Subcommand)]
pub(crate) enum Variable {
    Set(set::Set),
    List(list::List),
    Delete(delete::Delete),
    Explain(explain::Explain),
    Affected(affected::Affected),
}

impl Variable {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Set(set) => set.run(context).await,
            Self::List(list) => list.run(context).await,
            Self::Delete(delete) => delete.run(context).await,
            Self::Explain(explain) => explain.run(context).await,
            Self::Affected(affected) => affected.run(context).await,
        }
    }
}

/// A value as people see it.
fn shown(value: &VariableValue) -> String {
    match value {
        VariableValue::Secret(name) => format!("(secret {name})"),
        other => other.text().unwrap_or_default(),
    }
}
