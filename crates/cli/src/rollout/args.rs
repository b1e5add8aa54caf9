//! How targets, strategy and consent are said on the command line.

use std::collections::BTreeMap;
use std::str::FromStr;

use clap::Args;
use futures::TryStreamExt;
use packhorse_client::{Client, DeploymentFilter};
use packhorse_model::deployment::{Action, DataFate, DeploymentSpec, Targets};
use packhorse_model::ids::DeploymentId;
use packhorse_model::order::{Health, InstanceState};
use packhorse_model::selector::LabelSelector;
use packhorse_model::strategy::{Amount, BatchExpression, HostOrder, OnFailure, Pause, Percent, Strategy};
use packhorse_model::topology::ModulePath;
use packhorse_model::{HostName, PackageName, VersionNumber};

use crate::error::CommandError;
use crate::words;

/// `NAME@VERSION`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PackageVersion {
    pub(crate) package: PackageName,
    pub(crate) version: VersionNumber,
}

impl FromStr for PackageVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((package, version)) = text.split_once('@') else {
            return Err("write it as NAME@VERSION, as in shop-web@1.0.0".to_owned());
        };
        let package = package.parse().map_err(|error| format!("{error}"))?;
        let version = version.parse().map_err(|error| format!("{error}"))?;
        Ok(Self { package, version })
    }
}

/// Where.
#[derive(Debug, Args)]
pub(crate) struct TargetArgs {
    /// The module whose hosts are meant; may be given several times
    #[arg(long, required_unless_present_any = ["host", "label", "failed_in", "failed_last"], value_name = "BUSINESS/SYSTEM/MODULE", help_heading = "Targets")]
    to: Vec<ModulePath>,
    /// Only this host; may be given several times
    #[arg(long, value_name = "HOST", help_heading = "Targets")]
    host: Vec<HostName>,
    /// Only hosts with such labels: `env=prod,zone in (a,b),!legacy`
    #[arg(long, value_name = "SELECTOR", help_heading = "Targets")]
    label: Option<LabelSelector>,
    /// Only hosts whose instance is in this state
    #[arg(long, value_parser = words::one_of::<InstanceState>(words::INSTANCE_STATES), value_name = "STATE", help_heading = "Targets")]
    instance_state: Option<InstanceState>,
    /// Only hosts whose instance is of this health
    #[arg(long, value_parser = words::one_of::<Health>(words::HEALTHS), value_name = "HEALTH", help_heading = "Targets")]
    instance_health: Option<Health>,
    /// Only hosts whose instance has this version
    #[arg(long, value_name = "VERSION", help_heading = "Targets")]
    instance_version: Option<VersionNumber>,
    /// Only hosts at which this deployment failed, or of which nobody knows
    #[arg(long, value_name = "DEPLOYMENT", help_heading = "Targets")]
    failed_in: Option<DeploymentId>,
    /// The same for the newest deployment of the package
    #[arg(long, conflicts_with = "failed_in", help_heading = "Targets")]
    failed_last: bool,
}

impl TargetArgs {
    /// Asks which deployment was the last one, if its failures are meant.
    pub(crate) async fn settle(&mut self, client: &Client, package: &PackageName) -> Result<(), CommandError> {
        if self.failed_last {
            let filter = DeploymentFilter { package: Some(package.clone()), state: None };
            let page = client.deployments(&filter).try_next().await?;
            let last = page.and_then(|page| page.items.into_iter().next());
            self.failed_in =
                Some(last.ok_or_else(|| CommandError::failed(format!("{package} was never deployed")))?.id);
        }
        Ok(())
    }

    fn targets(&self) -> Targets {
        Targets {
            modules: self.to.clone(),
            hosts: self.host.clone(),
            labels: self.label.clone(),
            state: self.instance_state,
            health: self.instance_health,
            version: self.instance_version.clone(),
            failed_in: self.failed_in,
        }
    }
}

