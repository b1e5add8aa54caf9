//! Plans, deployments, their units and steps.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::guard_rails::Guarded;
use crate::api::config_targets::PlannedConfigFile;
use crate::api::database_targets::PlannedMigration;
use crate::api::exclusions::ExclusionCause;
use crate::api::plans::{Caution, DataPlan, DiskRoom, FetchSize, Interruption};
use crate::api::unresolved::UnresolvedInFile;
use crate::deployment::{
    Action, BatchKind, DeploymentSpec, DeploymentState, Direction, UnitFailure, UnitState, Waiting,
};
use crate::ids::{AttemptId, DeploymentId, HostId, PlanId, UnitId};
use crate::name::{HostName, PackageName, UserName};
use crate::order::UnitAction;
use crate::part::SpecPart;
use crate::step::{Step, StepKind, StepOutcome};
use crate::strategy::Strategy;
use crate::topology::ModulePath;
use crate::version::VersionNumber;

/// Asks for a deployment: either a spec, which is planned and applied at once, or a plan that was made before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(clippy::large_enum_variant, reason = "one of them lives for as long as one request")]
pub enum CreateDeployment {
    /// Plans and applies.
    Spec(DeploymentSpec),
    /// Applies this plan; refused if anything it rests on has moved.
    Plan(PlanId),
}

/// What a deployment would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanPreview {
    /// To apply it.
    pub id: PlanId,
    /// What was asked for.
    pub spec: DeploymentSpec,
    /// Who will be in which batch.
    pub batches: Vec<PreviewBatch>,
    /// Hosts of equal change together.
    pub changes: Vec<HostChange>,
    /// Hosts at which nothing would change.
    pub unchanged: Vec<HostName>,
    /// Targets that cannot be chosen, and why.
    pub excluded: Vec<ExcludedHost>,
    /// What a person should know before applying, in words.
    pub warnings: Vec<String>,
    /// The same by code, for clients that have words of their own.
    #[serde(default)]
    pub cautions: Vec<Caution>,
    /// How many classes of equal change there are; `changes` holds the first 100.
    #[serde(default)]
    pub change_count: u64,
    /// How many hosts stay as they are; `unchanged` names the first of them.
    #[serde(default)]
    pub unchanged_count: u64,
    /// How many targets cannot be chosen; `excluded` names the first of them.
    #[serde(default)]
    pub excluded_count: u64,
    /// Modules that a package of the plan is not bound to: whoever applies the plan has to want that it binds it to these.
    #[serde(default)]
    pub binds: Vec<ModulePath>,
    /// The same, package by package.
    #[serde(default)]
    pub bindings: Vec<PlannedBinding>,
    /// When it was made.
    pub created_at: jiff::Timestamp,
}

/// A package, and a module that applying a plan binds it to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlannedBinding {
    /// The package.
    pub package: PackageName,
    /// The module.
    pub module: ModulePath,
}

/// One batch of a preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PreviewBatch {
    /// What it is for.
    pub kind: BatchKind,
    /// Its hosts, the first of them.
    pub hosts: Vec<HostName>,
    /// How many it has.
    #[serde(default)]
    pub host_count: u64,
}

/// A target that cannot be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExcludedHost {
    /// Which.
    pub host: HostName,
    /// Why, and what to do.
    pub reason: String,
    /// The same by code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<ExclusionCause>,
}

/// What changes on some hosts alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HostChange {
    /// The hosts, the first 200 of them; `GET /plans/{id}/hosts?change=` has all.
    pub hosts: Vec<HostName>,
    /// How many there are.
    #[serde(default)]
    pub host_count: u64,
    /// The package that changes.
    #[serde(default)]
    pub package: Option<PackageName>,
    /// What happens.
    pub action: UnitAction,
    /// The version before.
    pub from: Option<VersionNumber>,
    /// The version after.
    pub to: Option<VersionNumber>,
    /// How many files are new, changed and gone.
    pub files: FileCounts,
    /// The first 200 of them.
    pub paths: Vec<PathChange>,
    /// Files whose variables are replaced.
    #[serde(default)]
    pub rendered: Vec<String>,
    /// Of a config package: its files, and where they go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub config: Vec<PlannedConfigFile>,
    /// Whether rendered files get other values than they have.
    #[serde(default)]
    pub changes_values: bool,
    /// What is done to databases, each by one of the hosts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub migrations: Vec<PlannedMigration>,
    /// Bytes that each host needs for it on its disk.
    pub disk_bytes: u64,
    /// Room on the disks, if something is put there.
    #[serde(default)]
    pub room: Option<DiskRoom>,
    /// What each host gets over the network, if anything.
    #[serde(default)]
    pub fetch: Option<FetchSize>,
    /// Where the instances lie.
    #[serde(default)]
    pub install_root: String,
    /// Whether what runs is started, restarted or stopped, and why.
    #[serde(default)]
    pub interruption: Option<Interruption>,
    /// What becomes of data, where instances are removed that keep some.
    #[serde(default)]
    pub data: Option<DataPlan>,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// How many files change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileCounts {
    /// New.
    pub added: u64,
    /// Other content, mode or kind.
    pub changed: u64,
    /// Gone.
    pub removed: u64,
}

/// One path that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PathChange {
    /// Relative to the top of the package.
    pub path: String,
    /// How.
    pub change: Change,
}

/// How a path changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Change {
    /// New.
    Added,
    /// Other content, mode or kind.
    Changed,
    /// Gone.
    Removed,
}

