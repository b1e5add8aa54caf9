//! Scripts: each runs in a working directory of its own, which is there only for as long as the run takes.
//!
//! # What must hold
//! - A secret is in the memory of this agent, of the runner and of the script, and in no file of ours.
//! - What is told of a run is told of the output as it is kept, so that equal digests are equal texts.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::path::{Path, PathBuf};

use packhorse_content::digest_of;
use packhorse_content::path::MARKER;
use packhorse_model::ids::AttemptId;
use packhorse_model::manifest::{Command, Interpreter, ScriptSpec};
use packhorse_model::order::UnitOrder;
use packhorse_model::run::{ScriptExit, ScriptResult};
use packhorse_planner::host::{Surroundings, parameter_names, script_environment};
use tokio::time::{Duration, Instant};

use super::command::{self, PATH, basic_environment};
use super::render::secrets;
use super::stage::{give_to, put_in_place};
use super::{Did, Host, StepError, Task};
use crate::files;
use crate::install::{STAGING, Site, SiteError};
use crate::output::Output;
use crate::paths::Paths;
use crate::runner::{Ended, Exit, Job, Outcome, Secrets, Spec, Stop};
use crate::users::{self, User};

/// How long the server is asked for the secrets of a script.
const SECRETS: Duration = Duration::from_secs(60);
/// Seconds between the wish that a script ends and its death.
const GRACE: u32 = 10;
/// Nobody but the user of a script looks into its working directory.
const WORKING_MODE: u16 = 0o700;

/// Puts the script into its working directory, which belongs to the user that will run it.
pub(super) fn stage(host: &Host, task: &Task) -> Result<Did, StepError> {
    let site = task.site(host)?;
    let staging = site.own(STAGING)?;
    let name = task.staged();
    let at = site.path().join(&name);
    let wrong = |source| StepError::Io { path: at.clone(), source };
    let entry = script_of(task)?.entry.clone();
    let is_staged = staging.look_up(&name).map_err(wrong)?.is_some();
    if !is_staged && site.root().look_up(&name).map_err(wrong)?.is_some() {
        return Ok(Did::done(entry));
    }
    let folder = staging.folder(&name).map_err(wrong)?;
    if let Some(user) = user(task)? {
        let tree = site.tree(&task.to()?.tree)?.ok_or(StepError::Content { what: "list of files" })?;
        give_to(&folder, &tree, user.ids).map_err(wrong)?;
    }
    folder.set_mode(WORKING_MODE).map_err(wrong)?;
    put_in_place(site.root(), &staging, &name, &name).map_err(wrong)?;
    Ok(Did::done(entry))
}

/// Runs the script, or waits for the one that runs, and stops it when that is wanted.
pub(super) async fn run(host: &Host, task: &Task) -> Result<Did, StepError> {
    let job = command::job(host, task);
    let runner = if command::is_begun(&job, task)? { None } else { Some(begin(host, task, &job).await?) };
    let mut output = Output::new(task.attempt.id(), task.index, job.output());
    let ended = tokio::select! {
        ended = job.wait(runner) => ended?,
        never = output.follow(&host.api) => match never {},
        never = obey(host, task, &job) => match never {},
    };
    output.end(&host.api, &host.courier).await;
    let did = told(task, &job, ended)?;
    let (paths, order, attempt) = (host.paths.clone(), task.order().clone(), task.attempt.id());
    let cleared = tokio::task::spawn_blocking(move || clear(&paths, &order, attempt)).await;
    if let Ok(Err(error)) = cleared {
        tracing::warn!(%error, %attempt, "the working directory of a script stays");
    }
    Ok(did)
}

async fn begin(host: &Host, task: &Task, job: &Job) -> Result<tokio::process::Child, StepError> {
    let mut spec = spec(host, task)?;
    if task.order().secrets.is_empty() {
        return Ok(job.start(&spec, &host.program)?);
    }
    spec.secrets = Secrets::Input;
    let secrets = secrets(host, task, Instant::now() + SECRETS).await?;
    let named = |(name, value): (String, String)| parameter_names(&name).map(|name| (name, value.clone()));
    let environment: BTreeMap<String, String> = secrets.into_iter().flat_map(named).collect();
    Ok(job.start_with(&spec, &host.program, &environment).await?)
}

/// Waits until a person wants the script to be stopped, and passes that on; never ends.
async fn obey(host: &Host, task: &Task, job: &Job) -> Infallible {
    let attempt = task.attempt.id();
    let mut stops = host.stops.clone();
    if stops.wait_for(|stops| stops.contains(&attempt)).await.is_ok() {
        tracing::info!(%attempt, "the script is stopped");
        if let Err(error) = job.stop() {
            tracing::error!(%error, %attempt, "the script goes on");
        }
    }
    std::future::pending().await
}

