//! `packhorse deployment confirm`.

use clap::Args;
use packhorse_model::HostName;
use packhorse_model::api::control::{self, ConfirmedOutcome};
use packhorse_model::deployment::UnitState;
use packhorse_model::ids::DeploymentId;
use packhorse_model::order::Aftermath;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::units_on;
use crate::words;

/// Say what became of a host of which nobody knows
///
/// Look at the host first: `packhorse deployment show ID --host HOST` shows the evidence. What the host may report of this attempt
/// later does not count any more.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse deployment confirm 01ja2b3c4d5e6f7g8h9j0k1m2n --host web-02 --succeeded --reason 'it answers with 1.0.1'
  packhorse deployment confirm 01ja2b3c4d5e6f7g8h9j0k1m2n --host web-02 --failed broken --reason 'no process runs'")]
pub(crate) struct Confirm {
    /// The deployment
    id: DeploymentId,
    /// The host
    #[arg(long)]
    host: HostName,
    /// It is as ordered
    #[arg(long, required_unless_present = "failed", conflicts_with = "failed")]
    succeeded: bool,
    /// It is not, and this is what stands there: `untouched`, `restored`, `broken` or `removed`
    #[arg(long, value_parser = words::one_of::<Aftermath>(words::AFTERMATHS), value_name = "WHAT")]
    failed: Option<Aftermath>,
    /// What was seen, for whoever reads it later
    #[arg(long, default_value = "", hide_default_value = true, value_name = "TEXT")]
    reason: String,
}

impl Confirm {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let units = units_on(&client, self.id, &self.host).await?;
        // Of several packages it is about the one of which nobody knows.
        let unknown = units.iter().find(|unit| unit.state == UnitState::Unknown);
        let Some(unit) = unknown.or(units.first()) else { return Ok(Exit::NotFound) };
        let outcome = if self.succeeded { ConfirmedOutcome::Succeeded } else { ConfirmedOutcome::Failed };
        let found = control::Confirm { outcome, aftermath: self.failed, reason: self.reason };
        let detail = client.confirm_unit(unit.id, &found, &clock::new_key()?).await?;
        let state = words::unit_state(detail.unit.state, context.printer.style());
        context.printer.data(&detail, || format!("{} {state}\n", detail.unit.host_name))?;
        Ok(Exit::Done)
    }
}
