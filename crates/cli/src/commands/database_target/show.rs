//! `packhorse database-target show`.

use std::fmt::Write as _;

use clap::Args;
use packhorse_model::api::database_targets::DatabaseTarget;
use packhorse_model::name::DatabaseTargetName;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Style, harmless};
use crate::words;

/// Show a database target
///
/// How far the database is, `packhorse database status` says.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse database-target show shop")]
pub(crate) struct Show {
    /// The database target
    name: DatabaseTargetName,
}

impl Show {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let target = context.client()?.database_target(&self.name).await?;
        context.printer.data(&target, || text(&target, context.printer.style()))?;
        Ok(Exit::Done)
    }
}

fn text(target: &DatabaseTarget, style: Style) -> String {
    let login = &target.login;
    let mut text = style.bold(target.name.as_str()) + "\n";
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "  {name:<9} {}", harmless(value));
    };
    line("engine", &words::word(login.engine));
    line("database", &login.to_string());
    line("module", &target.module.to_string());
    line("run by", target.host.as_ref().map_or("nobody: its host was removed", |host| host.as_str()));
    if let Some(user) = &login.user {
        line("user", user);
        line(
            "password",
            &target.secret.as_ref().map_or_else(|| "none".to_owned(), |secret| format!("secret {secret}")),
        );
        line("TLS", login.tls.as_str());
    }
    if !target.description.is_empty() {
        line("", &target.description);
    }
    text
}
