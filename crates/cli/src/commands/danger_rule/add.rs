//! `packhorse danger-rule add`.

use clap::Args;
use packhorse_model::api::scripts::{DangerRuleSpec, NewDangerRule};
use packhorse_model::name::DangerRuleName;

use super::spec::{ActionWord, LanguageWord, LevelWord};
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Add a danger rule
///
/// Its pattern is a regular expression, which is looked for in each line without its comments, and in each statement of SQL.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse danger-rule add no-telnet --pattern '\\btelnet\\b' --message 'sends passwords in the clear'
  packhorse danger-rule add no-lock --language sql --pattern 'lock +tables' --message 'stops the shop' --action block")]
pub(crate) struct Add {
    /// Its name: a-z, 0-9 and -
    name: DangerRuleName,
    /// The regular expression
    #[arg(long)]
    pattern: String,
    /// What is dangerous about it
    #[arg(long)]
    message: String,
    /// Where it looks; may be given several times
    #[arg(long = "language", value_enum, default_value = "shell")]
    languages: Vec<LanguageWord>,
    /// How bad it is
    #[arg(long, value_enum, default_value = "medium")]
    level: LevelWord,
    /// What becomes of a script with it
    #[arg(long, value_enum, default_value = "warn")]
    action: ActionWord,
}

impl Add {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let spec = DangerRuleSpec {
            message: self.message,
            level: self.level.into(),
            action: self.action.into(),
            languages: self.languages.into_iter().map(Into::into).collect(),
            pattern: Some(self.pattern),
            is_enabled: true,
        };
        let rule = NewDangerRule { name: self.name, spec };
        let made = context.client()?.create_danger_rule(&rule, &clock::new_key()?).await?;
        context.printer.data(&made, || format!("{}\n", made.name))?;
        Ok(Exit::Done)
    }
}
