//! What a host is told, and what it says: the messages of the agent protocol.
//!
//! Messages are additive: a field that a newer peer adds has a default, and unknown fields are ignored. [`PROTOCOL`] rises only
//! when that is not enough.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::database::{LedgerState, Migration, PASSWORD};
use crate::digest::Digest;
use crate::ids::{AttemptId, DatabaseTargetId, DatabaseTestId, DeploymentId, HostId, SecretId, UnitId};
use crate::layout::Layout;
use crate::manifest::Manifest;
use crate::name::{HostName, PackageName};
use crate::run::ScriptResult;
use crate::step::{StepKind, StepOutcome};
use crate::version::VersionNumber;

/// The version of these messages.
pub const PROTOCOL: u32 = 1;

/// What happens to one instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum UnitAction {
    /// Puts a version in place, starts it and proves it healthy.
    Install,
    /// Starts the instance.
    Start,
    /// Stops the instance.
    Stop,
    /// Restarts the instance.
    Restart,
    /// Stops the instance and removes its files.
    Uninstall,
    /// Puts a version of a database package in place, and brings its database to that version.
    Migrate,
    /// Runs a script; no instance is touched.
    Run,
}

/// A version as a host needs to know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Release {
    /// Its number.
    pub version: VersionNumber,
    /// Its content; nothing else is ever unpacked.
    pub tree: Digest,
    /// Bytes of the files of the tree.
    pub size: u64,
    /// What it says about itself.
    pub manifest: Manifest,
    /// The digest of the values in its rendered files; none if nothing is rendered.
    #[serde(default)]
    pub rendering: Option<Digest>,
}

impl Release {
    /// Whether this is what lies on a host as `tree`, rendered as `rendering`.
    #[must_use]
    pub fn is(&self, tree: Digest, rendering: Option<Digest>) -> bool {
        self.tree == tree && self.rendering == rendering
    }

    /// Whether the two look the same on a host.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.is(other.tree, other.rendering)
    }
}

/// A secret as an order names it. Only the vault knows what it says; a version of it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecretVersion {
    /// Which.
    pub secret: SecretId,
    /// Its version, from 1.
    pub version: u32,
}

/// How values are encrypted for an application before they stand in its files. The server encrypts them; a host never has them in clear.
/// Each encryption looks different, so what is rendered is known by this, and not by the texts that come of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Envelope {
    /// The application's public key, as the variable has it.
    pub public_key: String,
    /// The private key that signs what is encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_key: Option<SecretVersion>,
    /// Where those values are that are secrets, by name; the others are among the variables of the order.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, SecretVersion>,
    /// Variables whose values are encrypted and signed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub encrypted: BTreeSet<String>,
    /// Variables whose values are encrypted alone.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub single_encrypted: BTreeSet<String>,
}

/// One instance and what shall become of it. Complete: the host decides nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnitOrder {
    /// What happens.
    pub action: UnitAction,
    /// The package.
    pub package: PackageName,
    /// Absolute directory under which the versions lie.
    pub install_root: String,
    /// How they lie.
    pub layout: Layout,
    /// The version that the plan found on the host; the order is refused when another is there.
    pub from: Option<Release>,
    /// The version that shall be there afterwards.
    pub to: Option<Release>,
    /// Values for the variables of the files to render, of URLs and of the environment.
    pub variables: BTreeMap<String, String>,
    /// Where the values of secret variables are; a host asks for them when it renders, and writes them nowhere else.
    #[serde(default)]
    pub secrets: BTreeMap<String, SecretVersion>,
    /// How values are encrypted before they stand in files; none if nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envelope: Option<Envelope>,
    /// The digest of the values that the order brings; the version after is rendered with these unless it is on the host as it was before.
    #[serde(default)]
    pub values: Option<Digest>,
    /// What is done to a database; for [`UnitAction::Migrate`] on a host that does it in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migration: Option<Migration>,
    /// What is done to databases, one after the other; on a host that does it in several. `migration` is absent then, so that an agent that knows
    /// of one only does nothing, instead of a part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub migrations: Vec<Migration>,
    /// Seconds that a command may take that does not say so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_timeout_seconds: Option<u32>,
    /// Directories with data that go with an instance that is removed, relative to the install root. All others stay.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove_data: Vec<String>,
}

