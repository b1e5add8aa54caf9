//! Whether a command of the package is content. It looks and changes nothing, so it runs as a plain child that dies with its time.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::process::Command;

use super::Subject;
use crate::steps::{basic_environment, program};
use crate::users;

/// How much of the end of what a check says is looked at, in bytes.
const LAST_WORDS: u64 = 400;

pub(super) async fn check(command: &str, subject: &Subject, within: Duration) -> Result<(), String> {
    let user = users::become_user(subject.release.manifest.owner.as_deref()).map_err(|error| error.to_string())?;
    let program = program(&subject.directory, command).map_err(|error| error.to_string())?;
    let text = |path: &std::path::Path| path.to_string_lossy().into_owned();
    let mut child = Command::new(&program);
    child.current_dir(&subject.directory).env_clear().envs(basic_environment(user.as_ref()));
    child.env("PACKHORSE_VERSION", subject.release.version.as_str());
    child.env("PACKHORSE_INSTALL_ROOT", text(&subject.root)).env("PACKHORSE_HOME", text(&subject.directory));
    child.env("PACKHORSE_HOST_IP", subject.variables.get("packhorse.host.ip").cloned().unwrap_or_default());
    // A file without a name takes what it says, so that a check that says too much or leaves something running holds nobody up.
    let mut said = tempfile::tempfile().map_err(|error| format!("{command} could not be started: {error}"))?;
    let (out, err) = (said.try_clone(), said.try_clone());
    let (Ok(out), Ok(err)) = (out, err) else {
        return Err(format!("{command} could not be started: too many open files"));
    };
    child.stdin(Stdio::null()).stdout(out).stderr(err).kill_on_drop(true).process_group(0);
    if let Some(user) = user {
        child.uid(user.ids.uid).gid(user.ids.gid);
    }
    let mut child = child.spawn().map_err(|error| format!("{command} could not be started: {error}"))?;
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    match tokio::time::timeout(within, child.wait()).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(format!("{command}: {status}{}", last_words(&mut said))),
        Ok(Err(error)) => Err(format!("{command}: {error}")),
        Err(_) => {
            if let Some(group) = group {
                // The group may be gone in this very moment.
                let _ = rustix::process::kill_process_group(group, Signal::KILL);
            }
            Err(format!("{command} took longer than {} seconds", within.as_secs()))
        }
    }
}

/// The last line of what a check has said, for the message of its failure.
fn last_words(said: &mut File) -> String {
    let mut tail = Vec::new();
    // What cannot be read was not said: the exit status is the finding, this is beside it.
    let read = said.seek(SeekFrom::End(0)).and_then(|end| {
        said.seek(SeekFrom::Start(end.saturating_sub(LAST_WORDS)))?;
        said.take(LAST_WORDS).read_to_end(&mut tail)
    });
    let text = String::from_utf8_lossy(&tail);
    match text.lines().rev().map(str::trim).find(|line| !line.is_empty()) {
        Some(line) if read.is_ok() => format!(": {line}"),
        _ => String::new(),
    }
}
