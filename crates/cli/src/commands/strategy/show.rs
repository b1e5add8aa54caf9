//! `packhorse strategy show`.

use std::fmt::Write as _;

use clap::Args;
use packhorse_model::api::strategies::NamedStrategy;
use packhorse_model::name::StrategyName;
use packhorse_model::topology::Environment;
use serde_json::Value;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::harmless;

/// Show a strategy
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The strategy
    name: StrategyName,
}

impl Show {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let named = context.client()?.strategy(&self.name).await?;
        context.printer.data(&named, || text(&named))?;
        Ok(Exit::Done)
    }
}

/// The strategy, each of its keys in a line.
pub(super) fn text(named: &NamedStrategy) -> String {
    let environment = named.environment.map_or("any", Environment::as_str);
    let default = if named.is_default { ", its default" } else { "" };
    let mut text = format!("{} for {environment} environment{default}\n", named.name);
    if !named.description.is_empty() {
        let _ = writeln!(text, "{}", harmless(&named.description));
    }
    if let Ok(Value::Object(keys)) = serde_json::to_value(&named.strategy) {
        for (key, value) in keys.iter().filter(|(_, value)| !value.is_null()) {
            let value = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
            let _ = writeln!(text, "  {key:<22} {}", harmless(&value));
        }
    }
    text
}
