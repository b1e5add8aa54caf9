//! Measures a rolling deployment over a simulated fleet: thousands of agents in this process, that speak the agent protocol over TLS with a real
//! server, report and follow grants as agents do, and do no work.
//!
//! `packhorse-bench-agents [sqlite|postgres]...`, both if nothing is said. The server is the `packhorse` beside this program, or in
//! `PACKHORSE_BIN_DIR`. `BENCH_AGENTS` is the size of the fleet (10000), `BENCH_BATCH` the batch expression (1%), `BENCH_STEP_MILLIS` how long an
//! agent takes for a step (10), `BENCH_IDLE_SECONDS` for how long the fleet is watched with nothing to do (60).

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints what it measures")]

mod agent;
mod fleet;
mod limits;
mod machine;
mod probe;
mod report;
mod rollout;
mod site;
mod usage;

use std::process::ExitCode;
use std::time::Duration;

use packhorse_client::ClientError;
use packhorse_testkit::bench::Kind;
use tokio::runtime::{Builder, Handle};

use fleet::Fleet;
use report::Report;
use site::{Failure, Site};

/// What is measured.
pub(crate) struct Settings {
    /// Agents in the fleet.
    pub(crate) agents: u32,
    /// The batch expression.
    pub(crate) batch: String,
    /// How long an agent takes for a step.
    pub(crate) step: Duration,
    /// How long the fleet is watched with nothing to do.
    pub(crate) idle: Duration,
}

impl Settings {
    fn from_environment() -> Result<Self, Failure> {
        Ok(Self {
            agents: number("BENCH_AGENTS", 10_000)?.max(1),
            batch: std::env::var("BENCH_BATCH").unwrap_or_else(|_| "1%".to_owned()),
            step: Duration::from_millis(number("BENCH_STEP_MILLIS", 10)?.into()),
            idle: Duration::from_secs(number("BENCH_IDLE_SECONDS", 60)?.into()),
        })
    }
}

fn number(variable: &str, otherwise: u32) -> Result<u32, Failure> {
    match std::env::var(variable) {
        Ok(text) => text.parse().map_err(|_| format!("{variable}={text:?} is no number").into()),
        Err(_) => Ok(otherwise),
    }
}

async fn run(kind: Kind, settings: &Settings, threads: Handle) -> Result<Report, Failure> {
    let site = Site::start(kind).await?;
    let fleet = Fleet::new(threads, settings.step);
    let gathering = fleet.gather(&site, settings.agents).await?;
    eprintln!("{kind}: {} agents are there; watching them idle", settings.agents);
    let idle = usage::watch(&site, settings.idle).await;
    eprintln!("{kind}: deploying in batches of {}", settings.batch);
    let rollout = rollout::measure(&site, &fleet, settings).await?;
    let (agents, batch, peak) = (settings.agents, settings.batch.clone(), site.peak_memory());
    Ok(Report { kind, agents, batch, gathering, idle, rollout, peak })
}

/// What went wrong, with its causes and what a server said beside.
fn complain(failure: &Failure) {
    eprint!("{failure}");
    let problem = failure.downcast_ref::<ClientError>().and_then(ClientError::problem);
    if let Some(detail) = problem.and_then(|problem| problem.detail.as_deref()) {
        eprint!(": {detail}");
    }
    let mut next = failure.source();
    while let Some(cause) = next {
        eprint!(": {cause}");
        next = cause.source();
    }
    eprintln!();
}

fn run_all() -> Result<(), Failure> {
    let mut kinds = std::env::args().skip(1).map(|argument| argument.parse()).collect::<Result<Vec<Kind>, _>>()?;
    if kinds.is_empty() {
        kinds = vec![Kind::Sqlite, Kind::Postgres];
    }
    let settings = Settings::from_environment()?;
    if let Some(warning) = limits::raise(settings.agents)? {
        eprintln!("{warning}");
    }
    // The fleet has threads of its own, so that what it does and what is measured wait for each other as little as can be.
    let measuring = Builder::new_current_thread().enable_all().build()?;
    for kind in kinds {
        let threads = Builder::new_multi_thread().enable_all().build()?;
        let report = measuring.block_on(run(kind, &settings, threads.handle().clone()));
        threads.shutdown_background();
        print!("{}", report?);
    }
    Ok(())
}

fn main() -> ExitCode {
    match run_all() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure);
            ExitCode::FAILURE
        }
    }
}
