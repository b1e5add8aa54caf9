//! How targets, strategy and consent are said on the command line.

use std::collections::BTreeMap;
use std::str::FromStr;

use clap::Args;
use futures::TryStreamExt;
use jiff::{SignedDuration, Timestamp};
use packhorse_client::{Client, DeploymentFilter};
use packhorse_model::api::asked::AskedSpec;
use packhorse_model::api::instances::InstanceOperation;
use packhorse_model::deployment::{Action, DataFate, DeploymentSpec, Targets};
use packhorse_model::ids::DeploymentId;
use packhorse_model::name::StrategyName;
use packhorse_model::order::{Health, InstanceState};
use packhorse_model::part::SpecPart;
use packhorse_model::selector::LabelSelector;
use packhorse_model::strategy::{Amount, BatchExpression, HostOrder, OnFailure, Pause, Percent, Strategy};
use packhorse_model::topology::ModulePath;
use packhorse_model::{HostName, PackageName, VersionNumber};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::clock;
use crate::error::CommandError;
use crate::exit::Exit;
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

/// What is brought.
#[derive(Debug, Args)]
pub(crate) struct PartArgs {
    /// The package and its version; several go together, and each host gets all of its own or none
    #[arg(value_name = "NAME@VERSION", required = true)]
    what: Vec<PackageVersion>,
}

impl PartArgs {
    /// The action over these packages.
    pub(crate) fn wanted(&self, action: Action) -> Result<Wanted<'_>, CommandError> {
        match self.what.split_first() {
            Some((PackageVersion { package, version }, also)) => {
                Ok(Wanted { action, package, version: Some(version), also })
            }
            None => Err(CommandError::new(Exit::Usage, "say which package is meant, as NAME@VERSION")),
        }
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
            let filter = DeploymentFilter { package: Some(package.clone()), ..DeploymentFilter::default() };
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

/// How. What is not said here is left to the strategy that is named, or to the default of the environment.
#[derive(Debug, Args)]
pub(crate) struct StrategyArgs {
    /// A strategy that was saved under this name; what else is said goes over it [default: that of the environment, if there is one]
    #[arg(long, value_name = "NAME", help_heading = "Strategy")]
    strategy: Option<StrategyName>,
    #[command(flatten)]
    flags: StrategyFlags,
    /// Begin at this time and not before: 2026-06-01T22:00:00+08:00, or +2h from now
    #[arg(long, value_name = "TIME", value_parser = moment, help_heading = "Strategy")]
    at: Option<Timestamp>,
}

/// A moment, or how far away it is.
fn moment(text: &str) -> Result<Timestamp, String> {
    let wrong =
        "write a time with its offset, as in 2026-06-01T22:00:00+08:00, or how far away it is, as in +2h or +90m";
    match text.strip_prefix('+') {
        Some(away) => away
            .parse::<SignedDuration>()
            .ok()
            .and_then(|away| clock::now().checked_add(away).ok())
            .ok_or_else(|| wrong.to_owned()),
        None => text.parse().map_err(|_| wrong.to_owned()),
    }
}

/// The parts of a strategy, as keys of the model's [`Strategy`].
#[derive(Debug, Args, Serialize)]
pub(crate) struct StrategyFlags {
    /// Hosts that go first, alone [default: 0]
    #[arg(long, value_name = "N", help_heading = "Strategy")]
    #[serde(skip_serializing_if = "Option::is_none")]
    canary: Option<u32>,
    /// Sizes of the batches after the canary: `10`, `25%`, `1 *3`, `10% +10%`; the last part repeats [default: 100%]
    #[arg(long, value_name = "EXPR", help_heading = "Strategy")]
    #[serde(skip_serializing_if = "Option::is_none")]
    batch: Option<BatchExpression>,
    /// Instances that may be down at the same time, as a number or a percentage [default: the batch]
    #[arg(long, value_name = "N", help_heading = "Strategy")]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_unavailable: Option<Amount>,
    /// In which order hosts go: `name`, or `label:KEY` for the value of a label [default: name]
    #[arg(long, value_name = "ORDER", help_heading = "Strategy")]
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<HostOrder>,
    /// Before which batches someone has to say `packhorse deployment promote` [default: none]
    #[arg(long, value_parser = words::one_of::<Pause>(words::PAUSES), value_name = "WHERE", help_heading = "Strategy")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pause: Option<Pause>,
    /// Seconds between two batches [default: 0]
    #[arg(long, value_name = "SECONDS", help_heading = "Strategy")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pause_seconds: Option<u32>,
    /// Per cent of the hosts of a batch that have to succeed for the next batch [default: all, or what --error-threshold allows]
    #[arg(long, value_name = "PERCENT", help_heading = "Strategy")]
    #[serde(skip_serializing_if = "Option::is_none")]
    success_threshold: Option<Percent>,
    /// Hosts that may fail before it stops, as a number or a percentage of all [default: none, or what --success-threshold allows]
    #[arg(long, value_name = "N", help_heading = "Strategy")]
    #[serde(skip_serializing_if = "Option::is_none")]
    error_threshold: Option<Amount>,
    /// What failures beyond the thresholds do: `stop` starts nothing further and waits for a person, `ask` does so and goes on by one
    /// word, `rollback` brings every host back, and of several packages all of them, `ignore` goes on [default: stop]
    #[arg(long, value_parser = words::one_of::<OnFailure>(words::ON_FAILURES), value_name = "WHAT", help_heading = "Strategy")]
    #[serde(skip_serializing_if = "Option::is_none")]
    on_failure: Option<OnFailure>,
    /// Seconds that every host of a batch must stay healthy before the next batch [default: 0]
    #[arg(long, value_name = "SECONDS", help_heading = "Strategy")]
    #[serde(rename = "bake_seconds", skip_serializing_if = "Option::is_none")]
    bake: Option<u32>,
    /// Seconds that one host may take [default: 1800]
    #[arg(long, value_name = "SECONDS", help_heading = "Strategy")]
    #[serde(rename = "unit_timeout_seconds", skip_serializing_if = "Option::is_none")]
    host_timeout: Option<u32>,
    /// Seconds that a command of the package may take that does not say so itself [default: 300]
    #[arg(long, value_name = "SECONDS", help_heading = "Strategy")]
    #[serde(rename = "step_timeout_seconds", skip_serializing_if = "Option::is_none")]
    step_timeout: Option<u32>,
    /// Seconds after which it counts as failed that no host gets on [default: never]
    #[arg(long, value_name = "SECONDS", help_heading = "Strategy")]
    #[serde(rename = "progress_seconds", skip_serializing_if = "Option::is_none")]
    progress_deadline: Option<u32>,
}

impl StrategyArgs {
    /// An operation over many instances that is done like this.
    pub(crate) fn of(&self, operation: InstanceOperation) -> Result<InstanceOperation, CommandError> {
        let (strategy_name, not_before) = (self.strategy.clone(), self.at);
        Ok(InstanceOperation { strategy: self.flags.said()?, strategy_name, not_before, ..operation })
    }
}

impl StrategyFlags {
    /// What was said, by the keys of a strategy.
    pub(crate) fn said(&self) -> Result<Map<String, Value>, CommandError> {
        match serde_json::to_value(self) {
            Ok(Value::Object(said)) => Ok(said),
            _ => Err(CommandError::failed("could not write down the strategy")),
        }
    }