/// What differs between orders of equal change: the values of each host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Particulars {
    /// [`UnitOrder::variables`].
    pub variables: BTreeMap<String, String>,
    /// [`UnitOrder::secrets`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, SecretVersion>,
    /// [`UnitOrder::envelope`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envelope: Option<Envelope>,
    /// [`UnitOrder::values`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Digest>,
    /// The rendering of the version before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_rendering: Option<Digest>,
    /// The rendering of the version after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_rendering: Option<Digest>,
    /// [`UnitOrder::migration`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migration: Option<Migration>,
    /// [`UnitOrder::migrations`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub migrations: Vec<Migration>,
}

impl Particulars {
    /// What is done to a database, by its target.
    #[must_use]
    pub fn migration_of(&self, target: DatabaseTargetId) -> Option<&Migration> {
        self.migration.iter().chain(&self.migrations).find(|migration| migration.target == target)
    }
}

impl UnitOrder {
    /// What is done to databases, in order.
    pub fn each_migration(&self) -> impl Iterator<Item = &Migration> {
        self.migration.iter().chain(&self.migrations)
    }

    /// The order with these migrations, in this order.
    #[must_use]
    pub fn migrating(self, mut migrations: Vec<Migration>) -> Self {
        let only = if migrations.len() == 1 { migrations.pop() } else { None };
        Self { migration: only, migrations, ..self }
    }

    /// The name under which the password for a migration is among the secrets.
    #[must_use]
    pub fn password_name(&self, migration: &Migration) -> String {
        if self.migration.is_some() { PASSWORD.to_owned() } else { format!("{PASSWORD}.{}", migration.target) }
    }

    /// What is this host's own.
    #[must_use]
    pub fn particulars(&self) -> Particulars {
        let rendering = |release: &Option<Release>| release.as_ref().and_then(|release| release.rendering);
        Particulars {
            variables: self.variables.clone(),
            secrets: self.secrets.clone(),
            envelope: self.envelope.clone(),
            values: self.values,
            from_rendering: rendering(&self.from),
            to_rendering: rendering(&self.to),
            migration: self.migration.clone(),
            migrations: self.migrations.clone(),
        }
    }

    /// The order with these particulars in place of its own.
    #[must_use]
    pub fn with(&self, own: Particulars) -> Self {
        let rendered = |release: &Option<Release>, rendering| {
            release.as_ref().map(|release| Release { rendering, ..release.clone() })
        };
        Self {
            from: rendered(&self.from, own.from_rendering),
            to: rendered(&self.to, own.to_rendering),
            variables: own.variables,
            secrets: own.secrets,
            envelope: own.envelope,
            values: own.values,
            migration: own.migration,
            migrations: own.migrations,
            ..self.clone()
        }
    }
}

/// How far an attempt may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Grant {
    /// Fetch, stage and render; touch nothing that runs.
    Prepare,
    /// Go on to the new version and prove it healthy.
    Switch,
    /// The bake is over: clean up and end.
    Retire,
    /// The bake failed: go back to the old version.
    Restore,
    /// End; if nothing was switched yet, leave the host as it is.
    Cancel,
}

/// One attempt that a host shall make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttemptOrder {
    /// The attempt.
    pub attempt: AttemptId,
    /// Which try at the unit it is, from 1.
    pub epoch: u32,
    /// For people who look at the journal.
    pub deployment: DeploymentId,
    /// For people who look at the journal.
    pub unit: UnitId,
    /// How far it may go now.
    pub grant: Grant,
    /// What it does; never changes in an attempt.
    pub order: UnitOrder,
    /// Seconds from acceptance after which no further step is begun before the switch, and the attempt fails.
    pub timeout_seconds: u32,
}

