//! `packhorse apply`.

use clap::Args;
use packhorse_model::ids::PlanId;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::{Consent, carry_out};

/// Apply a plan that was made before
///
/// Shows the plan, asks, and does exactly what it says. If anything that it rests on has moved since it was made, the server says what, and
/// nothing is done.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse plan shop-web@1.0.1 --to Shop/Production/Web -o json | jq -r .id
  packhorse apply 01ja2b3c4d5e6f7g8h9j0k1m2n --yes --watch")]
pub(crate) struct Apply {
    /// The plan, as `packhorse plan` names it
    plan: PlanId,
    #[command(flatten)]
    consent: Consent,
}

impl Apply {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let plan = client.plan(self.plan).await?;
        carry_out(context, &client, &plan, &self.consent).await
    }
}