    /// The strategy that they say, by themselves.
    pub(crate) fn strategy(&self) -> Result<Strategy, CommandError> {
        serde_json::from_value(Value::Object(self.said()?))
            .map_err(|error| CommandError::new(Exit::Usage, error.to_string()))
    }
}

/// Whether to ask, and whether to stay.
#[derive(Debug, Args)]
pub(crate) struct Consent {
    /// Do not ask
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Bind packages to modules to which they are not bound yet, also where nobody is asked
    #[arg(long)]
    pub(crate) bind: bool,
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
    /// What goes together with it.
    pub(crate) also: &'a [PackageVersion],
}

impl Wanted<'_> {
    /// The deployment that brings it about.
    pub(crate) fn spec(&self, targets: &TargetArgs, strategy: &StrategyArgs) -> Result<AskedSpec, CommandError> {
        let spec = DeploymentSpec {
            action: self.action,
            package: self.package.clone(),
            version: self.version.cloned(),
            also: self
                .also
                .iter()
                .map(|part| SpecPart { package: part.package.clone(), version: Some(part.version.clone()) })
                .collect(),
            targets: targets.targets(),
            strategy: Strategy::default(),
            data: DataFate::Keep,
            parameters: BTreeMap::new(),
            strategy_name: strategy.strategy.clone(),
            not_before: strategy.at,
        };
        Ok(AskedSpec { spec, said: strategy.flags.said()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_said_or_counted_from_now() {
        assert_eq!(moment("2026-06-01T22:00:00+08:00").unwrap().to_string(), "2026-06-01T14:00:00Z");
        let away = moment("+2h").unwrap().duration_since(clock::now()).as_secs();
        assert!((7190..=7200).contains(&away), "{away}");
        for text in ["", "+", "+x", "22:00", "2026-06-01T22:00:00", "tomorrow"] {
            assert!(moment(text).is_err(), "{text:?}");
        }
    }
}
