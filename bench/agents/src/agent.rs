//! One agent of the fleet: a [`Machine`] and the two requests by which an agent speaks with its server, one that waits for assignments and one that
//! tells what has happened.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use packhorse_agent::backoff::Backoff;
use packhorse_client::agent_api::AgentApi;
use packhorse_model::order::{HostFacts, PROTOCOL, Report, SyncReply, SyncRequest};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::machine::{Machine, Outbox};
use crate::site::Failure;

/// How long the server may hold a request.
const WAIT: u32 = 55;
/// Polls that end at once, without anything new, are not repeated faster than this.
const SLOWEST_SPIN: Duration = Duration::from_millis(500);
/// The pauses after failures.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(30));

/// What all agents have counted together.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Changes of the states of units.
    pub(crate) transitions: Arc<AtomicU64>,
    /// Requests that were answered.
    pub(crate) syncs: AtomicU64,
    /// Requests that were not, and were sent again.
    pub(crate) failures: AtomicU64,
    /// Why the last of them was not.
    last: Mutex<Option<String>>,
}

impl Counts {
    fn failed(&self, reason: String) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        *lock(&self.last) = Some(reason);
    }

    /// Why the last request was not answered that was not.
    pub(crate) fn last_failure(&self) -> Option<String> {
        lock(&self.last).clone()
    }
}

/// One agent.
pub(crate) struct Agent {
    name: String,
    api: AgentApi,
    facts: HostFacts,
    step: Duration,
    machine: Mutex<Machine>,
    outbox: watch::Sender<Outbox>,
    counts: Arc<Counts>,
}

impl Agent {
    /// An agent that takes `step` for each step.
    pub(crate) fn new(
        name: String,
        api: AgentApi,
        facts: HostFacts,
        step: Duration,
        machine: Machine,
        counts: Arc<Counts>,
    ) -> Arc<Self> {
        let outbox = watch::Sender::new(machine.outbox());
        Arc::new(Self { name, api, facts, step, machine: Mutex::new(machine), outbox, counts })
    }

    /// Waits for assignments, for ever.
    pub(crate) async fn poll(self: Arc<Self>) {
        let mut backoff = self.backoff("poll");
        loop {
            let generation = self.outbox.borrow().generation;
            let begun = Instant::now();
            let Some(reply) = self.sync(&request(generation, WAIT), &mut backoff).await else { continue };
            let is_new = reply.assignment.is_some();
            self.hear(reply, &[]);
            if !is_new && begun.elapsed() < SLOWEST_SPIN {
                tokio::time::sleep(SLOWEST_SPIN).await;
            }
        }
    }

    /// Tells what has happened, for ever.
    pub(crate) async fn report(self: Arc<Self>) {
        let (mut backoff, mut news) = (self.backoff("report"), self.outbox.subscribe());
        let mut told = None;
        loop {
            let outbox = news.borrow_and_update().clone();
            let is_told = told.as_ref() == Some(&outbox.inventory);
            if is_told && outbox.reports.is_empty() {
                if news.changed().await.is_err() {
                    return;
                }
                continue;
            }
            let request = SyncRequest {
                reports: outbox.reports,
                instances: (!is_told).then(|| outbox.inventory.0.clone()),
                facts: (!is_told).then(|| self.facts.clone()),
                ..request(outbox.generation, 0)
            };
            let Some(reply) = self.sync(&request, &mut backoff).await else { continue };
            told = Some(outbox.inventory);
            self.hear(reply, &request.reports);
        }
    }

    /// Sends one request. None, after a pause, if that failed.
    async fn sync(&self, request: &SyncRequest, backoff: &mut Backoff) -> Option<SyncReply> {
        match self.api.sync(request).await {
            Ok(reply) => {
                self.counts.syncs.fetch_add(1, Ordering::Relaxed);
                backoff.reset();
                Some(reply)
            }
            Err(error) => {
                self.counts.failed(format!("{}: {error}", self.name));
                tokio::time::sleep(backoff.pause()).await;
                None
            }
        }
    }

    fn hear(self: &Arc<Self>, reply: SyncReply, reported: &[Report]) {
        self.change(|machine| machine.hear(reply, reported));
        // Whatever is begun already goes on by itself.
        if self.begin_step() {
            tokio::spawn(Arc::clone(self).work());
        }
    }

    /// Ends the step that was begun, and the ones behind it.
    async fn work(self: Arc<Self>) {
        loop {
            if !self.step.is_zero() {
                tokio::time::sleep(self.step).await;
            }
            let millis = u64::try_from(self.step.as_millis()).unwrap_or(u64::MAX);
            self.change(|machine| {
                machine.finish_step(millis);
                Ok(())
            });
            if !self.begin_step() {
                return;
            }
        }
    }

    fn begin_step(&self) -> bool {
        self.change(Machine::begin_step).unwrap_or_default()
    }

    /// Changes the machine, and puts into the outbox what is to be told then.
    fn change<T>(&self, change: impl FnOnce(&mut Machine) -> Result<T, Failure>) -> Option<T> {
        let mut machine = lock(&self.machine);
        let changed = change(&mut machine);
        let outbox = machine.outbox();
        self.outbox.send_if_modified(|known| {
            let is_news = *known != outbox;
            *known = outbox;
            is_news
        });
        changed.map_err(|failure| self.counts.failed(format!("{}: {failure}", self.name))).ok()
    }

    fn backoff(&self, purpose: &str) -> Backoff {
        Backoff::new(&format!("{} {purpose}", self.name), PAUSES.0, PAUSES.1)
    }
}

fn request(generation: u64, wait_seconds: u32) -> SyncRequest {
    SyncRequest { protocol: PROTOCOL, generation, reports: Vec::new(), instances: None, facts: None, wait_seconds }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A machine or a text is whole at any moment.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
