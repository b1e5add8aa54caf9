//! Doing the steps: each is one function that brings about what its name says, however much of it was done before.
//!
//! # What must hold
//! - A convergent step can be repeated from the beginning at any point where it was cut off.
//! - A command runs through a [runner](crate::runner) and at most once in an attempt.
//! - No step decides what comes next; that is [`core`](crate::core).

mod command;
mod fetch;
mod lay;
mod migrate;
mod preflight;
mod render;
mod retire;
mod script;
mod stage;
mod switch;
mod transfer;
mod validate;

use std::collections::BTreeSet;
use std::path::PathBuf;

use packhorse_client::agent_api::{AgentApi, AgentApiError};
use packhorse_content::delta::DeltaError;
use packhorse_content::stage::StageError;
use packhorse_content::transfer::FullError;
use packhorse_model::database::LedgerState;
use packhorse_model::ids::{AttemptId, DatabaseTargetId};
use packhorse_model::order::{Release, UnitAction, UnitOrder};
use packhorse_model::run::ScriptResult;
use packhorse_model::step::{StepKind, StepOutcome};
use packhorse_planner::host::{Arrangement, HostPlan, HostStep, Installed, Place, RenderError, steps};
use tokio::sync::watch;

pub(crate) use command::{basic_environment, program};
pub(crate) use script::clear as clear_script;

use crate::clock::Clock;
use crate::core::{Attempt, How};
use crate::install::{Site, SiteError};
use crate::output::Courier;
use crate::paths::Paths;
use crate::runner::JobError;
use crate::users::UserError;

/// The largest file in which variables are replaced.
pub const LARGEST_RENDERED: u64 = 16 << 20;
/// The largest file that replacing them may make.
pub const LARGEST_MADE: u64 = 64 << 20;

/// What all steps need of their surroundings.
#[derive(Debug, Clone)]
pub struct Host {
    /// Where things lie.
    pub paths: Paths,
    /// The time.
    pub clock: Clock,
    /// The program that runs as a runner.
    pub program: PathBuf,
    /// The way to the server; a new one after each renewal of the certificate.
    pub api: watch::Receiver<AgentApi>,
    /// Who brings output to the server.
    pub courier: Courier,
    /// The attempts whose script a person wants to be stopped.
    pub stops: watch::Receiver<BTreeSet<AttemptId>>,
}

/// One step of one attempt.
#[derive(Debug, Clone)]
pub struct Task {
    /// The attempt, as it stands.
    pub attempt: Attempt,
    /// The place of the step in it.
    pub index: u32,
    /// The step.
    pub step: HostStep,
    /// Whether for the first time.
    pub how: How,
}

/// What a step has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Did {
    /// How it ended.
    pub outcome: StepOutcome,
    /// What it found on the host, if it was the one that looks.
    pub installed: Option<Installed>,
    /// Bytes that it got from the server.
    pub fetched: u64,
    /// What the ledgers of databases of the order say, as far as it looked there.
    pub ledgers: Vec<(DatabaseTargetId, LedgerState)>,
    /// How the script ended, if it ran one.
    pub ran: Option<ScriptResult>,
}

