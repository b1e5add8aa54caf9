//! `packhorse danger-rule test`.

use std::path::PathBuf;

use clap::Args;
use packhorse_model::api::scripts::{CheckScript, ScriptCheck};
use packhorse_model::danger::{DangerAction, Language};

use super::spec::{self, LanguageWord};
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Style, harmless};

/// Say what the danger rules find in a script
///
/// Exits with 1 if a package with it would be refused.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse danger-rule test cleanup.sh
  packhorse danger-rule test job --language python -o json")]
pub(crate) struct Test {
    /// The script
    file: PathBuf,
    /// What it is written in, if its name does not say it
    #[arg(long, value_enum)]
    language: Option<LanguageWord>,
}

impl Test {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let bytes = std::fs::read(&self.file).map_err(|error| CommandError::file("read", &self.file, &error))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            CommandError::failed(format!("{} is not UTF-8", self.file.display())).detailed(error.to_string())
        })?;
        let language = self.language.map_or_else(|| by_name(&self.file), Into::into);
        let check = CheckScript { text, language };
        let check = context.client()?.check_script(&check, &clock::new_key()?).await?;
        context.printer.data(&check, || text_of(&check, context.printer.style()))?;
        Ok(if check.is_blocked { Exit::Failed } else { Exit::Done })
    }
}

fn by_name(file: &std::path::Path) -> Language {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("py") => Language::Python,
        Some("pl") => Language::Perl,
        Some("ps1") => Language::Powershell,
        Some("sql") => Language::Sql,
        _ => Language::Shell,
    }
}

fn text_of(check: &ScriptCheck, style: Style) -> String {
    if check.findings.is_empty() {
        return "nothing dangerous was found\n".to_owned();
    }
    let mut text = String::new();
    for finding in &check.findings {
        let action = match finding.action {
            DangerAction::Warn => style.yellow("warn "),
            DangerAction::Block => style.red("block"),
        };
        let (line, column) = (finding.span.line, finding.span.column);
        let level = spec::level(finding.level);
        text.push_str(&format!("{action}  {line}:{column}  {} ({level})  {}\n", finding.rule, harmless(&finding.text)));
        text.push_str(&format!("       {}\n", style.dim(&format!("this {}", harmless(&finding.message)))));
    }
    if check.is_truncated {
        text.push_str("and more\n");
    }
    text
}
