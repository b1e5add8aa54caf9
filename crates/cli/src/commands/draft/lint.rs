//! `packhorse draft lint`.

use clap::Args;
use packhorse_model::api::packages::{Finding, Severity};
use packhorse_model::ids::DraftId;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::harmless;
use crate::words;

/// Say what is wrong with a draft, or should be better
///
/// Exits with 1 if there is anything for which it could not be published.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft lint 01ja2b3c4d5e6f7g8h9j0k1m2n")]
pub(crate) struct Lint {
    /// The draft
    id: DraftId,
}

impl Lint {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let lint = context.client()?.lint_draft(self.id).await?;
        context.printer.data(&lint, || lines(&lint.findings))?;
        let is_refused = lint.findings.iter().any(|finding| finding.severity == Severity::Error);
        Ok(if is_refused { Exit::Failed } else { Exit::Done })
    }
}

/// Findings as people read them.
pub(super) fn lines(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let (severity, hint) = (words::word(finding.severity), harmless(&finding.hint));
        format!("{severity}: {}\n  hint: {hint}\n", words::finding(finding))
    };
    findings.iter().map(line).collect()
}
