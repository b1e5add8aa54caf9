//! `packhorse danger-rule list`.

use clap::Args;
use packhorse_model::danger::RuleOrigin;

use super::spec;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Column;

/// List danger rules
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse danger-rule list
  packhorse danger-rule list -o json")]
pub(crate) struct List;

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let columns = [
            Column::text("NAME"),
            Column::text("LEVEL"),
            Column::text("ACTION"),
            Column::text("LANGUAGES"),
            Column::text("PATTERN"),
            Column::text("MESSAGE"),
        ];
        let client = context.client()?;
        let rows = context.printer.rows(
            client.danger_rules(),
            columns,
            |rule| {
                let action = if rule.spec.is_enabled { spec::action(rule.spec.action) } else { "off" };
                let languages: Vec<_> = rule.spec.languages.iter().map(|language| spec::language(*language)).collect();
                let pattern = match rule.origin {
                    RuleOrigin::Default => "(default)".to_owned(),
                    RuleOrigin::Own => rule.spec.pattern.clone().unwrap_or_default(),
                };
                [
                    rule.name.to_string(),
                    spec::level(rule.spec.level).to_owned(),
                    action.to_owned(),
                    languages.join(", "),
                    pattern,
                    rule.spec.message.clone(),
                ]
            },
            "no danger rules",
        );
        rows.await?;
        Ok(Exit::Done)
    }
}
