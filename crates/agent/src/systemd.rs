//! The service of systemd that runs the agent.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::files;
use crate::paths::Paths;

/// The name of the service.
pub const SERVICE: &str = "packhorse-agent.service";

/// The service could not be installed.
#[derive(Debug, thiserror::Error)]
pub enum SystemdError {
    /// There is no systemd, or it does not run this machine.
    #[error("this machine is not run by systemd")]
    Absent,
    /// The path of the agent cannot be written into a unit file.
    #[error(
        "{0} cannot be written into a unit file: install the agent at a path of plain characters, such as /usr/local/bin"
    )]
    Path(PathBuf),
    /// A file could not be written.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// systemd refused.
    #[error("systemctl {arguments}: {reason}")]
    Refused {
        /// What it was asked.
        arguments: String,
        /// What it said.
        reason: String,
    },
}

/// The unit file. `KillMode=process`: applications and runners are not the agent's to take along when it stops.
///
/// # Errors
/// If a path has characters that mean something in a unit file.
pub fn unit(program: &Path, paths: &Paths) -> Result<String, SystemdError> {
    let program = plain(program)?;
    let root = plain(paths.root())?;
    Ok(format!(
        "[Unit]
Description=Packhorse agent
Wants=network-online.target
After=network-online.target

[Service]
ExecStart={program} run --root {root}
Restart=always
RestartSec=2
KillMode=process
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
"
    ))
}

fn plain(path: &Path) -> Result<&str, SystemdError> {
    let is_plain = |text: &&str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-+".contains(&b));
    path.to_str().filter(is_plain).ok_or_else(|| SystemdError::Path(path.to_owned()))
}

/// Writes the unit file, enables the service and starts it. Gives what was done, line by line.
///
/// # Errors
/// [`SystemdError`].
pub fn install(program: &Path, paths: &Paths) -> Result<Vec<String>, SystemdError> {
    if !Path::new("/run/systemd/system").is_dir() {
        return Err(SystemdError::Absent);
    }
    let path = Path::new("/etc/systemd/system").join(SERVICE);
    let text = unit(program, paths)?;
    files::replace(&path, text.as_bytes(), 0o644).map_err(|source| SystemdError::Io { path: path.clone(), source })?;
    systemctl(&["daemon-reload"])?;
    systemctl(&["enable", SERVICE])?;
    systemctl(&["restart", SERVICE])?;
    Ok(vec![
        format!("wrote {}", path.display()),
        format!("enabled {SERVICE}: it starts with the machine"),
        format!("started {SERVICE}; see `systemctl status {SERVICE}` and `journalctl -u {SERVICE}`"),
    ])
}

fn systemctl(arguments: &[&str]) -> Result<(), SystemdError> {
    let refused = |reason: String| SystemdError::Refused { arguments: arguments.join(" "), reason };
    let output = Command::new("systemctl").args(arguments).output().map_err(|error| refused(error.to_string()))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(refused(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stopping_the_agent_leaves_applications_alone() {
        let unit = unit(Path::new("/usr/local/bin/packhorse-agent"), &Paths::below(Path::new("/"))).unwrap();
        insta::assert_snapshot!(unit, @r"
        [Unit]
        Description=Packhorse agent
        Wants=network-online.target
        After=network-online.target

        [Service]
        ExecStart=/usr/local/bin/packhorse-agent run --root /
        Restart=always
        RestartSec=2
        KillMode=process
        LimitNOFILE=65536

        [Install]
        WantedBy=multi-user.target
        ");
        assert!(super::unit(Path::new("/a b/packhorse-agent"), &Paths::below(Path::new("/"))).is_err());
    }
}
