//! What the command line leads to: what is printed, and with which exit code the program ends.
//!
//! Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused, 4 not
//! found, 5 the server could not be reached.

use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use packhorse_client::agent_api::AgentApiError;
use tracing_subscriber::EnvFilter;

use crate::args::{Cli, Command, Join, Root};
use crate::clock::Clock;
use crate::daemon::{self, DaemonError};
use crate::identity::{Identity, IdentityError, JoinError, JoinToken, join};
use crate::paths::Paths;
use crate::systemd::{self, SystemdError};

/// How long threads that are at a disk may take to come to an end.
const LAST: Duration = Duration::from_secs(1);

/// Why the program ends without having done what it was asked.
struct Failure {
    code: u8,
    message: String,
    hint: Option<&'static str>,
}

impl Failure {
    fn new(code: u8, message: impl Display, hint: impl Into<Option<&'static str>>) -> Self {
        Self { code, message: message.to_string(), hint: hint.into() }
    }
}

/// Does what the command line says.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Join(args) => join_server(&args),
        Command::Run(root) => run(&root),
        Command::Install(root) => install(&root),
        Command::Runner { job } => run_job(&job),
    };
    let Err(failure) = done else { return ExitCode::SUCCESS };
    let mut text = format!("error: {}\n", failure.message);
    if let Some(hint) = failure.hint {
        text.push_str(&format!("\nhint: {hint}\n"));
    }
    // Nobody may be reading.
    let _ = std::io::stderr().write_all(text.as_bytes());
    ExitCode::from(failure.code)
}

fn say(line: impl Display) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{line}").map_err(|error| Failure::new(1, error, None))
}

fn join_server(args: &Join) -> Result<(), Failure> {
    let paths = Paths::below(&absolute(&args.root.root)?);
    let token: JoinToken = args
        .token
        .parse()
        .map_err(|error| Failure::new(2, error, "make one with `packhorse host join-token --name HOST`"))?;
    let had_state = paths.state().exists();
    let joined = join_locked(args, &paths, &token);
    if joined.is_err() && !had_state {
        // Nothing is in it yet; where it could not be made there is nothing to remove.
        let _ = std::fs::remove_dir_all(paths.state());
    }
    let identity = joined?;
    say(format_args!("{} has joined {}", identity.name, identity.server))?;
    let root =
        if paths.root() == Path::new("/") { String::new() } else { format!(" --root {}", paths.root().display()) };
    say(format_args!("next: packhorse-agent install{root}, or packhorse-agent run{root}"))
}

fn join_locked(args: &Join, paths: &Paths, token: &JoinToken) -> Result<Identity, Failure> {
    daemon::make_state(paths)?;
    let _lock = daemon::lock(paths).map_err(|error| match error {
        running @ DaemonError::Running(_) => Failure::new(3, running, "stop it before the host joins anew"),
        other => other.into(),
    })?;
    Ok(block_on(join(paths, &args.url, args.address, token))??)
}

fn run(root: &Root) -> Result<(), Failure> {
    keep_heap_small();
    log();
    let paths = Paths::below(&absolute(&root.root)?);
    Ok(block_on(daemon::run(paths, Clock::System))??)
}

fn install(root: &Root) -> Result<(), Failure> {
    let paths = Paths::below(&absolute(&root.root)?);
    Identity::load(&paths).map_err(DaemonError::from)?;
    let program = std::env::current_exe().map_err(|error| Failure::new(1, error, None))?;
    systemd::install(&program, &paths)?.into_iter().try_for_each(say)
}

fn run_job(job: &Path) -> Result<(), Failure> {
    crate::runner::run(job, &Clock::System).map_err(|error| Failure::new(1, error, None))
}

fn absolute(root: &Path) -> Result<std::path::PathBuf, Failure> {
    std::path::absolute(root).map_err(|error| Failure::new(2, format_args!("{}: {error}", root.display()), None))
}

fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(1, error, None))?;
    let result = runtime.block_on(work);
    runtime.shutdown_timeout(LAST);
    Ok(result)
}

/// How the C library is to manage memory: one heap, from which large blocks are kept out, and which is given back when it is free. Left to
/// itself it would keep several megabytes for ever after a large transfer; with smaller thresholds transfers would take twice the time.
const HEAP: [(&str, &str); 3] =
    [("MALLOC_ARENA_MAX", "1"), ("MALLOC_MMAP_THRESHOLD_", "1048576"), ("MALLOC_TRIM_THRESHOLD_", "1048576")];

/// Starts this program anew, in the same process, with [`HEAP`] in its environment: the library looks there before anything else runs,
/// and nowhere later.
fn keep_heap_small() {
    let is_set = HEAP.iter().all(|(name, _)| std::env::var_os(name).is_some());
    let Some(program) = std::env::current_exe().ok().filter(|_| !is_set) else { return };
    let mut arguments = std::env::args_os();
    let mut again = std::process::Command::new(program);
    again.arg0(arguments.next().unwrap_or_default()).args(arguments).envs(HEAP);
    // Returns only if that could not be done; then it goes on as it is.
    let error = again.exec();
    tracing::debug!(%error, "the heap stays as it is");
}

fn log() {
    let filter = EnvFilter::try_from_env("PACKHORSE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let is_terminal = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(is_terminal).init();
}

impl From<JoinError> for Failure {
    fn from(error: JoinError) -> Self {
        match &error {
            JoinError::Stranger(_) => {
                Self::new(3, error, "check the address; if it is right, somebody is between you and the server")
            }
            JoinError::Api(api) | JoinError::Identity(IdentityError::Api(api)) => api_failure(api),
            JoinError::Identity(_) => Self::new(1, error, None),
        }
    }
}

fn api_failure(error: &AgentApiError) -> Failure {
    match error {
        AgentApiError::Address { .. } => Failure::new(2, error, None),
        AgentApiError::Unreachable { .. } => {
            Failure::new(5, error, "is the server running, and does nothing between block its agent port (7434)?")
        }
        AgentApiError::Refused(problem) => {
            let code = if problem.status == 404 { 4 } else { 3 };
            let said = problem.hint.as_ref().map_or_else(|| error.to_string(), |hint| format!("{error}; {hint}"));
            Failure::new(code, said, None)
        }
        AgentApiError::Identity(_) | AgentApiError::Unexpected { .. } => Failure::new(1, error, None),
    }
}

impl From<DaemonError> for Failure {
    fn from(error: DaemonError) -> Self {
        let denied = "run it as root, or give it a directory of its own with --root";
        match &error {
            DaemonError::Running(_) => Self::new(3, error, "stop that one first, or use another --root"),
            DaemonError::Identity(IdentityError::Missing(_)) => {
                Self::new(4, error, "join first: packhorse-agent join URL --token TOKEN")
            }
            DaemonError::Identity(IdentityError::Io { source, .. }) | DaemonError::State { source, .. }
                if source.kind() == std::io::ErrorKind::PermissionDenied =>
            {
                Self::new(1, error, denied)
            }
            DaemonError::Journal(crate::journal::JournalError::Damaged { .. }) => Self::new(
                1,
                error,
                "the disk may be failing; keep the file, remove it from there, and let the host join again",
            ),
            _ => Self::new(1, error, None),
        }
    }
}

impl From<SystemdError> for Failure {
    fn from(error: SystemdError) -> Self {
        let hint = match error {
            SystemdError::Absent => Some(
                "let whatever runs your services run `packhorse-agent run`, and let it kill that process alone when it stops",
            ),
            SystemdError::Io { .. } | SystemdError::Refused { .. } => Some("this needs root"),
            SystemdError::Path(_) => None,
        };
        Self::new(1, error, hint)
    }
}
