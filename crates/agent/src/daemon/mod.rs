//! The daemon: everything that runs while the agent runs, in one thread.
//!
//! One [owner](owner) knows and decides; around it are the two tasks that speak with the server, the renewal of the certificate, the
//! courier of output, the monitors of the instances, the tests of databases, and the steps that run.

mod database_tests;
mod drift;
mod inventory;
mod owner;
mod sync;

use std::collections::BTreeSet;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::FlockOperation;
use rustix::io::Errno;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::core::Book;
use crate::facts;
use crate::identity::{Identity, IdentityError, keep_fresh};
use crate::journal::{Journal, JournalError};
use crate::output::{Courier, deliver};
use crate::paths::Paths;
use crate::steps::Host;

use inventory::Inventory;
use owner::Owner;
use sync::{Line, Outbox};

const SHORTEST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The daemon cannot start, or cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// Another agent uses the state directory.
    #[error("another agent is running on {0}")]
    Running(PathBuf),
    /// The state directory cannot be used.
    #[error("{path}: {source}")]
    State {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// This host has no usable identity.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The system does not give what is needed.
    #[error("the agent could not be started: {0}")]
    System(io::Error),
}

/// Makes the state directory, which nobody else may enter.
///
/// # Errors
/// [`DaemonError::State`].
pub fn make_state(paths: &Paths) -> Result<(), DaemonError> {
    let make = |path: &Path| {
        DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        // It may have been there with other permissions.
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))
    };
    for path in [paths.state(), paths.runs()] {
        make(&path).map_err(|source| DaemonError::State { path, source })?;
    }
    Ok(())
}

/// Locks the state directory for as long as the file is open.
///
/// # Errors
/// [`DaemonError::Running`] if another agent has it.
pub fn lock(paths: &Paths) -> Result<File, DaemonError> {
    let path = paths.lock();
    let wrong = |source| DaemonError::State { path: path.clone(), source };
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(wrong)?;
    // A lock of the process and not of the open file: a child that was just forked when the agent was killed must not have it.
    match rustix::fs::fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(Errno::AGAIN | Errno::ACCESS) => Err(DaemonError::Running(paths.state())),
        Err(error) => Err(wrong(error.into())),
    }
}

/// Runs until a signal asks it to end. What it has begun goes on and is found by the next agent.
///
/// # Errors
/// [`DaemonError`].
pub async fn run(paths: Paths, clock: Clock) -> Result<(), DaemonError> {
    let identity = Identity::load(&paths)?;
    make_state(&paths)?;
    let _lock = lock(&paths)?;
    let (journal, records) = Journal::open(&paths.journal())?;
    let book = Book::of(records);
    let state = |source| DaemonError::State { path: paths.instances(), source };
    let (inventory, findings) = Inventory::load(&paths).map_err(state)?;

    let mut around = JoinSet::new();
    let (api_sender, api) = watch::channel(identity.connect()?);
    let (courier, parcels) = Courier::new();
    around.spawn(deliver(parcels, api.clone()));
    let who = identity.host.to_string();
    let endpoint = identity.endpoint()?;
    tracing::info!(host = %identity.name, server = %endpoint.url, generation = book.generation(), "the agent runs");
    around.spawn(keep_fresh(paths.clone(), clock, identity, api_sender));

    let (outbox_sender, outbox) = watch::channel(Outbox::default());
    let (heard_sender, heard) = mpsc::channel(2);
    let (tests, asked) = database_tests::tests();
    around.spawn(database_tests::answer(asked, api.clone()));
    let line = |purpose: &str| Line {
        api: api.clone(),
        outbox: outbox.clone(),
        heard: heard_sender.clone(),
        tests: tests.clone(),
        backoff: Backoff::new(&format!("{who} {purpose}"), SHORTEST_PAUSE, LONGEST_PAUSE),
    };
    let facts_paths = paths.clone();
    let facts = move || facts::gather(&facts_paths, facts::local_address(&endpoint));
    let (poll, report) = (line("poll"), line("report"));
    let (looked_sender, looked) = mpsc::channel(1);
    around.spawn(drift::look(paths.clone(), looked_sender));
    let stop = stop_signal().map_err(DaemonError::System)?;
    // The program is found by what it is and not by its path, which may have been replaced meanwhile.
    let program = PathBuf::from("/proc/self/exe");
    let (stops_sender, stops) = watch::channel(BTreeSet::new());
    let host = Host { paths, clock, program, api, courier, stops };
    let owner = Owner::new(host, journal, book, inventory, outbox_sender, stops_sender);
    // The owner speaks first, so that the others find what is true.
    let owner = owner.begin()?;
    around.spawn(poll.poll());
    around.spawn(report.report(facts));
    let ended = owner.run(heard, findings, looked, stop).await;
    around.abort_all();
    Ok(ended?)
}

/// Becomes true when the agent is asked to end.
fn stop_signal() -> io::Result<watch::Receiver<bool>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("the agent ends");
        sender.send_replace(true);
    });
    Ok(receiver)
}
