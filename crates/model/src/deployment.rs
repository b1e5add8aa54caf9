//! A deployment: one action over targets. What it asks for never changes; where it stands does.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::guard::GuardScope;
use crate::ids::{AttemptId, DeploymentId, HostId, PlanId, UnitId, VersionId};
use crate::name::{FreezeName, HostName, PackageName, StrategyName, TopologyName};
use crate::order::{Aftermath, Health, InstanceState, UnitAction, UnitOrder};
use crate::part::SpecPart;
use crate::selector::LabelSelector;
use crate::step::StepKind;
use crate::strategy::Strategy;
use crate::topology::{Environment, ModulePath};
use crate::variables::VariableValue;
use crate::version::VersionNumber;

/// What a deployment does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Action {
    /// Brings a version to every target, whatever is there.
    Deploy,
    /// Brings a version to targets that have an older one.
    Upgrade,
    /// Brings a version to targets that have a newer one.
    Downgrade,
    /// Brings the last good version back.
    Rollback,
    /// Starts.
    Start,
    /// Stops.
    Stop,
    /// Restarts.
    Restart,
    /// Removes.
    Uninstall,
    /// Runs a script; nothing is installed.
    Run,
}

/// What a deployment is asked to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeploymentSpec {
    /// What.
    pub action: Action,
    /// Of which package.
    pub package: PackageName,
    /// To which version; for deploy, upgrade, downgrade and run.
    #[serde(default)]
    pub version: Option<VersionNumber>,
    /// Which further packages it brings together with the first, one version of each; for deploy, upgrade and downgrade.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<SpecPart>,
    /// Where.
    pub targets: Targets,
    /// How.
    #[serde(default)]
    pub strategy: Strategy,
    /// What an uninstall does with data.
    #[serde(default, skip_serializing_if = "DataFate::is_kept")]
    pub data: DataFate,
    /// What a script is given, by the names of its parameters; for run. A secret is named, never said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, VariableValue>,
    /// The named strategy that it came from; what `strategy` says goes over it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy_name: Option<StrategyName>,
    /// Nothing begins before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<jiff::Timestamp>,
}

/// What becomes of the directories that a manifest names as `data` when an instance is removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DataFate {
    /// They stay, with all that is in them.
    #[default]
    Keep,
    /// They are removed with the instance.
    Remove,
}

impl DataFate {
    /// Whether they stay.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        *self == Self::Keep
    }
}

/// Where a deployment acts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Targets {
    /// Every host of these modules.
    pub modules: Vec<ModulePath>,
    /// If not empty, only these hosts.
    pub hosts: Vec<HostName>,
    /// Only hosts with such labels; of all, if nothing else says which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<LabelSelector>,
    /// Only hosts whose instance is in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<InstanceState>,
    /// Only hosts whose instance is of this health, as last reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// Only hosts whose instance has this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<VersionNumber>,
    /// Only hosts at which this deployment failed, also if they were left out then, or of which nobody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_in: Option<DeploymentId>,
}

impl Targets {
    /// Whether nothing says which hosts are meant.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Where a deployment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DeploymentState {
    /// Its batches go on.
    Running,
    /// Held by a person; nothing new starts.
    Paused,
    /// Held by a failure; a person decides: retry, roll back or abort.
    Halted,
    /// Its hosts go back.
    RollingBack,
    /// Being ended by a person; what is in the middle of a switch comes to its end, and scripts are stopped.
    Aborting,
    /// Every unit succeeded. Terminal.
    Succeeded,
    /// Came to its end though hosts failed: no more than its strategy tolerates. These stay failed. Terminal.
    PartlySucceeded,
    /// Every unit is back. Terminal.
    RolledBack,
    /// Ended by a person. Terminal.
    Aborted,
    /// Could not be rolled back. Terminal.
    Failed,
    /// A newer deployment took over its instances. Terminal.
    Superseded,
}

impl DeploymentState {
    /// Whether it never changes again.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        match self {
            Self::Running | Self::Paused | Self::Halted | Self::RollingBack | Self::Aborting => false,
            Self::Succeeded
            | Self::PartlySucceeded
            | Self::RolledBack
            | Self::Aborted
            | Self::Failed
            | Self::Superseded => true,
        }
    }
}

/// Where a unit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum UnitState {
    /// Waits for its batch.
    Pending,
    /// Its host fetches, stages and renders.
    Preparing,
    /// All is on its host; it waits for the others of its batch and for a free slot.
    Prepared,
    /// Its host changes over. Holds a slot.
    Switching,
    /// Healthy, and watched until the bake is over. Holds no slot.
    Baking,
    /// Goes back because its bake failed. Holds a slot.
    Restoring,
    /// Cleans up after the bake.
    Retiring,
    /// As ordered. Terminal.
    Succeeded,
    /// Not as ordered; see its aftermath. Terminal for the attempt; a retry makes a new one.
    Failed,
    /// Nobody knows: the host is not heard of, or its agent stopped in the middle of an opaque step. Holds a slot.
    Unknown,
    /// Ended before anything was touched. Terminal.
    Cancelled,
    /// Left out by a person. Terminal.
    Skipped,
}

impl UnitState {
    /// Whether the unit's host has an attempt that is not at its end.
    #[must_use]
    pub fn is_in_flight(self) -> bool {
        matches!(
            self,
            Self::Preparing
                | Self::Prepared
                | Self::Switching
                | Self::Baking
                | Self::Restoring
                | Self::Retiring
                | Self::Unknown
        )
    }

    /// Whether the instance may be down because of this unit. A slot is given back only by positive evidence of health.
    #[must_use]
    pub fn holds_slot(self) -> bool {
        matches!(self, Self::Switching | Self::Restoring | Self::Unknown)
    }
}

