//! What a plan tells beyond its batches: what to know before applying it, its hosts page by page, and how files differ.
//!
//! Nothing here grows with the fleet: lists of hosts hold the first [`NAMED_HOSTS`], beside how many there are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::api::deployments::Change;
use crate::api::exclusions::ExclusionCause;
use crate::api::unresolved::{UnresolvedInFile, UnresolvedVariable};
use crate::deployment::DataFate;
use crate::name::HostName;

/// So many hosts of a class, a batch or a caution are named in a preview; all of them come in pages.
pub const NAMED_HOSTS: usize = 200;

/// What a person should know before applying a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Caution {
    /// Which.
    pub code: CautionCode,
    /// In words.
    pub text: String,
    /// What the words name beside hosts, for clients that have words of their own for the code: `from`, `to`, `limit`, `module`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
    /// The hosts that it is about, the first of them.
    #[serde(default)]
    pub hosts: Vec<HostName>,
    /// How many these are.
    #[serde(default)]
    pub host_count: u64,
    /// What follows from it.
    #[serde(default)]
    pub effect: CautionEffect,
    /// The use that comes to nothing, for `unresolved_variable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unresolved: Option<UnresolvedVariable>,
}

/// What follows from a caution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CautionEffect {
    /// Whoever applies the plan should know it.
    #[default]
    Advises,
    /// The plan cannot be applied.
    Blocks,
}

/// What there is to know. Codes are never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CautionCode {
    /// No host would change.
    NothingToDo,
    /// Hosts get an older version than they have, and that was not what was asked for.
    Downgrade,
    /// Instances are not healthy before anything is done.
    Unhealthy,
    /// Neither a health check nor a validate command says whether the new version works.
    Unproven,
    /// Hosts run a version that the registry does not know.
    VersionUnknown,
    /// The package is not bound to a module; applying the plan binds it.
    NotBound,
    /// Files on hosts differ from what was deployed.
    Drift,
    /// Directories with data are removed.
    DataRemoved,
    /// Danger rules find something in the script.
    Danger,
    /// A variable that is rendered has no value; it blocks the plan.
    UnresolvedVariable,
}

impl Caution {
    /// One that is about no host in particular.
    #[must_use]
    pub fn new(code: CautionCode, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
            params: BTreeMap::new(),
            hosts: Vec::new(),
            host_count: 0,
            effect: CautionEffect::Advises,
            unresolved: None,
        }
    }

    /// The same about these hosts.
    #[must_use]
    pub fn about(mut self, hosts: &[HostName]) -> Self {
        self.hosts = hosts.iter().take(NAMED_HOSTS).cloned().collect();
        self.host_count = hosts.len() as u64;
        self
    }

    /// The same with something that its words name.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "numbers and names are said as they are")]
    pub fn param(mut self, name: &str, value: impl ToString) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }
}

/// What the users of an instance notice of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Interruption {
    /// What happens to what runs.
    pub kind: InterruptionKind,
    /// Why.
    pub cause: InterruptionCause,
}

/// What happens to what runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum InterruptionKind {
    /// Nothing ran; it is started.
    Start,
    /// It is stopped and started again.
    Restart,
    /// It is stopped.
    Stop,
}

/// Why something is started, restarted or stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum InterruptionCause {
    /// Another version takes its place.
    Version,
    /// Its rendered files get other values.
    Values,
    /// It is asked for.
    Order,
    /// Version and values stay; it does not run as it should.
    Repair,
}

/// What each host of a class gets over the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FetchSize {
    /// Bytes.
    pub bytes: u64,
    /// How far they can be relied on.
    pub certainty: FetchCertainty,
}

/// How far the size of a transfer can be relied on. It is looked up for a class, never computed for a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FetchCertainty {
    /// The transfer has been made before.
    Known,
    /// It has not: an estimate, the bytes of the files that differ before they are compressed.
    Estimate,
}

/// Room on the disks of a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DiskRoom {
    /// Bytes that each host must have free.
    pub needed: u64,
    /// The least that one of them has free, as far as hosts have said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_free: Option<u64>,
    /// The host that has the least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tightest: Option<HostName>,
}

/// What becomes of the directories in which the instances of a class keep data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DataPlan {
    /// What becomes of them.
    pub fate: DataFate,
    /// Their absolute paths.
    pub directories: Vec<String>,
}

/// A host of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanHost {
    /// Which.
    pub host: HostName,
    /// Why it can't be chosen, for hosts that are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The same by code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<ExclusionCause>,
    /// Bytes free where the package lies, or would, as the host last said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_free: Option<u64>,
}

/// How one file on a host differs before and after a plan. Rendered files are shown as rendered there, with secrets masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanFileDiff {
    /// Relative to the top of the package.
    pub path: String,
    /// How it changes.
    pub change: Change,
    /// Whether its variables are replaced.
    pub is_rendered: bool,
    /// Bytes before, in the package; none if it is not there, or no file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_size: Option<u64>,
    /// Bytes after, in the package; none if it is not there, or no file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_size: Option<u64>,
    /// What differs.
    pub content: DiffContent,
}

/// What differs in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DiffContent {
    /// Lines.
    Text {
        /// As `diff -u` says it, without the names of the files.
        diff: String,
        /// Whether there is more than is shown.
        is_cut: bool,
    },
    /// No line: only its permissions.
    Same,
    /// It is no text.
    Binary,
    /// It is too long to be compared line by line.
    TooLong,
    /// It cannot be rendered on this host: what its variables come to is not known.
    Unresolved {
        /// The uses that have no value, the first 100.
        uses: Vec<UnresolvedInFile>,
    },
}
