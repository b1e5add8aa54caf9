//! Runners: commands that outlive the agent that started them.
//!
//! The agent starts its own binary once more as a *runner*, the leader of a session of its own, which runs one command, keeps
//! its output and writes down how it ended. An agent that is killed and started again finds the runner by its folder.
//!
//! ```text
//! runs/ATTEMPT-INDEX/       0700
//!   spec.json               what to run; written by the agent
//!   claim                   who runs it: pid, start; made by the runner before it runs anything, and locked while it lives
//!   output                  what the command wrote: its beginning, and at its end the end of it
//!   stop                    there once the command is to be stopped; written by the agent
//!   result.json             how it ended
//! ```
//!
//! # What must hold
//! - A command runs at most once: whoever makes `claim` first has it, and `claim` is on disk before the command begins. An
//!   agent that finds no `claim` makes it itself before it concludes that nothing has run; a runner that comes later ends.
//! - `result.json` is on disk before anybody is told of it.
//! - A locked `claim` is a living runner; no process number, which may have been given to another process, is trusted for that.
//! - The command has a process group of its own. When its time is over the whole group is killed; else what it has left behind,
//!   such as the application that it started, lives on, and can go on writing: the runner stays to swallow that.
//! - Secrets come through a pipe, and are in no file of a job: not in what is to run, and masked in what the command wrote. A runner
//!   that does not get all of them makes no claim.

mod capture;
mod job;
mod mask;
mod run;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use job::{Attached, Ended, Job, JobError};
pub use run::run;

const SPEC: &str = "spec.json";
const CLAIM: &str = "claim";
const OUTPUT: &str = "output";
const RESULT: &str = "result.json";
const STOP: &str = "stop";

/// What a runner runs. No shell is involved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// The program, absolute.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Where it runs.
    pub directory: PathBuf,
    /// Its whole environment.
    pub env: BTreeMap<String, String>,
    /// As whom; as the agent if not said.
    pub user: Option<RunAs>,
    /// Seconds until it is killed.
    pub timeout_seconds: u32,
    /// Whether there is more for its environment than may lie on a disk.
    #[serde(default)]
    pub secrets: Secrets,
    /// Whether it may be stopped in its middle.
    #[serde(default)]
    pub stop: Stop,
}

/// Where a runner gets secrets for the environment of its command.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Secrets {
    /// It needs none.
    #[default]
    None,
    /// From its standard input, as a JSON object of texts. They are masked in the output.
    Input,
}

/// Whether a command may be stopped in its middle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// It is brought to its end.
    #[default]
    Never,
    /// Its group is asked to end, and killed after so many seconds.
    After {
        /// The grace.
        seconds: u32,
    },
}

/// The user and group of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunAs {
    /// The user's number.
    pub uid: u32,
    /// The number of the user's group.
    pub gid: u32,
}

/// Who has a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The process.
    pub pid: u32,
    /// When it began.
    pub at: jiff::Timestamp,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// By itself or not.
    pub exit: Exit,
    /// How long it took.
    pub millis: u64,
}

/// The way in which a command ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "exit")]
pub enum Exit {
    /// By itself.
    Code {
        /// What it returned.
        code: i32,
    },
    /// By a signal.
    Signal {
        /// Its number.
        signal: i32,
    },
    /// It was killed because its time was over.
    TimedOut {
        /// The seconds that it had.
        seconds: u32,
    },
    /// It was stopped because a person wanted that.
    Stopped,
    /// It could not be started, so nothing has happened.
    NotStarted {
        /// Why.
        reason: String,
    },
}

impl Exit {
    /// Whether the command did what it should.
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Code { code: 0 })
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code { code } => write!(f, "exit code {code}"),
            Self::Signal { signal } => write!(f, "killed by signal {signal}"),
            Self::TimedOut { seconds } => write!(f, "killed because it took longer than its {seconds} seconds"),
            Self::Stopped => write!(f, "stopped by a person"),
            Self::NotStarted { reason } => write!(f, "could not be started: {reason}"),
        }
    }
}