/// What a deployment will do, complete. Immutable; a deployment's plans form a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Plan {
    /// Its identity.
    pub id: PlanId,
    /// The plan that it replaces.
    #[serde(default)]
    pub parent: Option<PlanId>,
    /// Forwards or back.
    pub direction: Direction,
    /// In order; a batch starts when the one before met its rule.
    pub batches: Vec<PlannedBatch>,
}

impl Plan {
    /// Its units, in the order in which they go.
    pub fn units(&self) -> impl Iterator<Item = &PlannedUnit> {
        self.batches.iter().flat_map(|batch| &batch.units)
    }
}

/// Forwards or back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Direction {
    /// To what the deployment asks for.
    Forward,
    /// To what was there before.
    Back,
}

/// One batch of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlannedBatch {
    /// What it is for.
    pub kind: BatchKind,
    /// Its units.
    pub units: Vec<PlannedUnit>,
}

/// What a batch is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum BatchKind {
    /// Goes first and alone.
    Canary,
    /// The rest.
    Rolling,
}

/// One unit of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlannedUnit {
    /// Its identity.
    pub unit: UnitId,
    /// The host.
    pub host: HostId,
    /// The host's name.
    pub host_name: HostName,
    /// The version before.
    pub from: Option<VersionId>,
    /// The version after.
    pub to: Option<VersionId>,
    /// Exactly what the host is told.
    pub order: UnitOrder,
}

/// So many hosts are named of what a deployment waits for; the list of its units has all.
pub const WAITING_NAMED: usize = 20;

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// What a deployment waits for, in words that a person can act on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "waits_for")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Waiting {
    /// Hosts that prepare.
    Preparing {
        /// Which, the first of them.
        hosts: Vec<HostName>,
        /// How many more there are.
        #[serde(default, skip_serializing_if = "is_zero")]
        more: u64,
    },
    /// Hosts that change over.
    Switching {
        /// Which, the first of them.
        hosts: Vec<HostName>,
        /// How many more there are.
        #[serde(default, skip_serializing_if = "is_zero")]
        more: u64,
    },
    /// A free slot.
    Slot {
        /// So many may be down.
        limit: u32,
        /// These are, or may be; the first of them.
        down: Vec<HostName>,
        /// How many more there are.
        #[serde(default, skip_serializing_if = "is_zero")]
        more: u64,
    },
    /// The end of the bake.
    Bake {
        /// The batch, from 0.
        batch: u32,
        /// When it ends.
        until: jiff::Timestamp,
    },
    /// Hosts that are not heard of.
    Unreachable {
        /// Which, the first of them.
        hosts: Vec<HostName>,
        /// How many more there are.
        #[serde(default, skip_serializing_if = "is_zero")]
        more: u64,
    },
    /// A person's word, after a failure.
    Decision {
        /// The hosts that failed, or do not get on; the first of them.
        failed: Vec<HostName>,
        /// How many more there are.
        #[serde(default, skip_serializing_if = "is_zero")]
        more: u64,
    },
    /// A person's answer whether to go on without the hosts that failed: promote, or what a decision may be.
    Answer {
        /// The hosts that failed, or do not get on; the first of them.
        failed: Vec<HostName>,
        /// How many more there are.
        #[serde(default, skip_serializing_if = "is_zero")]
        more: u64,
    },
    /// A person's word that the next batch may begin.
    Promote {
        /// The batch that may begin then, from 0.
        batch: u32,
    },
    /// The end of the pause between two batches.
    Pause {
        /// The batch that begins then, from 0.
        batch: u32,
        /// When it ends.
        until: jiff::Timestamp,
    },
    /// A person's word, after a pause.
    Resume,
    /// Approval by other persons than the one who started it.
    Approval {
        /// So many are needed.
        needed: u32,
        /// So many have approved.
        given: u32,
    },
    /// The removal of a lock.
    Lock {
        /// Where it holds.
        scope: GuardScope,
        /// What it says.
        message: String,
        /// Who locked.
        by: String,
    },
    /// The end of a freeze.
    Freeze {
        /// Its name.
        name: FreezeName,
        /// What it says.
        message: String,
        /// When it ends.
        until: jiff::Timestamp,
    },
    /// The time that it was scheduled for.
    Schedule {
        /// When it begins.
        at: jiff::Timestamp,
    },
    /// Its turn: only so many deployments go on in a business at the same time, the oldest first.
    Turn {
        /// The business.
        business: TopologyName,
        /// The environment that has the limit.
        environment: Environment,
        /// So many may go on.
        limit: u32,
        /// Those that go on, or go first; the first 20 of them.
        ahead: Vec<DeploymentId>,
    },
}

/// Why a unit is where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnitFailure {
    /// The attempt.
    pub attempt: AttemptId,
    /// The step.
    pub step: StepKind,
    /// What went wrong, where, and what to do next.
    pub message: String,
    /// What stands on the host now; unknown if nobody knows.
    pub aftermath: Option<Aftermath>,
    /// The package because of which the host did not get this one either, or went back with it: a host gets all of its packages or none. This one
    /// did not fail itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub companion: Option<PackageName>,
}

impl Action {
    /// The word used in the API and the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
            Self::Rollback => "rollback",
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Restart => "restart",
            Self::Uninstall => "uninstall",
            Self::Run => "run",
        }
    }

    /// What this action does to one instance.
    #[must_use]
    pub fn unit_action(self) -> UnitAction {
        match self {
            Self::Deploy | Self::Upgrade | Self::Downgrade | Self::Rollback => UnitAction::Install,
            Self::Start => UnitAction::Start,
            Self::Stop => UnitAction::Stop,
            Self::Restart => UnitAction::Restart,
            Self::Uninstall => UnitAction::Uninstall,
            Self::Run => UnitAction::Run,
        }
    }
}
