//! `packhorse deployment show`.

use clap::Args;
use packhorse_client::UnitFilter;
use packhorse_model::HostName;
use packhorse_model::deployment::UnitState;
use packhorse_model::ids::DeploymentId;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::{Snapshot, attempts, units_on};
use crate::words;

/// Show one deployment: where it stands, what it waits for, and its hosts
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The deployment, as `packhorse deployment list` shows it
    id: DeploymentId,
    /// Only this host: its attempts, the steps of each, and what is known of how they ended
    #[arg(long)]
    host: Option<HostName>,
    /// Only the hosts of this batch: 1 is the first, which may be the canary
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..), conflicts_with = "host")]
    batch: Option<u32>,
    /// Only hosts in this state
    #[arg(long, value_parser = words::one_of::<UnitState>(words::UNIT_STATES), conflicts_with = "host")]
    state: Option<UnitState>,
}

impl Show {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        if let Some(host) = &self.host {
            let client = context.client()?;
            let mut details = Vec::new();
            for unit in units_on(&client, self.id, host).await? {
                details.push(client.unit(unit.id).await?);
            }
            let text = |detail| attempts(detail, clock::now(), context.printer.style());
            match details.as_slice() {
                [only] => context.printer.data(only, || text(only))?,
                all => context.printer.data(&all, || all.iter().map(text).collect::<Vec<_>>().join("\n"))?,
            }
            return Ok(Exit::Done);
        }
        let which = UnitFilter { batch: self.batch.map(|number| number - 1), state: self.state };
        let snapshot = Snapshot::take_some(&context.client()?, self.id, which).await?;
        context.printer.data(&snapshot, || snapshot.text(&context.printer, clock::now()) + &snapshot.failures())?;
        Ok(Exit::Done)
    }
}
