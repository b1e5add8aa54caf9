//! Scripts and migrate: the SQL of a database package, brought to the host, looked at, and run in the database.
//!
//! Running it is an opaque step whose every statement is in the ledger of the database: an agent that was killed in it looks there, and goes on
//! with what has not taken effect.

use std::collections::BTreeMap;
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
use packhorse_model::database::{Migration, MigrationScript};
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
    let (site, migrations) = (task.site(host)?, migrations(task)?);
    let until = deadline(host, task);
    let mut fetched = 0;
    for script in migrations.iter().flat_map(|migration| &migration.steps).flat_map(|step| &step.scripts) {
        if site.original(&script.digest)?.is_none() {
            let (bytes, count) = fetch(host, script, until).await?;
            site.keep(ORIGINALS, &script.digest, &bytes)?;
            fetched += count;
        }
    }
    let passwords = secrets(host, task, until).await?;
    let read = |digest: &Digest| script(&site, digest);
    let now = || host.clock.now();
    let mut notes = Vec::new();
    for migration in migrations {
        match check(&run(task, migration, &passwords, &read, &now, &|_| {})).await {
            Ok(note) => notes.push(note),
            Err(NotReady { message, ledger }) => {
                let ledgers = ledger.map(|ledger| (migration.target, ledger)).into_iter().collect();
                return Ok(Did { fetched, ledgers, ..Did::failed(message) });
            }
        }
    }
    Ok(Did { fetched, ..Did::done(notes.join("; ")) })
}

/// Runs what is left of the migrations by their ledgers, whether for the first time or after an agent that was killed in one. The first that
/// fails is the last; a further attempt goes on with it.
pub(super) async fn migrate(host: &Host, task: &Task) -> Result<Did, StepError> {
    let (site, migrations) = (task.site(host)?, migrations(task)?);
    let passwords = secrets(host, task, Instant::now() + PATIENCE).await?;
    let path = job(host, task).output();
    let log = Mutex::new(open(&path).map_err(|source| StepError::Io { path: path.clone(), source })?);
    let say = |line: &str| {
        // What cannot be written down here stands in the ledger.
        let _ = log.lock().map(|mut log| writeln!(log, "{line}"));
    };
    let mut output = Output::new(task.attempt.id(), task.index, path.clone());
    let read = |digest: &Digest| script(&site, digest);
    let now = || host.clock.now();
    let each = async {
        let (mut notes, mut ledgers) = (Vec::new(), Vec::new());
        for migration in &migrations {
            let Applied { outcome, ledger } = apply(&run(task, migration, &passwords, &read, &now, &say)).await;
            ledgers.extend(ledger.map(|ledger| (migration.target, ledger)));
            let of = |text: String| if migrations.len() > 1 { format!("{}: {text}", migration.name) } else { text };
            let ended = match outcome {
                Outcome::Done { note, .. } => {
                    say(&note);
                    notes.push(note);
                    continue;
                }
                Outcome::Failed { message, .. } => StepOutcome::Failed { message: of(message) },
                Outcome::Unknown { evidence } => StepOutcome::Unknown { evidence: of(evidence) },
            };
            return (ended, ledgers);
        }
        (StepOutcome::Done { note: notes.join("; ") }, ledgers)
    };
    let (outcome, ledgers) = tokio::select! {
        ended = each => ended,
        never = output.follow(&host.api) => match never {},
    };
    match &outcome {
        StepOutcome::Done { .. } => {}
        StepOutcome::Failed { message: text } | StepOutcome::Unknown { evidence: text } => say(text),
    }
    output.end(&host.api, &host.courier).await;
    Ok(Did { outcome, installed: None, fetched: 0, ledgers, ran: None })
}

fn migrations(task: &Task) -> Result<Vec<&Migration>, StepError> {
    let migrations: Vec<&Migration> = task.order().each_migration().collect();
    if migrations.is_empty() {
        return Err(StepError::Other("the order names no database: make a new plan".to_owned()));
    }
    Ok(migrations)
}

fn run<'a>(
    task: &'a Task,
    migration: &'a Migration,
    passwords: &'a BTreeMap<String, String>,
    script: &'a (dyn Fn(&Digest) -> io::Result<Vec<u8>> + Send + Sync),
    now: &'a (dyn Fn() -> jiff::Timestamp + Send + Sync),
    say: &'a (dyn Fn(&str) + Send + Sync),
) -> Run<'a> {
    Run {
        package: &task.order().package,
        migration,
        password: passwords.get(&task.order().password_name(migration)).map(String::as_str),
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
