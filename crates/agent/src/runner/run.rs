//! The runner itself: a process that runs one command and then ends.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, PipeReader, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::FlockOperation;
use rustix::process::{Pid, PidfdFlags, Signal};

use super::capture::Capture;
use super::mask::Mask;
use super::{CLAIM, Claim, Exit, OUTPUT, Outcome, RESULT, SPEC, STOP, Secrets, Spec, Stop};
use crate::clock::Clock;
use crate::files;

/// How much is read at a time.
const PIECE: usize = 16 << 10;
/// How often it is looked whether a command is to be stopped.
const LOOK: Duration = Duration::from_millis(200);
/// How many pieces are read at most once the command has ended: what a process that it left behind keeps writing is not its output.
const LAST_PIECES: usize = 128;

/// Runs the job in this folder, unless somebody has it already. Returns when nobody writes to its output any more.
///
/// # Errors
/// If the job cannot be read or claimed, or its result not be written.
pub fn run(job: &Path, clock: &Clock) -> io::Result<()> {
    // Fails only for who leads a session already, which is what is wanted.
    let _ = rustix::process::setsid();
    let missing = || io::Error::new(io::ErrorKind::NotFound, format!("there is no job in {}", job.display()));
    let spec: Spec = files::read_json(&job.join(SPEC))?.ok_or_else(missing)?;
    let secrets = secrets(&spec)?;
    let Some(_claim) = claim(job, clock)? else { return Ok(()) };
    let begun = Instant::now();
    let (exit, output) = match start(&spec, &secrets) {
        Err(error) => (Exit::NotStarted { reason: not_started(&spec, &error) }, None),
        Ok((child, output)) => follow(job, &spec, Mask::of(secrets.values()), (child, output))?,
    };
    let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    files::replace_json(&job.join(RESULT), &Outcome { exit, millis })?;
    output.map_or(Ok(()), swallow)
}

/// The secrets for the command; an error if not all of them have come.
fn secrets(spec: &Spec) -> io::Result<BTreeMap<String, String>> {
    match spec.secrets {
        Secrets::None => Ok(BTreeMap::new()),
        Secrets::Input => serde_json::from_reader(io::stdin().lock()).map_err(io::Error::from),
    }
}

/// Makes the claim: locked first, then given its name, so that nobody ever sees one that its living maker has not locked.
fn claim(job: &Path, clock: &Clock) -> io::Result<Option<File>> {
    let pid = std::process::id();
    let unnamed = job.join(format!("{CLAIM}.{pid}"));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unnamed)?;
    rustix::fs::flock(&file, FlockOperation::LockExclusive)?;
    serde_json::to_writer(&mut file, &Claim { pid, at: clock.now() })?;
    file.sync_all()?;
    let named = std::fs::hard_link(&unnamed, job.join(CLAIM));
    std::fs::remove_file(&unnamed)?;
    match named {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
        named => named?,
    }
    files::sync_folder_of(&unnamed)?;
    Ok(Some(file))
}

/// Makes the claim in place of a runner, so that none will run the job any more. False if a runner was first.
pub(super) fn claim_unrun(job: &Path, clock: &Clock) -> io::Result<bool> {
    Ok(claim(job, clock)?.is_some())
}

fn start(spec: &Spec, secrets: &BTreeMap<String, String>) -> io::Result<(Child, PipeReader)> {
    let (output, input) = io::pipe()?;
    let mut command = Command::new(&spec.program);
    command.args(&spec.args).current_dir(&spec.directory).env_clear().envs(&spec.env).envs(secrets);
    command.process_group(0);
    command.stdin(Stdio::null()).stdout(input.try_clone()?).stderr(input);
    if let Some(user) = spec.user {
        // With another user the standard library also takes all further groups away.
        command.uid(user.uid).gid(user.gid);
    }
    Ok((command.spawn()?, output))
}

fn not_started(spec: &Spec, error: &io::Error) -> String {
    let program = spec.program.display();
    let hint = match error.kind() {
        io::ErrorKind::NotFound => ": is it, and the interpreter in its first line, on this host?",
        io::ErrorKind::PermissionDenied => ": is it executable, and may its user enter the directory?",
        io::ErrorKind::ExecutableFileBusy => ": somebody is writing to it",
        _ if error.raw_os_error() == Some(rustix::io::Errno::NOEXEC.raw_os_error()) => {
            ": a script must begin with a line such as #!/bin/sh"
        }
        _ => "",
    };
    format!("{program}: {error}{hint}")
}