/// Everything that a host shall do, whole. A host keeps the highest generation on disk and refuses lower ones, and the same
/// one with other content.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Assignment {
    /// Rises with every change.
    pub generation: u64,
    /// The open attempts.
    pub attempts: Vec<AttemptOrder>,
}

/// What an agent says when it joins. Sent over TLS without a client certificate, with a one-time token.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JoinRequest {
    /// The secret part of the token.
    pub token: String,
    /// PEM of a PKCS#10 request; only its public key is used.
    pub certificate_request: String,
    /// What the machine is.
    pub facts: HostFacts,
    /// The agent's version.
    pub agent_version: String,
}

/// The identity that an agent gets.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JoinReply {
    /// The host.
    pub host: HostId,
    /// Its name.
    pub name: HostName,
    /// How many times this host has joined; certificates of earlier times are refused.
    pub incarnation: u32,
    /// PEM of the client certificate, good for 24 hours.
    pub certificate: String,
    /// PEM of the certificate authority.
    pub authority: String,
}

/// A new key asks for a new certificate, over the old one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RenewRequest {
    /// PEM of a PKCS#10 request; only its public key is used.
    pub certificate_request: String,
}

/// The new certificate.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RenewReply {
    /// PEM of the client certificate, good for 24 hours.
    pub certificate: String,
    /// PEM of the certificate authority.
    pub authority: String,
}

/// What a machine is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HostFacts {
    /// The address by which it reaches the server.
    pub address: String,
    /// `Debian GNU/Linux 12`.
    pub os: String,
    /// `x86_64`.
    pub arch: String,
    /// `6.1.0-18-amd64`.
    pub kernel: String,
    /// Logical processors.
    pub cpus: u32,
    /// Bytes of memory.
    pub memory: u64,
    /// Bytes free for installation.
    pub disk_free: u64,
    /// Bytes free in the file systems of install roots: by the root of each instance, and by `/data/app` for what is not there yet.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub room: BTreeMap<String, u64>,
    /// The agent's version.
    pub agent_version: String,
}

/// Reports up, assignment down. The server holds the request until there is something new, or `wait_seconds` have passed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncRequest {
    /// [`PROTOCOL`] of the agent.
    pub protocol: u32,
    /// The highest generation that it has accepted.
    pub generation: u64,
    /// What happened since the last acknowledged report, oldest first.
    #[serde(default)]
    pub reports: Vec<Report>,
    /// Every instance on the host, when it has changed since the last sync that was answered.
    #[serde(default)]
    pub instances: Option<Vec<InstanceReport>>,
    /// What the machine is, when it has changed.
    #[serde(default)]
    pub facts: Option<HostFacts>,
    /// How long the server may hold the request, at most 55.
    pub wait_seconds: u32,
}

/// The server's answer to a sync.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncReply {
    /// [`PROTOCOL`] of the server.
    pub protocol: u32,
    /// The whole assignment, if its generation is higher than the agent's.
    #[serde(default)]
    pub assignment: Option<Assignment>,
    /// Whether the server wants the inventory and facts with the next sync, whatever they are.
    #[serde(default)]
    pub wants_inventory: bool,
    /// Tests of database targets that wait for the answer of this host. They come along with an assignment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub database_tests: Vec<DatabaseTestId>,
}

/// Something that happened in an attempt. Sent at least once; (attempt, epoch, sequence) make it idempotent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Report {
    /// The attempt.
    pub attempt: AttemptId,
    /// Its epoch.
    pub epoch: u32,
    /// From 1, without gaps, in each attempt.
    pub sequence: u32,
    /// When it happened, by the host's clock.
    pub at: jiff::Timestamp,
    /// What.
    pub event: ReportEvent,
}

