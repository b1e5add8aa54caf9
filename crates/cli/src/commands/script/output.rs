//! `packhorse script output`.

use clap::Args;
use futures::TryStreamExt;
use packhorse_client::OutputFilter;
use packhorse_model::HostName;
use packhorse_model::ids::DeploymentId;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Write to standard output what a script wrote on a host, byte for byte
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse script output 01ja2b3c4d5e6f7g8h9j0k1m2n --host web-01")]
pub(crate) struct Output {
    /// The deployment that ran it
    id: DeploymentId,
    /// The host
    #[arg(long)]
    host: HostName,
}

impl Output {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let filter = OutputFilter { host: Some(self.host.clone()), group: None };
        let found = client.host_outputs(self.id, &filter).try_next().await?;
        let Some(found) = found.and_then(|page| page.items.into_iter().next()) else {
            return Err(CommandError::new(Exit::NotFound, format!("the script has not ended on {}", self.host))
                .hinted(format!("`packhorse deployment watch {}` shows what it writes", self.id)));
        };
        let mut offset = 0;
        loop {
            let chunk = client.step_output(found.attempt, found.step, offset).await?;
            if chunk.bytes.is_empty() {
                return Ok(Exit::Done);
            }
            context.printer.bytes(&chunk.bytes)?;
            offset = chunk.next;
        }
    }
}