/// Keeps the output until the command ends, its time is over, or it is stopped. Gives the pipe back if somebody may still write to it.
fn follow(
    job: &Path,
    spec: &Spec,
    mask: Mask,
    (mut child, mut output): (Child, PipeReader),
) -> io::Result<(Exit, Option<PipeReader>)> {
    let file = OpenOptions::new().append(true).create(true).mode(0o600).open(job.join(OUTPUT))?;
    let mut capture = Capture::new(file, mask);
    let pid = Pid::from_child(&child);
    let exited = rustix::process::pidfd_open(pid, PidfdFlags::empty())?;
    let signal = |signal| {
        // The group may be gone in this very moment.
        let _ = rustix::process::kill_process_group(pid, signal);
    };
    let mut deadline = Instant::now() + Duration::from_secs(u64::from(spec.timeout_seconds));
    let mut is_stopping = false;
    let mut open = true;
    let mut buffer = [0; PIECE];
    let exit = loop {
        let mut pause = deadline.saturating_duration_since(Instant::now());
        let is_over = pause.is_zero();
        if let (Stop::After { seconds }, false) = (spec.stop, is_stopping) {
            pause = pause.min(LOOK);
            if job.join(STOP).exists() {
                signal(Signal::TERM);
                is_stopping = true;
                deadline = deadline.min(Instant::now() + Duration::from_secs(u64::from(seconds)));
                continue;
            }
        }
        let mut fds = vec![PollFd::new(&exited, PollFlags::IN)];
        if open {
            fds.push(PollFd::new(&output, PollFlags::IN));
        }
        wait(&mut fds, pause)?;
        let has_exited = !fds[0].revents().is_empty();
        let has_output = fds.get(1).is_some_and(|fd| !fd.revents().is_empty());
        if has_output && !has_exited && !is_over {
            open = read_piece(&mut output, &mut buffer, &mut capture)?;
        } else if has_exited || is_over {
            if is_stopping || !has_exited {
                signal(Signal::KILL);
            }
            let status = child.wait()?;
            break match (is_stopping, has_exited) {
                (true, _) => Exit::Stopped,
                (false, true) => exit_of(status),
                (false, false) => Exit::TimedOut { seconds: spec.timeout_seconds },
            };
        }
    };
    for _ in 0..LAST_PIECES {
        let mut fds = [PollFd::new(&output, PollFlags::IN)];
        wait(&mut fds, Duration::ZERO)?;
        if !open || fds[0].revents().is_empty() {
            break;
        }
        open = read_piece(&mut output, &mut buffer, &mut capture)?;
    }
    capture.finish()?.sync_all()?;
    Ok((exit, open.then_some(output)))
}

fn read_piece(output: &mut PipeReader, buffer: &mut [u8], capture: &mut Capture<File>) -> io::Result<bool> {
    let count = output.read(buffer)?;
    // A full disk must not stop a command in its middle: what cannot be kept is lost, and how it ended still counts.
    let _ = capture.push(&buffer[..count]);
    Ok(count > 0)
}

fn wait(fds: &mut [PollFd<'_>], at_most: Duration) -> io::Result<()> {
    let timeout = Timespec {
        tv_sec: i64::try_from(at_most.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(at_most.subsec_nanos()),
    };
    match poll(fds, Some(&timeout)) {
        Err(rustix::io::Errno::INTR) => Ok(()),
        polled => Ok(polled.map(drop)?),
    }
}

fn exit_of(status: ExitStatus) -> Exit {
    match (status.code(), status.signal()) {
        (Some(code), _) => Exit::Code { code },
        (None, signal) => Exit::Signal { signal: signal.unwrap_or_default() },
    }
}

/// Reads on for as long as somebody holds the other end: an application that was started without a place for its output must
/// not die of it.
fn swallow(mut output: PipeReader) -> io::Result<()> {
    io::copy(&mut output, &mut io::sink()).map(drop)
}
