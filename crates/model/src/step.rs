//! The steps of a unit: what a host does, in order, to bring one instance from one version to another.

use serde::{Deserialize, Serialize};

use crate::manifest::Command;

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum StepKind {
    /// Looks whether the host is as the plan expects, and has room.
    Preflight,
    /// Brings the content to the host, as a delta or in full, into a staging directory, verified.
    Fetch,
    /// Makes the staged directory durable and puts it in its place beside the current version.
    Stage,
    /// Replaces variables in the files that the package names.
    Render,
    /// Brings SQL scripts to the host, and looks whether its database is as the plan expects.
    Scripts,
    /// Runs the scripts in the database.
    Migrate,
    /// Runs the command before the stop, of the old version.
    PreStop,
    /// Stops the old version.
    Stop,
    /// Runs the command of a config package before its files are written.
    Pre,
    /// Makes the new version the current one.
    Switch,
    /// Runs the command after a first installation.
    Install,
    /// Runs the command after an update.
    Update,
    /// Starts the instance.
    Start,
    /// Runs the command after the start.
    PostStart,
    /// Runs the restart command.
    Restart,
    /// Looks whether the instance is healthy.
    Validate,
    /// Runs the command of a config package after its files were written and found valid.
    Post,
    /// Removes versions that are no longer kept.
    Retire,
    /// Runs the uninstall command.
    Uninstall,
    /// Removes the files of the instance.
    Remove,
    /// Runs the script of a script package.
    Run,
    /// Runs the new version's command for a failure.
    OnFailure,
    /// Stops the new version, whatever has become of it.
    StopFailed,
    /// Makes the old version the current one again, or takes the files of a first config package away.
    SwitchBack,
    /// Starts the old version again.
    StartPrevious,
    /// Looks whether the old version is healthy again.
    ValidatePrevious,
    /// Runs the command behind the files of a config package after those before were put back: that of the old version, or of the new one if
    /// there was none.
    PostPrevious,
    /// Runs the old version's command after a roll-back.
    OnRollback,
}

/// Whether a step may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Nature {
    /// May be repeated; after a crash it is probed and finished.
    Convergent,
    /// Runs at most once in an attempt; after a crash in it the attempt is unknown.
    Opaque,
}

/// When a step may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Phase {
    /// Nothing that runs is touched.
    Prepare,
    /// From the command before the stop to the proof of health; once begun it is brought to an end, forwards or back.
    Switch,
    /// After the bake.
    Retire,
    /// The way back, after a failure.
    Restore,
}

/// One step of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Step {
    /// What it does.
    pub kind: StepKind,
    /// When it may run.
    pub phase: Phase,
    /// Whether it may be repeated.
    pub nature: Nature,
    /// The command, for steps that run one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Command>,
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "result")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum StepOutcome {
    /// Done.
    Done {
        /// What was done, in a line: "delta of 1.4 MB", "exit code 0".
        note: String,
    },
    /// Failed, and what to do.
    Failed {
        /// What went wrong, where, and what to do next.
        message: String,
    },
    /// The agent stopped in the middle of it and cannot know.
    Unknown {
        /// What is known.
        evidence: String,
    },
}
