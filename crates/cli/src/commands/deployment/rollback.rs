//! `packhorse deployment rollback`.

use std::collections::BTreeMap;

use clap::Args;
use packhorse_client::Client;
use packhorse_model::HostName;
use packhorse_model::api::control::RollBack;
use packhorse_model::deployment::{Action, DataFate, DeploymentSpec};
use packhorse_model::ids::DeploymentId;
use packhorse_model::strategy::Strategy;

use super::command::say_state;
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::list;
use crate::rollout::{self, Consent, Goal};

/// Bring every host that a deployment changed back to the version that it had
///
/// One that has not ended goes back itself. For one that has, a new deployment brings its targets back, all at once and
/// without a canary, to a version that has proven itself there. Needs no download: the version before is still on each
/// host. Of several packages each host goes back with everything that it got, in reverse order, and databases go last.
/// With --watch, exits with 0 when every host is back.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse deployment rollback 01ja2b3c4d5e6f7g8h9j0k1m2n --watch
  packhorse deployment rollback 01ja2b3c4d5e6f7g8h9j0k1m2n --host web-02")]
pub(crate) struct Rollback {
    /// The deployment
    id: DeploymentId,
    /// Only this host, by a deployment of its own, while the others stay or go on; may be given several times
    #[arg(long, value_name = "HOST")]
    host: Vec<HostName>,
    #[command(flatten)]
    consent: Consent,
}

impl Rollback {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let deployment = client.deployment(self.id).await?;
        let (package, further) = (deployment.summary.package.clone(), deployment.summary.also.clone());
        let has_ended = deployment.summary.state.is_terminal();
        let exit = if !self.host.is_empty() || (has_ended && deployment.spec.has_several_parts()) {
            self.take_back(context, &client).await?
        } else if has_ended {
            rollout::apply(context, &client, &way_back(deployment.spec), &self.consent).await?
        } else {
            self.turn(context, &client).await?
        };
        if exit == Exit::Done && self.consent.watch {
            let also: String = further.iter().map(|part| format!(", {}", part.package)).collect();
            let have = if also.is_empty() { "has" } else { "have" };
            context.printer.say(&format!("{package}{also} {have} been rolled back"));
        }
        Ok(exit)
    }

    /// Brings some of its hosts back, or all when it has ended, by a deployment of their own.
    async fn take_back(&self, context: &Context, client: &Client) -> Result<Exit, CommandError> {
        let hosts = match self.host.as_slice() {
            [] => format!("the hosts of deployment {}", self.id),
            hosts => list(hosts, 8),
        };
        let question = format!("Bring {hosts} back to the versions that they had?");
        if !rollout::confirm(context, self.consent.yes, &question)? {
            context.printer.say("nothing was done");
            return Ok(Exit::Failed);
        }
        let back = RollBack { hosts: self.host.clone() };
        let detail = client.roll_back_deployment(self.id, &back, &clock::new_key()?).await?;
        let id = detail.summary.id;
        if self.consent.watch {
            return rollout::watch(context, client, id, Goal::Succeeded).await;
        }
        context.printer.data(&detail, || format!("{id}\n"))?;
        context.printer.say(&format!("started; `packhorse deployment watch {id}` shows what happens"));
        Ok(Exit::Done)
    }

    /// Makes the deployment itself go back.
    async fn turn(&self, context: &Context, client: &Client) -> Result<Exit, CommandError> {
        let question = format!("Bring the hosts of deployment {} back to the versions that they had?", self.id);
        if !rollout::confirm(context, self.consent.yes, &question)? {
            context.printer.say("nothing was done");
            return Ok(Exit::Failed);
        }
        let detail = client.roll_back_deployment(self.id, &RollBack::default(), &clock::new_key()?).await?;
        if self.consent.watch {
            return rollout::watch(context, client, detail.summary.id, Goal::RolledBack).await;
        }
        say_state(context, &detail)?;
        Ok(Exit::Done)
    }
}

/// The deployment that undoes one that has ended.
fn way_back(done: DeploymentSpec) -> DeploymentSpec {
    let strategy = Strategy { max_unavailable: done.strategy.max_unavailable, ..Strategy::default() };
    DeploymentSpec {
        action: Action::Rollback,
        package: done.package,
        version: None,
        also: Vec::new(),
        targets: done.targets,
        strategy,
        data: DataFate::Keep,
        parameters: BTreeMap::new(),
        strategy_name: None,
        not_before: None,
    }
}