/// How.
#[derive(Debug, Args)]
pub(crate) struct StrategyArgs {
    /// Hosts that go first, alone
    #[arg(long, default_value_t = 0, value_name = "N", help_heading = "Strategy")]
    canary: u32,
    /// Sizes of the batches after the canary: `10`, `25%`, `1 *3`, `10% +10%`; the last part repeats
    #[arg(long, default_value = "100%", value_name = "EXPR", help_heading = "Strategy")]
    batch: BatchExpression,
    /// Instances that may be down at the same time, as a number or a percentage [default: the batch]
    #[arg(long, value_name = "N", help_heading = "Strategy")]
    max_unavailable: Option<Amount>,
    /// In which order hosts go: `name`, or `label:KEY` for the value of a label
    #[arg(long, default_value = "name", value_name = "ORDER", help_heading = "Strategy")]
    order: HostOrder,
    /// Before which batches someone has to say `packhorse deployment promote`
    #[arg(long, default_value = "none", value_parser = words::one_of::<Pause>(words::PAUSES), value_name = "WHERE", help_heading = "Strategy")]
    pause: Pause,
    /// Seconds between two batches
    #[arg(long, default_value_t = 0, value_name = "SECONDS", help_heading = "Strategy")]
    pause_seconds: u32,
    /// Per cent of the hosts of a batch that have to succeed for the next batch [default: all, or what --error-threshold allows]
    #[arg(long, value_name = "PERCENT", help_heading = "Strategy")]
    success_threshold: Option<Percent>,
    /// Hosts that may fail before it stops, as a number or a percentage of all [default: none, or what --success-threshold allows]
    #[arg(long, value_name = "N", help_heading = "Strategy")]
    error_threshold: Option<Amount>,
    /// What failures beyond the thresholds do: `stop` starts nothing further and waits for a person, `ask` does so and goes on by one
    /// word, `rollback` brings every host back, `ignore` goes on
    #[arg(long, default_value = "stop", value_parser = words::one_of::<OnFailure>(words::ON_FAILURES), value_name = "WHAT", help_heading = "Strategy")]
    on_failure: OnFailure,
    /// Seconds that every host of a batch must stay healthy before the next batch
    #[arg(long, default_value_t = 0, value_name = "SECONDS", help_heading = "Strategy")]
    bake: u32,
    /// Seconds that one host may take
    #[arg(long, default_value_t = 1800, value_name = "SECONDS", help_heading = "Strategy")]
    host_timeout: u32,
    /// Seconds that a command of the package may take that does not say so itself [default: 300]
    #[arg(long, value_name = "SECONDS", help_heading = "Strategy")]
    step_timeout: Option<u32>,
    /// Seconds after which it counts as failed that no host gets on [default: never]
    #[arg(long, value_name = "SECONDS", help_heading = "Strategy")]
    progress_deadline: Option<u32>,
}

impl StrategyArgs {
    /// The strategy that they say.
    pub(crate) fn strategy(&self) -> Strategy {
        Strategy {
            canary: self.canary,
            batch: self.batch.clone(),
            order: self.order.clone(),
            max_unavailable: self.max_unavailable,
            pause: self.pause,
            pause_seconds: self.pause_seconds,
            success_threshold: self.success_threshold,
            error_threshold: self.error_threshold,
            on_failure: self.on_failure,
            bake_seconds: self.bake,
            unit_timeout_seconds: self.host_timeout,
            step_timeout_seconds: self.step_timeout,
            progress_seconds: self.progress_deadline,
        }
    }
}

/// Whether to ask, and whether to stay.
#[derive(Debug, Args)]
pub(crate) struct Consent {
    /// Do not ask
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Stay, show what happens, and exit with 0 only if all went well
    #[arg(short, long)]
    pub(crate) watch: bool,
}

/// What is wanted of which package.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) action: Action,
    pub(crate) package: &'a PackageName,
    pub(crate) version: Option<&'a VersionNumber>,
}

impl Wanted<'_> {
    /// The deployment that brings it about.
    pub(crate) fn spec(&self, targets: &TargetArgs, strategy: &StrategyArgs) -> DeploymentSpec {
        DeploymentSpec {
            action: self.action,
            package: self.package.clone(),
            version: self.version.cloned(),
            targets: targets.targets(),
            strategy: strategy.strategy(),
            data: DataFate::Keep,
            parameters: BTreeMap::new(),
        }
    }
}