/// What happened in an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ReportEvent {
    /// The attempt is in the journal.
    Accepted,
    /// A step begins.
    StepStarted {
        /// Its place among the steps that this attempt has run, from 0.
        index: u32,
        /// What it does.
        step: StepKind,
    },
    /// A step has ended.
    StepFinished {
        /// Its place.
        index: u32,
        /// What it did.
        step: StepKind,
        /// How it ended.
        outcome: StepOutcome,
        /// How long it took.
        millis: u64,
    },
    /// What the ledger of a database of the order says.
    Ledger {
        /// What it says.
        ledger: LedgerState,
        /// Which database; absent from agents that know of one only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<DatabaseTargetId>,
    },
    /// A script has ended, or could not be begun; comes before the end of its step.
    Ran {
        /// The place of the step.
        index: u32,
        /// How it ended.
        result: ScriptResult,
    },
    /// Everything is on the host; it waits for the grant to switch.
    Prepared {
        /// Bytes that came over the network.
        fetched_bytes: u64,
    },
    /// The new version is healthy; it waits for the end of the bake.
    Validated,
    /// The attempt has ended.
    Finished {
        /// How.
        result: AttemptResult,
    },
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "result")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AttemptResult {
    /// The instance is as the order says.
    Succeeded,
    /// It is not.
    Failed {
        /// The step that failed.
        step: StepKind,
        /// What went wrong, where, and what to do next.
        message: String,
        /// What stands on the host now.
        aftermath: Aftermath,
    },
    /// The agent stopped in the middle of an opaque step and cannot know.
    Unknown {
        /// The step.
        step: StepKind,
        /// What is known.
        evidence: String,
    },
    /// It was cancelled before anything was touched.
    Cancelled,
}

/// What a failed attempt leaves on the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Aftermath {
    /// Nothing was touched.
    Untouched,
    /// The old version was put back and is healthy.
    Restored,
    /// The old version could not be put back, or is not healthy.
    Broken,
    /// There was no old version; nothing is installed.
    Removed,
    /// A script ran, and what it did stays; no instance was touched.
    Ran,
}

/// One instance as the host sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstanceReport {
    /// The package.
    pub package: PackageName,
    /// The current version.
    pub version: VersionNumber,
    /// Its content.
    pub tree: Digest,
    /// Where it lies.
    pub install_root: String,
    /// Whether it is meant to run.
    pub state: InstanceState,
    /// Whether it does what it should.
    pub health: Health,
    /// Why it is not healthy.
    #[serde(default)]
    pub reason: Option<String>,
    /// The version to which it can be put back without download.
    #[serde(default)]
    pub previous: Option<VersionNumber>,
    /// The digest of the values in its rendered files.
    #[serde(default)]
    pub rendering: Option<Digest>,
    /// The same of the version before.
    #[serde(default)]
    pub previous_rendering: Option<Digest>,
    /// How many files of the current version differ from what was deployed: changed, missing, or of other permissions. What was added, such as
    /// logs, does not count. None as long as the host has not looked.
    #[serde(default)]
    pub drift: Option<u64>,
}

/// The secrets that an attempt may have, by the name of the variable. They are for the host's memory and its rendered files.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttemptSecrets {
    /// The values.
    pub values: BTreeMap<String, String>,
    /// Values of the order's envelope, encrypted for the application and signed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub encrypted: BTreeMap<String, String>,
    /// Values of the order's envelope, encrypted for the application.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub single_encrypted: BTreeMap<String, String>,
}

impl std::fmt::Debug for AttemptSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AttemptSecrets").field("names", &self.values.keys()).finish_non_exhaustive()
    }
}

/// Whether an instance is meant to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum InstanceState {
    /// Started.
    Running,
    /// Stopped by an order.
    Stopped,
}

/// Whether an instance does what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Health {
    /// Every check holds.
    Healthy,
    /// A check does not hold.
    Unhealthy,
    /// It has no checks, or they have not been made yet.
    Unknown,
}
