//! Whether a command of the package is content. It looks and changes nothing, so it runs as a plain child that dies with its time.

use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::process::Command;

use super::Subject;
use crate::steps::{basic_environment, program};
use crate::users;

pub(super) async fn check(command: &str, subject: &Subject, within: Duration) -> Result<(), String> {
    let user = users::become_user(subject.release.manifest.owner.as_deref()).map_err(|error| error.to_string())?;
    let program = program(&subject.directory, command).map_err(|error| error.to_string())?;
    let text = |path: &std::path::Path| path.to_string_lossy().into_owned();
    let mut child = Command::new(&program);
    child.current_dir(&subject.directory).env_clear().envs(basic_environment(user.as_ref()));
    child.env("PACKHORSE_VERSION", subject.release.version.as_str());
    child.env("PACKHORSE_INSTALL_ROOT", text(&subject.root)).env("PACKHORSE_HOME", text(&subject.directory));
    child.env("PACKHORSE_HOST_IP", subject.variables.get("packhorse.host.ip").cloned().unwrap_or_default());
    child.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).process_group(0);
    if let Some(user) = user {
        child.uid(user.ids.uid).gid(user.ids.gid);
    }
    let mut child = child.spawn().map_err(|error| format!("{command} could not be started: {error}"))?;
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    match tokio::time::timeout(within, child.wait()).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(format!("{command}: {status}")),
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
