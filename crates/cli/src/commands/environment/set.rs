//! `packhorse environment set`.

use clap::Args;
use packhorse_model::api::guard_rails::SetEnvironmentRules;
use packhorse_model::topology::Environment;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::words;

/// Change what deployments in an environment have to observe
///
/// What is not said stays as it is. Deployments that have begun are not held by it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse environment set prod --approvals 1 --max-concurrent 2
  packhorse environment set prod --any-number")]
pub(crate) struct Set {
    /// The environment
    #[arg(value_parser = words::one_of::<Environment>(words::ENVIRONMENTS))]
    environment: Environment,
    /// So many persons other than its creator have to approve a deployment; 0 for none
    #[arg(long, value_name = "N", required_unless_present_any = ["max_concurrent", "any_number"])]
    approvals: Option<u32>,
    /// So many deployments may go on in each business at the same time
    #[arg(long, value_name = "N")]
    max_concurrent: Option<u32>,
    /// Any number of deployments may go on at the same time
    #[arg(long, conflicts_with = "max_concurrent")]
    any_number: bool,
}

impl Set {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let all = client.environments().await?;
        let now = all.iter().find(|rules| rules.environment == self.environment);
        let rules = SetEnvironmentRules {
            approvals: self.approvals.or(now.map(|rules| rules.approvals)).unwrap_or(0),
            max_concurrent: match self.max_concurrent {
                Some(limit) => Some(limit),
                None if self.any_number => None,
                None => now.and_then(|rules| rules.max_concurrent),
            },
        };
        let set = client.set_environment(self.environment, &rules).await?;
        context.printer.data(&set, || {
            let limit = set.max_concurrent.map_or("any number".to_owned(), |limit| limit.to_string());
            format!("{}: {} approvals, {limit} at a time in a business\n", set.environment.as_str(), set.approvals)
        })?;
        Ok(Exit::Done)
    }
}
