//! `packhorse variable explain`.

use std::fmt::Write as _;

use clap::Args;
use packhorse_model::api::variable_values::{Explanation, Outcome};
use packhorse_model::{HostName, PackageName};

use super::shown;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Style, harmless};

/// Tell where the value of a variable comes from
///
/// Shows what it comes to for a package on a host, every value that holds there, from the narrowest scope to the widest, and where the
/// package uses it: as it is, encrypted, or as a whole file.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse variable explain db_host --package shop-web --host web-1
  packhorse variable explain packhorse.members.db.ips --package shop-web --host web-1")]
pub(crate) struct Explain {
    /// The variable, without its prefix
    name: String,
    /// The package
    #[arg(long, value_name = "NAME")]
    package: PackageName,
    /// The host
    #[arg(long)]
    host: HostName,
}

impl Explain {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let found = context.client()?.explain_variable(&self.name, &self.package, &self.host).await?;
        context.printer.data(&found, || text(&found, context.printer.style()))?;
        Ok(Exit::Done)
    }
}

fn text(found: &Explanation, style: Style) -> String {
    let outcome = match &found.outcome {
        Outcome::Value { text } => style.bold(&harmless(text)),
        Outcome::Secret { secret, version } => format!("the secret {}, version {version}", harmless(secret)),
        Outcome::Unresolved { reason } => style.red(&format!("nothing: it {}", harmless(reason))),
    };
    let mut text = format!("{} for {} on {}: {outcome}\n", harmless(&found.name), found.package, found.host);
    for (index, candidate) in found.candidates.iter().enumerate() {
        let line = format!("{}  {}", harmless(&candidate.scope.to_string()), harmless(&shown(&candidate.value)));
        let line = if index == 0 { line } else { style.dim(&line) };
        let _ = writeln!(text, "  {line}");
    }
    for used in &found.uses {
        let (place, token) = (harmless(&used.place), harmless(&used.token));
        let _ = writeln!(text, "  {} {token} in {place}: {}", used.version, used.form.told());
    }
    text
}
