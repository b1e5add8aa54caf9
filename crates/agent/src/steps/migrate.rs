//! Scripts and migrate: the SQL of a database package, brought to the host, looked at, and run in the database.
//!
//! Running it is an opaque step whose every statement is in the ledger of the database: an agent that was killed in it looks there, and goes on
//! with what has not taken effect.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use packhorse_client::agent_api::Transfer;
use packhorse_content::digest_of;
use packhorse_database::{Applied, NotReady, Outcome, Run, apply, check};
use packhorse_model::Digest;
use packhorse_model::database::{Migration, MigrationScript, PASSWORD};
use packhorse_model::step::StepOutcome;
use tokio::time::Instant;

use super::command::job;
use super::fetch::deadline;
use super::render::secrets;
use super::transfer::{Incoming, download};
use super::{Did, Host, StepError, Task};
use crate::install::{ORIGINALS, Site};
use crate::output::Output;

/// How long the server is asked for the password when the scripts are to run.
const PATIENCE: Duration = Duration::from_secs(300);

/// Brings the scripts that are not here yet, and finds out whether they could be run.
pub(super) async fn scripts(host: &Host, task: &Task) -> Result<Did, StepError> {
    let (site, migration) = (task.site(host)?, migration(task)?);
    let until = deadline(host, task);
    let mut fetched = 0;
    for script in migration.steps.iter().flat_map(|step| &step.scripts) {
        if site.original(&script.digest)?.is_none() {
            let (bytes, count) = fetch(host, script, until).await?;
            site.keep(ORIGINALS, &script.digest, &bytes)?;
            fetched += count;
        }
    }
    let password = secrets(host, task, until).await?.remove(PASSWORD);
    let read = |digest: &Digest| script(&site, digest);
    let now = || host.clock.now();
    let checked = check(&run(task, migration, password.as_deref(), &read, &now, &|_| {})).await;
    Ok(match checked {
        Ok(note) => Did { fetched, ..Did::done(note) },
        Err(NotReady { message, ledger }) => Did { fetched, ledger, ..Did::failed(message) },
    })
}

/// Runs what is left of the migration by the ledger, whether for the first time or after an agent that was killed in it.
pub(super) async fn migrate(host: &Host, task: &Task) -> Result<Did, StepError> {
    let (site, migration) = (task.site(host)?, migration(task)?);
    let password = secrets(host, task, Instant::now() + PATIENCE).await?.remove(PASSWORD);
    let path = job(host, task).output();
    let log = Mutex::new(open(&path).map_err(|source| StepError::Io { path: path.clone(), source })?);
    let say = |line: &str| {
        // What cannot be written down here stands in the ledger.
        let _ = log.lock().map(|mut log| writeln!(log, "{line}"));
    };
    let mut output = Output::new(task.attempt.id(), task.index, path.clone());
    let read = |digest: &Digest| script(&site, digest);
    let now = || host.clock.now();
    let run = run(task, migration, password.as_deref(), &read, &now, &say);
    let Applied { outcome, ledger } = tokio::select! {
        applied = apply(&run) => applied,
        never = output.follow(&host.api) => match never {},
    };
    let outcome = match outcome {
        Outcome::Done { note, .. } => StepOutcome::Done { note },
        Outcome::Failed { message, .. } => StepOutcome::Failed { message },
        Outcome::Unknown { evidence } => StepOutcome::Unknown { evidence },
    };
    say(match &outcome {
        StepOutcome::Done { note } => note,
        StepOutcome::Failed { message } => message,
        StepOutcome::Unknown { evidence } => evidence,
    });
    output.end(&host.api, &host.courier).await;
    Ok(Did { outcome, installed: None, fetched: 0, ledger, ran: None })
}

fn migration(task: &Task) -> Result<&Migration, StepError> {
    let missing = || StepError::Other("the order names no database: make a new plan".to_owned());
    task.order().migration.as_ref().ok_or_else(missing)
}

fn run<'a>(
    task: &'a Task,
    migration: &'a Migration,
    password: Option<&'a str>,
    script: &'a (dyn Fn(&Digest) -> io::Result<Vec<u8>> + Send + Sync),
    now: &'a (dyn Fn() -> jiff::Timestamp + Send + Sync),
    say: &'a (dyn Fn(&str) + Send + Sync),
) -> Run<'a> {
    Run {
        package: &task.order().package,
        migration,
        password,
        script,
        deployment: task.attempt.order.deployment,
        attempt: task.attempt.id(),
        now,
        say,
    }
}

/// A script from where it is kept.
fn script(site: &Site, digest: &Digest) -> io::Result<Vec<u8>> {
    let kept = site.original(digest).map_err(io::Error::other)?;
    kept.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "it is not on this host any more: retry"))
}

async fn fetch(host: &Host, script: &MigrationScript, until: Instant) -> Result<(Vec<u8>, u64), StepError> {
    let most = script.size.saturating_add(1);
    let take = move |incoming: Incoming| {
        let mut bytes = Vec::new();
        incoming.take(most).read_to_end(&mut bytes).map(|_| bytes)
    };
    let (taken, count) = download(host, Transfer::File(script.digest), until, take).await?;
    let bytes = taken.map_err(|error| StepError::Other(format!("{} did not come whole: {error}", script.path)))?;
    if digest_of(&bytes) != script.digest {
        return Err(StepError::Content { what: "script" });
    }
    Ok((bytes, count))
}

fn open(path: &Path) -> io::Result<std::fs::File> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}
