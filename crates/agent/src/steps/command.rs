//! Commands of the package, each by a runner of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use packhorse_content::stage::{Folder, Walk};
use packhorse_planner::host::{Surroundings, environment};

use super::{Did, Host, StepError, Task};
use crate::core::How;
use crate::output::Output;
use crate::runner::{Attached, Ended, Exit, Job, Secrets, Spec, Stop};
use crate::users::{self, User};

/// Where programs are looked for; a service of the system has the same.
pub(super) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

pub(super) async fn command(host: &Host, task: &Task) -> Result<Did, StepError> {
    let job = job(host, task);
    let is_begun = is_begun(&job, task)?;
    let did = run(host, task, &job, is_begun).await?;
    Ok(did)
}

pub(super) fn job(host: &Host, task: &Task) -> Job {
    Job::new(&host.paths.runs(), &format!("{}-{}", task.attempt.id(), task.index), host.clock)
}

/// Whether an agent before this one has begun the command. If not, no runner of it will begin it any more.
pub(super) fn is_begun(job: &Job, task: &Task) -> Result<bool, StepError> {
    Ok(task.how == How::Recover && matches!(job.attach()?, Attached::Begun))
}

/// Runs the command, or waits for the one that runs.
pub(super) async fn run(host: &Host, task: &Task, job: &Job, is_begun: bool) -> Result<Did, StepError> {
    let runner = if is_begun { None } else { Some(job.start(&spec(host, task)?, &host.program)?) };
    let mut output = Output::new(task.attempt.id(), task.index, job.output());
    let ended = tokio::select! {
        ended = job.wait(runner) => ended?,
        never = output.follow(&host.api) => match never {},
    };
    output.end(&host.api, &host.courier).await;
    Ok(match ended {
        Ended::Result(outcome) if outcome.exit.is_success() => Did::done(outcome.exit.to_string()),
        Ended::Result(outcome) => Did::failed(failure(task, &outcome.exit)),
        Ended::Lost { evidence } => Did::unknown(evidence),
        Ended::Unrun => Did::failed(
            "the runner ended before it began the command: look whether the disk is full, and into the agent's log",
        ),
    })
}

fn failure(task: &Task, exit: &Exit) -> String {
    let command = task.step.step.command.as_ref().map_or("", |command| command.command.as_str());
    match exit {
        Exit::NotStarted { .. } | Exit::Stopped => exit.to_string(),
        Exit::TimedOut { .. } => {
            format!("{command}: {exit}: see its output, or give it a longer timeout in packhorse.toml")
        }
        Exit::Code { .. } | Exit::Signal { .. } => format!("{command}: {exit}: see its output"),
    }
}

fn spec(host: &Host, task: &Task) -> Result<Spec, StepError> {
    let site = task.site(host)?;
    let order = task.order();
    let command = task.step.step.command.as_ref();
    let command = command.ok_or_else(|| StepError::Other("the step has no command".to_owned()))?;
    let directory = task.home(&site)?;
    let owner = task.step.of.release(order).and_then(|release| release.manifest.owner.as_deref());
    let user = users::become_user(command.user.as_deref().or(owner))?;
    let install_root = site.path().to_string_lossy();
    let around = Surroundings {
        install_root: &install_root,
        deployment: task.attempt.order.deployment,
        attempt: task.attempt.id(),
    };
    let ours = environment(order, &task.plan()?, &task.step, &around)
        .map_err(|error| StepError::Render { path: format!("the environment of {}", command.command), error })?;
    let mut env = basic_environment(user.as_ref());
    env.extend(ours);
    Ok(Spec {
        program: program(&directory, &command.command)?,
        args: command.args.clone(),
        directory,
        env,
        user: user.map(|user| user.ids),
        timeout_seconds: command.seconds(),
        secrets: Secrets::None,
        stop: Stop::Never,
    })
}

/// What every command finds in its environment beside what the planner gives.
pub(crate) fn basic_environment(user: Option<&User>) -> BTreeMap<String, String> {
    let own = users::own();
    let user = user.or(own.as_ref());
    let home = user.map_or_else(|| "/".to_owned(), |user| user.home.to_string_lossy().into_owned());
    let name = user.map_or_else(String::new, |user| user.name.clone());
    [
        ("PATH", PATH.to_owned()),
        ("LANG", "C.UTF-8".to_owned()),
        ("HOME", home),
        ("USER", name.clone()),
        ("LOGNAME", name),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into()
}

/// The program of a command. A file of the package must be one: no link on the way may lead elsewhere.
pub(crate) fn program(directory: &Path, command: &str) -> Result<PathBuf, StepError> {
    if command.starts_with('/') {
        return Ok(PathBuf::from(command));
    }
    let wrong = |source| StepError::Io { path: directory.join(command), source };
    let path = packhorse_content::EntryPath::new(command).map_err(|error| StepError::Other(error.to_string()))?;
    let folder = Folder::open(directory).map_err(wrong)?;
    let found = Walk::new(&folder).parent(&path).and_then(|parent| parent.look_up(path.name())).map_err(wrong)?;
    match found {
        Some(_) => Ok(directory.join(path.as_str())),
        None => Err(StepError::Other(format!(
            "{command:?} is not a file of this version: correct packhorse.toml, or add the file to the package"
        ))),
    }
}