/// A deployment in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeploymentSummary {
    /// Its identity.
    pub id: DeploymentId,
    /// What it does.
    pub action: Action,
    /// The package.
    pub package: PackageName,
    /// The version that was asked for.
    pub version: Option<VersionNumber>,
    /// The further packages that it brings together with the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<SpecPart>,
    /// Where it stands.
    pub state: DeploymentState,
    /// Forwards or back.
    pub direction: Direction,
    /// How many units of the current plan are in each state.
    pub units: BTreeMap<String, u64>,
    /// All units of the current plan.
    pub total: u64,
    /// Who started it.
    pub creator: UserName,
    /// When it started.
    pub created_at: jiff::Timestamp,
    /// When it ended.
    pub ended_at: Option<jiff::Timestamp>,
}

/// Everything about a deployment but its units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeploymentDetail {
    /// As in lists.
    pub summary: DeploymentSummary,
    /// What was asked for.
    pub spec: DeploymentSpec,
    /// How it proceeds by now: as was asked for, until somebody changes its batches.
    #[serde(default)]
    pub strategy: Strategy,
    /// The plan that is current.
    pub plan: PlanId,
    /// Rises with every change; events carry it.
    pub revision: u64,
    /// What it waits for.
    pub waiting: Vec<Waiting>,
    /// The batches of the current plan.
    pub batches: Vec<BatchSummary>,
    /// Why it goes back: units of earlier plans that failed or are unknown, at most 20.
    #[serde(default)]
    pub causes: Vec<Unit>,
    /// What people said to it, and what was decided about its beginning.
    #[serde(default)]
    pub guarded: Guarded,
}

/// A batch of a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BatchSummary {
    /// From 0.
    pub number: u32,
    /// What it is for.
    pub kind: BatchKind,
    /// How many units are in each state.
    pub units: BTreeMap<String, u64>,
}

/// One unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unit {
    /// Its identity.
    pub id: UnitId,
    /// The host.
    pub host: HostId,
    /// Its name.
    pub host_name: HostName,
    /// Its package.
    #[serde(default)]
    pub package: Option<PackageName>,
    /// The batch, from 0.
    pub batch: u32,
    /// Where it stands.
    pub state: UnitState,
    /// The version before.
    pub from: Option<VersionNumber>,
    /// The version after.
    pub to: Option<VersionNumber>,
    /// The step that runs, or ran last.
    pub step: Option<StepKind>,
    /// Why it failed or is unknown.
    pub failure: Option<UnitFailure>,
    /// The last attempt.
    pub attempt: Option<AttemptId>,
    /// How many attempts were made.
    pub attempts: u32,
    /// Bytes that came over the network.
    pub fetched_bytes: Option<u64>,
    /// When it last changed.
    pub updated_at: jiff::Timestamp,
}

/// One unit with the steps of its attempts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnitDetail {
    /// As in lists.
    pub unit: Unit,
    /// Newest first.
    pub attempts: Vec<Attempt>,
}

/// One try at a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attempt {
    /// Its identity.
    pub id: AttemptId,
    /// Which try, from 1.
    pub epoch: u32,
    /// In the order in which they ran.
    pub steps: Vec<StepRecord>,
    /// When it was admitted.
    pub created_at: jiff::Timestamp,
    /// When it ended.
    pub ended_at: Option<jiff::Timestamp>,
}

/// A step that ran or runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepRecord {
    /// Its place, from 0.
    pub index: u32,
    /// What it does.
    pub kind: StepKind,
    /// When it began, by the host's clock.
    pub started_at: jiff::Timestamp,
    /// How it ended; absent while it runs.
    pub outcome: Option<StepOutcome>,
    /// How long it took.
    pub millis: Option<u64>,
    /// Bytes of output that are kept.
    pub output_bytes: u64,
}

/// One event of `GET /api/v1/deployments/{id}/events`. The stream begins with the current state and carries, from then on,
/// what changes; `Last-Event-ID` is a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DeploymentEvent {
    /// The deployment itself.
    Deployment {
        /// As it is now.
        deployment: Box<DeploymentDetail>,
    },
    /// Units that changed.
    Units {
        /// As they are now.
        units: Vec<Unit>,
    },
}

/// How to go on with a deployment after failures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Retry {
    /// Only these hosts; all that failed, were cancelled or are unknown if empty.
    pub hosts: Vec<HostName>,
    /// Also if nobody knows how the last attempt of one of `hosts` stands, or its host has another version by now than the plan found: the
    /// attempt is superseded, and the host is planned anew. Needs `hosts`.
    pub force: bool,
}

/// Which hosts a deployment leaves out after failures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Skip {
    /// These, of those that failed, were cancelled or are unknown, or have not begun. What was cancelled because of them goes along if no other failed.
    pub hosts: Vec<HostName>,
}

/// A rendered file on a host, before and after a plan. Secrets are masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RenderedFile {
    /// The host.
    pub host: HostName,
    /// The file, relative to the top of the package.
    pub path: String,
    /// Where it goes on the host, if it is a file of a config package.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<String>,
    /// What is in it; none if it is not there.
    #[serde(default)]
    pub before: Option<String>,
    /// What will be in it; none if it will not be there, or if `unresolved` says why it cannot be told.
    #[serde(default)]
    pub after: Option<String>,
    /// Uses of variables in it that have no value, the first 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unresolved: Vec<UnresolvedInFile>,
}
