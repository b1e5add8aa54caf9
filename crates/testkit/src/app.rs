//! A small application of shell scripts that leaves a trace of everything that is done to it.
//!
//! Each script appends a line to `effects.log` in the install root: what ran, in which version, for which attempt. The checker
//! reads it back: an opaque step that ran twice in one attempt shows as two equal lines.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The name of the package.
pub const PACKAGE: &str = "tracer";

/// Where it is installed.
pub const INSTALL_ROOT: &str = "/data/app/tracer";

/// How a version behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Starts and is healthy.
    Healthy,
    /// Starts, and never becomes healthy.
    Sick,
    /// Takes a second for each script, so that a test can act in the middle.
    Slow,
}

const TRACE: &str = "#!/bin/sh\nset -eu\necho \"STEP $PACKHORSE_VERSION $PACKHORSE_ATTEMPT\" >>\"$PACKHORSE_INSTALL_ROOT/effects.log\"\n";

const START: &str = r#"
run="$PACKHORSE_INSTALL_ROOT/run"
mkdir -p "$run"
setsid sleep 1000000 >/dev/null 2>&1 </dev/null &
echo $! >"$run/pid"
echo "$PACKHORSE_VERSION" >"$run/version"
echo "started $PACKHORSE_VERSION"
"#;

const STOP: &str = r#"
pid=$(cat "$PACKHORSE_INSTALL_ROOT/run/pid" 2>/dev/null) || exit 0
kill "$pid" 2>/dev/null || true
rm -f "$PACKHORSE_INSTALL_ROOT/run/pid"
echo "stopped"
"#;

const CHECK: &str = "#!/bin/sh\nset -eu\nkill -0 \"$(cat \"$PACKHORSE_INSTALL_ROOT/run/pid\")\"\n";

/// Packs a version into `folder` and gives the path of the archive.
///
/// # Panics
/// When the files cannot be written or `tar` is missing.
#[must_use]
pub fn pack(folder: &Path, version: &str, behaviour: Behaviour) -> PathBuf {
    let top = folder.join(format!("{PACKAGE}_{version}"));
    let scripts = top.join("scripts");
    fs::create_dir_all(&scripts).expect("a folder can be made");
    let pause = if behaviour == Behaviour::Slow { "sleep 1\n" } else { "" };
    for (name, body) in [("start", START), ("stop", STOP), ("install", ""), ("update", ""), ("post_start", "")] {
        write_script(&scripts.join(format!("{name}.sh")), &format!("{}{pause}{body}", TRACE.replace("STEP", name)));
    }
    let check =
        if behaviour == Behaviour::Sick { "#!/bin/sh\necho \"the catalogue is closed\"\nexit 1\n" } else { CHECK };
    write_script(&scripts.join("check.sh"), check);
    fs::write(top.join("version.txt"), format!("{version}\n")).expect("a file can be written");
    fs::write(top.join("packhorse.toml"), manifest()).expect("a file can be written");
    let archive = folder.join(format!("{PACKAGE}_{version}.tar.gz"));
    let packed = Command::new("tar").arg("-C").arg(&top).arg("-czf").arg(&archive).arg(".").status();
    assert!(packed.is_ok_and(|status| status.success()), "tar packs {}", archive.display());
    fs::remove_dir_all(&top).expect("a folder can be removed");
    archive
}

fn manifest() -> String {
    format!("install_root = \"{INSTALL_ROOT}\"\n[[health]]\ncommand = \"scripts/check.sh\"\nwithin = 3\ninterval = 2\n")
}

fn write_script(path: &Path, text: &str) {
    fs::write(path, text).expect("a file can be written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a mode can be set");
}

/// What was done on a host, in order: (script, version, attempt).
#[must_use]
pub fn effects(host_root: &Path) -> Vec<(String, String, String)> {
    let log = host_root.join(INSTALL_ROOT.trim_start_matches('/')).join("effects.log");
    let text = fs::read_to_string(log).unwrap_or_default();
    text.lines()
        .filter_map(|line| match line.split(' ').collect::<Vec<_>>()[..] {
            [step, version, attempt] => Some((step.to_owned(), version.to_owned(), attempt.to_owned())),
            _ => None,
        })
        .collect()
}

/// The effects that happened more than once in one attempt although they may happen only once (invariant I2). Of the start and
/// stop scripts a way back may run another version's, so that the version is part of what may not repeat.
#[must_use]
pub fn repeated(effects: &[(String, String, String)]) -> Vec<String> {
    let mut counts = BTreeMap::<_, u32>::new();
    for effect in effects {
        *counts.entry(effect).or_default() += 1;
    }
    counts
        .into_iter()
        .filter(|(_, count)| *count > 1)
        .map(|(effect, count)| format!("{effect:?} ran {count} times"))
        .collect()
}

/// Whether the process that the start script left behind runs, and of which version it is.
#[must_use]
pub fn running_version(host_root: &Path) -> Option<String> {
    let run = host_root.join(INSTALL_ROOT.trim_start_matches('/')).join("run");
    let pid = fs::read_to_string(run.join("pid")).ok()?;
    fs::metadata(format!("/proc/{}", pid.trim())).ok()?;
    Some(fs::read_to_string(run.join("version")).ok()?.trim().to_owned())
}
