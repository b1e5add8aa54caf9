//! `packhorse danger-rule edit`.

use clap::Args;
use packhorse_model::name::DangerRuleName;

use super::spec::{ActionWord, LanguageWord, LevelWord};
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Change a danger rule
///
/// Of a rule that comes with Packhorse, only its action and whether it looks at all can be changed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse danger-rule edit reboot --action block
  packhorse danger-rule edit no-interpreter-line --off")]
pub(crate) struct Edit {
    /// The rule
    name: DangerRuleName,
    /// The regular expression
    #[arg(long)]
    pattern: Option<String>,
    /// What is dangerous about it
    #[arg(long)]
    message: Option<String>,
    /// Where it looks, instead of where it looked; may be given several times
    #[arg(long = "language", value_enum)]
    languages: Vec<LanguageWord>,
    /// How bad it is
    #[arg(long, value_enum)]
    level: Option<LevelWord>,
    /// What becomes of a script with it
    #[arg(long, value_enum)]
    action: Option<ActionWord>,
    /// Let it look again
    #[arg(long, conflicts_with = "off")]
    on: bool,
    /// Let it look no more
    #[arg(long)]
    off: bool,
}

impl Edit {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let mut spec = client.danger_rule(&self.name).await?.spec;
        spec.pattern = self.pattern.or(spec.pattern);
        spec.message = self.message.unwrap_or(spec.message);
        spec.level = self.level.map_or(spec.level, Into::into);
        spec.action = self.action.map_or(spec.action, Into::into);
        spec.is_enabled = self.on || spec.is_enabled && !self.off;
        if !self.languages.is_empty() {
            spec.languages = self.languages.into_iter().map(Into::into).collect();
        }
        let rule = client.update_danger_rule(&self.name, &spec).await?;
        context.printer.data(&rule, || format!("{}\n", rule.name))?;
        Ok(Exit::Done)
    }
}
