//! `packhorse audit verify`.

use clap::Args;
use packhorse_model::api::audit::AuditVerdict;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Check that no entry was changed, removed or put in between
///
/// Every entry holds a hash over all before it. The command ends with 1 if the chain is broken.
#[derive(Debug, Args)]
pub(crate) struct Verify;

impl Verify {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let verdict = context.client()?.verify_audit().await?;
        context.printer.data(&verdict, || match verdict {
            AuditVerdict::Intact { entries: 1 } => "intact: 1 entry\n".to_owned(),
            AuditVerdict::Intact { entries } => format!("intact: {entries} entries\n"),
            AuditVerdict::Broken { sequence } => {
                format!("broken: entry {sequence} is not what was written, or missing\n")
            }
        })?;
        match verdict {
            AuditVerdict::Intact { .. } => Ok(Exit::Done),
            AuditVerdict::Broken { .. } => {
                context.printer.say("somebody changed the database beside the server; compare it with a backup");
                Ok(Exit::Failed)
            }
        }
    }
}