/// What became of the run.
fn told(task: &Task, job: &Job, ended: Ended) -> Result<Did, StepError> {
    let entry = &script_of(task)?.entry;
    let outcome = match ended {
        Ended::Result(outcome) => outcome,
        Ended::Lost { evidence } => return Ok(Did::unknown(evidence)),
        Ended::Unrun => {
            return Ok(Did::failed(
                "the runner ended before it began the script: look whether the disk is full, and into the agent's log",
            ));
        }
    };
    let result = result(job, &outcome)?;
    let exit = &outcome.exit;
    let did = match exit {
        exit if exit.is_success() => Did::done(exit.to_string()),
        Exit::Stopped | Exit::NotStarted { .. } => Did::failed(format!("{entry}: {exit}")),
        Exit::TimedOut { .. } => {
            Did::failed(format!("{entry}: {exit}: see its output, or give it a longer timeout in packhorse.toml"))
        }
        Exit::Code { .. } | Exit::Signal { .. } => Did::failed(format!("{entry}: {exit}: see its output")),
    };
    Ok(Did { ran: Some(result), ..did })
}

fn result(job: &Job, outcome: &Outcome) -> Result<ScriptResult, StepError> {
    let path = job.output();
    let output = files::read(&path).map_err(|source| StepError::Io { path, source })?.unwrap_or_default();
    let exit = match outcome.exit {
        Exit::Code { code } => ScriptExit::Code { code },
        Exit::Signal { signal } => ScriptExit::Signal { signal },
        Exit::TimedOut { .. } => ScriptExit::TimedOut,
        Exit::Stopped => ScriptExit::Stopped,
        Exit::NotStarted { .. } => ScriptExit::NotStarted,
    };
    let (output_bytes, output_digest) = (output.len() as u64, digest_of(&output));
    Ok(ScriptResult { exit, millis: outcome.millis, output_bytes, output_digest })
}

fn spec(host: &Host, task: &Task) -> Result<Spec, StepError> {
    let script = script_of(task)?;
    let user = user(task)?;
    let directory = task.site(host)?.path().join(task.staged());
    let around = Surroundings {
        install_root: &task.order().install_root,
        deployment: task.attempt.order.deployment,
        attempt: task.attempt.id(),
    };
    let mut env = basic_environment(user.as_ref());
    env.extend(script_environment(task.order(), &around));
    let program = interpreter(task)?;
    let mut args: Vec<String> = options(script.interpreter).iter().map(|option| (*option).to_owned()).collect();
    // Named as it lies in its working directory, so that hosts that write the script's name write the same.
    args.push(script.entry.clone());
    args.extend(script.arguments.iter().cloned());
    Ok(Spec {
        program,
        args,
        env,
        user: user.map(|user| user.ids),
        timeout_seconds: task.step.step.command.as_ref().map_or_else(|| script.bounded(None), Command::seconds),
        secrets: Secrets::None,
        stop: Stop::After { seconds: GRACE },
        directory,
    })
}

fn script_of(task: &Task) -> Result<&ScriptSpec, StepError> {
    let missing = || StepError::Other(format!("{} is no script: make a new plan", task.order().package));
    task.to()?.manifest.script.as_ref().ok_or_else(missing)
}

fn user(task: &Task) -> Result<Option<User>, StepError> {
    let owner = task.to()?.manifest.owner.as_deref();
    Ok(users::become_user(script_of(task)?.user.as_deref().or(owner))?)
}

/// The program that runs the script of a task, where this host has it.
pub(super) fn interpreter(task: &Task) -> Result<PathBuf, StepError> {
    let name = match script_of(task)?.interpreter {
        Interpreter::Bash => "bash",
        Interpreter::Sh => "sh",
        Interpreter::Python => "python3",
        Interpreter::Perl => "perl",
        Interpreter::Powershell => "pwsh",
    };
    let found = PATH.split(':').map(|folder| Path::new(folder).join(name)).find(|program| program.is_file());
    let missing = || StepError::Other(format!("{name} is not on this host: install it, or leave the host out"));
    found.ok_or_else(missing)
}

fn options(interpreter: Interpreter) -> &'static [&'static str] {
    match interpreter {
        Interpreter::Bash | Interpreter::Sh | Interpreter::Python | Interpreter::Perl => &[],
        Interpreter::Powershell => &["-NoProfile", "-NonInteractive", "-File"],
    }
}

/// Removes the working directory of a run, and what was only there for it.
pub(crate) fn clear(paths: &Paths, order: &UnitOrder, attempt: AttemptId) -> Result<(), SiteError> {
    let Some(site) = Site::open(paths, &order.install_root, &order.package)? else { return Ok(()) };
    site.remove(site.root(), &[attempt.to_string()])?;
    let wrong = |source| SiteError::Io { path: site.path().to_owned(), source };
    let names = site.root().names().and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(wrong)?;
    // What a run left of which nobody knows the end stays to be looked at.
    if names.iter().all(|name| name == MARKER.as_bytes()) { site.clear() } else { Ok(()) }
}
