//! The agent's side: starting a runner, finding it again, and learning how it ended.

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::fs::FlockOperation;
use tokio::io::AsyncWriteExt as _;

use super::run::claim_unrun;
use super::{CLAIM, Claim, OUTPUT, Outcome, RESULT, SPEC, STOP, Spec};
use crate::clock::Clock;
use crate::files;

/// The pause between the first two looks at a job; each further one is twice as long, up to [`SLOWEST`].
const FASTEST: Duration = Duration::from_millis(2);
const SLOWEST: Duration = Duration::from_millis(100);

/// A job could not be handled.
#[derive(Debug, thiserror::Error)]
#[error("{what} ({path}): {source}")]
pub struct JobError {
    what: &'static str,
    path: PathBuf,
    source: io::Error,
}

/// One command and its folder.
#[derive(Debug, Clone)]
pub struct Job {
    folder: PathBuf,
    clock: Clock,
}

/// What a job that was begun by an earlier agent turns out to be.
#[derive(Debug)]
pub enum Attached {
    /// It was never run, and will not be.
    Unrun,
    /// It was run, or is running.
    Begun,
}

/// How a job came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// With a result.
    Result(Outcome),
    /// Its runner is gone and has left no result.
    Lost {
        /// What is known.
        evidence: String,
    },
    /// It was never begun.
    Unrun,
}

enum Look {
    Result(Outcome),
    Running,
    Dead(Option<Claim>),
    Unclaimed,
}

impl Job {
    /// The job with this name among the jobs in `runs`.
    #[must_use]
    pub fn new(runs: &Path, name: &str, clock: Clock) -> Self {
        Self { folder: runs.join(name), clock }
    }

    /// Where its output is.
    #[must_use]
    pub fn output(&self) -> PathBuf {
        self.folder.join(OUTPUT)
    }

    /// Writes down what is to run, and starts a runner: this program once more. The handle is only to be kept until the job
    /// has ended.
    ///
    /// # Errors
    /// [`JobError`]; nothing has been run then.
    pub fn start(&self, spec: &Spec, program: &Path) -> Result<tokio::process::Child, JobError> {
        self.spawn(spec, program, Stdio::null())
    }

    /// As [`start`](Self::start), with secrets for the environment of the command, which are written to no file.
    ///
    /// # Errors
    /// [`JobError`]; nothing has been run then.
    pub async fn start_with(
        &self,
        spec: &Spec,
        program: &Path,
        secrets: &BTreeMap<String, String>,
    ) -> Result<tokio::process::Child, JobError> {
        let told = serde_json::to_vec(secrets).map_err(io::Error::from);
        let told = told.map_err(self.wrong("secrets could not be written"))?;
        let mut runner = self.spawn(spec, program, Stdio::piped())?;
        if let Some(mut input) = runner.stdin.take()
            && let Err(error) = input.write_all(&told).await
        {
            // A runner that has not got all of them runs nothing, which is what is found out next.
            tracing::debug!(%error, "a runner does not take its secrets");
        }
        Ok(runner)
    }

    /// Asks for the command to be stopped. Has no effect where it has ended, or must not be stopped.
    ///
    /// # Errors
    /// [`JobError`].
    pub fn stop(&self) -> Result<(), JobError> {
        let made = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(self.folder.join(STOP));
        match made {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            made => made.map(drop).map_err(self.wrong("a job could not be stopped")),
        }
    }

    fn spawn(&self, spec: &Spec, program: &Path, input: Stdio) -> Result<tokio::process::Child, JobError> {
        self.discard()?;
        let made = DirBuilder::new().mode(0o700).create(&self.folder);
        made.and_then(|()| files::sync_folder_of(&self.folder)).map_err(self.wrong("a job could not be made"))?;
        files::replace_json(&self.folder.join(SPEC), spec).map_err(self.wrong("a job could not be written"))?;
        let mut runner = tokio::process::Command::new(program);
        // Named for what it is, so that whoever looks for agents does not find runners.
        runner.arg0("packhorse-runner").args(["runner", "."]).env_clear().current_dir(&self.folder);
        runner.stdin(input).stdout(Stdio::null()).stderr(Stdio::null());
        runner.spawn().map_err(self.wrong("a runner could not be started"))
    }

    /// Finds out whether a job of an earlier agent was begun. If it was not, it never will be.
    ///
    /// # Errors
    /// [`JobError`].
    pub fn attach(&self) -> Result<Attached, JobError> {
        let is_there = self.folder.try_exists().map_err(self.wrong("a job could not be looked at"))?;
        if !is_there {
            return Ok(Attached::Unrun);
        }
        let is_ours = claim_unrun(&self.folder, &self.clock).map_err(self.wrong("a job could not be claimed"))?;
        Ok(if is_ours { Attached::Unrun } else { Attached::Begun })
    }

    /// Waits until the job has ended. `runner` is its process, if this agent has started it.
    ///
    /// # Errors
    /// [`JobError`] if its folder cannot be read.
    pub async fn wait(&self, mut runner: Option<tokio::process::Child>) -> Result<Ended, JobError> {
        let mut pause = FASTEST;
        loop {
            match self.look()? {
                Look::Result(outcome) => return Ok(Ended::Result(outcome)),
                Look::Dead(claim) => return Ok(Ended::Lost { evidence: evidence(claim.as_ref()) }),
                Look::Running => {}
                Look::Unclaimed => {
                    let has_exited = match &mut runner {
                        Some(runner) => {
                            runner.try_wait().map_err(self.wrong("a runner could not be watched"))?.is_some()
                        }
                        None => true,
                    };
                    if has_exited && matches!(self.attach()?, Attached::Unrun) {
                        return Ok(Ended::Unrun);
                    }
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(SLOWEST);
        }
    }

    /// Removes everything about the job.
    ///
    /// # Errors
    /// [`JobError`].
    pub fn discard(&self) -> Result<(), JobError> {
        match std::fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed.map_err(self.wrong("a job could not be removed")),
        }
    }

    fn look(&self) -> Result<Look, JobError> {
        if let Some(outcome) = self.result()? {
            return Ok(Look::Result(outcome));
        }
        let unreadable = || self.wrong("a claim could not be read");
        let file = match File::open(self.folder.join(CLAIM)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Look::Unclaimed),
            file => file.map_err(unreadable())?,
        };
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockShared) {
            Err(rustix::io::Errno::WOULDBLOCK) => return Ok(Look::Running),
            locked => locked.map_err(|error| unreadable()(error.into()))?,
        }
        // It may have ended between the two looks.
        if let Some(outcome) = self.result()? {
            return Ok(Look::Result(outcome));
        }
        Ok(Look::Dead(files::read_json(&self.folder.join(CLAIM)).unwrap_or_default()))
    }

    fn result(&self) -> Result<Option<Outcome>, JobError> {
        files::read_json(&self.folder.join(RESULT)).map_err(self.wrong("a result could not be read"))
    }

    fn wrong(&self, what: &'static str) -> impl FnOnce(io::Error) -> JobError {
        let path = self.folder.clone();
        move |source| JobError { what, path, source }
    }
}

fn evidence(claim: Option<&Claim>) -> String {
    let who = claim.map_or_else(String::new, |claim| format!(" (process {}, begun at {})", claim.pid, claim.at));
    format!(
        "the command was begun, and its runner{who} is gone without a result: the host was restarted, or the runner killed"
    )
}