/// A step failed. The text says what, where and what to do next.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The install root cannot be used.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// A user cannot be had.
    #[error(transparent)]
    User(#[from] UserError),
    /// Variables have no value.
    #[error("{path}: {error}")]
    Render {
        /// In which file.
        path: String,
        /// Which.
        error: RenderError,
    },
    /// The server does not give what is needed.
    #[error("{0}")]
    Server(#[from] AgentApiError),
    /// What the server gave is not what the plan names.
    #[error(
        "the server's {what} is not what the plan names; look whether something between here and the server alters it"
    )]
    Content {
        /// What it was.
        what: &'static str,
    },
    /// A full transfer could not be taken in.
    #[error(transparent)]
    Full(#[from] FullError),
    /// A delta could not be applied.
    #[error(transparent)]
    Delta(#[from] DeltaError),
    /// The version could not be staged.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// A command could not be run.
    #[error(transparent)]
    Job(#[from] JobError),
    /// The disk says no.
    #[error("{path}: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Anything else, in words.
    #[error("{0}")]
    Other(String),
}

impl Did {
    fn done(note: impl Into<String>) -> Self {
        Self::of(StepOutcome::Done { note: note.into() })
    }

    fn unknown(evidence: String) -> Self {
        Self::of(StepOutcome::Unknown { evidence })
    }

    fn failed(message: impl Into<String>) -> Self {
        Self::of(StepOutcome::Failed { message: message.into() })
    }

    fn of(outcome: StepOutcome) -> Self {
        Self { outcome, installed: None, fetched: 0, ledgers: Vec::new(), ran: None }
    }
}

/// Runs a step to its end. Whatever goes wrong is its outcome.
pub async fn run(host: Host, task: Task) -> Did {
    let did = match task.step.step.kind {
        StepKind::Fetch => fetch::fetch(&host, &task).await,
        StepKind::Render => render::render(&host, &task).await,
        StepKind::Scripts => migrate::scripts(&host, &task).await,
        StepKind::Migrate => migrate::migrate(&host, &task).await,
        StepKind::Run => script::run(&host, &task).await,
        StepKind::Validate | StepKind::ValidatePrevious => validate::validate(&host, &task).await,
        _ if task.step.step.command.is_some() => command::command(&host, &task).await,
        kind => {
            let worker = tokio::task::spawn_blocking(move || on_disk(kind, &host, &task));
            worker.await.unwrap_or_else(|error| Err(StepError::Other(format!("the step broke off: {error}"))))
        }
    };
    did.unwrap_or_else(|error| Did::failed(error.to_string()))
}

/// The steps that only look at and change the disk.
fn on_disk(kind: StepKind, host: &Host, task: &Task) -> Result<Did, StepError> {
    match kind {
        StepKind::Preflight => preflight::preflight(host, task),
        StepKind::Stage if task.order().action == UnitAction::Run => script::stage(host, task),
        StepKind::Stage => stage::stage(host, task),
        StepKind::Switch => switch::switch(host, task),
        StepKind::SwitchBack => switch::switch_back(host, task),
        StepKind::Retire => retire::retire(host, task),
        StepKind::Remove => retire::remove(host, task),
        other => Err(StepError::Other(format!("the step {other:?} has no command: make a new plan"))),
    }
}

impl Task {
    fn order(&self) -> &UnitOrder {
        &self.attempt.order.order
    }

    /// The version after.
    fn to(&self) -> Result<&Release, StepError> {
        self.order()
            .to
            .as_ref()
            .ok_or_else(|| StepError::Other("the order names no version: make a new plan".to_owned()))
    }

    fn installed(&self) -> Result<&Installed, StepError> {
        let missing = || StepError::Other("the host was not looked at before this step".to_owned());
        self.attempt.installed.as_ref().ok_or_else(missing)
    }

    fn plan(&self) -> Result<HostPlan, StepError> {
        steps(self.order(), self.installed()?).map_err(|error| StepError::Other(error.to_string()))
    }

    /// Where the version lies, or will, that this step is about.
    fn place(&self) -> Result<Place, StepError> {
        let missing = || StepError::Other("the version that this step is about is not on the host".to_owned());
        self.plan()?.place(self.step.of).cloned().ok_or_else(missing)
    }

    fn arrangement(&self) -> Arrangement {
        Arrangement::ordered(self.order())
    }

    /// Where the version is used that this step is about.
    fn home(&self, site: &Site) -> Result<PathBuf, StepError> {
        Ok(site.home_of(self.arrangement(), &self.place()?.directory))
    }

    fn site(&self, host: &Host) -> Result<Site, StepError> {
        Ok(Site::ensure(&host.paths, &self.order().install_root, &self.order().package)?)
    }

    /// The name of what this attempt stages.
    fn staged(&self) -> String {
        self.attempt.id().to_string()
    }
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    let (mut rest, mut unit) = (bytes, 0);
    while rest >= 1_000_000 && unit + 1 < UNITS.len() {
        rest /= 1000;
        unit += 1;
    }
    format!("{}.{} {}", rest / 1000, rest % 1000 / 100, UNITS[unit])
}

#[cfg(test)]
mod tests {
    #[test]
    fn sizes_are_for_people() {
        let shown: Vec<_> = [0, 999, 1000, 1_449_999, 349_000_000, 5_250_000_000].map(super::size).into();
        insta::assert_snapshot!(shown.join(", "), @"0 bytes, 999 bytes, 1.0 kB, 1.4 MB, 349.0 MB, 5.2 GB");
    }
}
