//! Speaking with the server: one task waits for assignments, another tells what has happened as soon as it has.
//!
//! Two requests, so that what happens need not wait for the end of a long poll, nor break it off.

use std::time::Duration;

use packhorse_client::agent_api::{AgentApi, AgentApiError};
use packhorse_model::ids::AttemptId;
use packhorse_model::order::{HostFacts, InstanceReport, PROTOCOL, Report, SyncReply, SyncRequest};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use super::database_tests::Tests;
use crate::backoff::Backoff;
use crate::facts::has_moved;

/// How long the server may hold a request.
const WAIT: u32 = 55;
/// Polls that end at once, without anything new, are not repeated faster than this.
const SLOWEST_SPIN: Duration = Duration::from_millis(500);
/// How often it is looked whether there is much more or less room on the disks than was told.
const ROOM: Duration = Duration::from_secs(10 * 60);
/// Reports in one request.
pub(super) const REPORTS: usize = 500;

/// What is to be told, as it stands. All of it is on disk.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Outbox {
    /// The highest generation that was accepted.
    pub generation: u64,
    /// What the server has not acknowledged.
    pub reports: Vec<Report>,
    /// Every instance.
    pub instances: Vec<InstanceReport>,
    /// How many times the server has asked for everything.
    pub asked: u64,
}

/// The server has answered.
#[derive(Debug)]
pub(super) struct Heard {
    /// What.
    pub reply: SyncReply,
    /// What it has by now: the last sequence number of each attempt that was sent.
    pub acknowledged: Vec<(AttemptId, u32)>,
    /// Told when the answer has been taken into account.
    pub done: oneshot::Sender<()>,
}

/// One of the two tasks.
pub(super) struct Line {
    /// The way to the server.
    pub api: watch::Receiver<AgentApi>,
    /// What is to be told.
    pub outbox: watch::Receiver<Outbox>,
    /// Where answers go.
    pub heard: mpsc::Sender<Heard>,
    /// Where tests of databases are asked for.
    pub tests: Tests,
    /// Pauses after failures.
    pub backoff: Backoff,
}

impl Line {
    /// Waits for assignments, for ever.
    pub(super) async fn poll(mut self) {
        loop {
            let generation = self.outbox.borrow().generation;
            let begun = Instant::now();
            let request = request(generation, WAIT);
            let Some(reply) = self.sync(&request).await else { continue };
            let is_new = reply.assignment.is_some();
            if !self.tell(reply, Vec::new()).await {
                return;
            }
            if !is_new && begun.elapsed() < SLOWEST_SPIN {
                tokio::time::sleep(SLOWEST_SPIN).await;
            }
        }
    }

    /// Tells what has happened, for ever.
    pub(super) async fn report(mut self, facts: impl Fn() -> HostFacts) {
        let mut told: Option<(Vec<InstanceReport>, u64)> = None;
        let mut told_facts = HostFacts::default();
        loop {
            let outbox = self.outbox.borrow_and_update().clone();
            let inventory = (outbox.instances.clone(), outbox.asked);
            let is_told = told.as_ref() == Some(&inventory);
            let is_quiet = is_told && outbox.reports.is_empty();
            if is_quiet {
                match tokio::time::timeout(ROOM, self.outbox.changed()).await {
                    Ok(Ok(())) => continue,
                    Ok(Err(_)) => return,
                    Err(_) if !has_moved(&told_facts, &facts()) => continue,
                    Err(_) => {}
                }
            }
            let mut acknowledged: Vec<(AttemptId, u32)> = Vec::new();
            for report in &outbox.reports {
                match acknowledged.last_mut() {
                    Some((attempt, last)) if *attempt == report.attempt => *last = report.sequence,
                    _ => acknowledged.push((report.attempt, report.sequence)),
                }
            }
            let request = SyncRequest {
                reports: outbox.reports,
                instances: (!is_told).then_some(outbox.instances),
                facts: (!is_told || is_quiet).then(&facts),
                ..request(outbox.generation, 0)
            };
            let Some(reply) = self.sync(&request).await else { continue };
            told = Some(inventory);
            told_facts = request.facts.unwrap_or(told_facts);
            if !self.tell(reply, acknowledged).await {
                return;
            }
        }
    }

    /// Sends one request. None, after a pause, if that failed.
    async fn sync(&mut self, request: &SyncRequest) -> Option<SyncReply> {
        let api = self.api.borrow().clone();
        match api.sync(request).await {
            Ok(reply) => {
                self.backoff.reset();
                Some(reply)
            }
            Err(error) => {
                let pause = self.backoff.pause();
                tracing::warn!(%error, hint = hint(&error), again_in_ms = pause.as_millis(), "no sync");
                tokio::time::sleep(pause).await;
                None
            }
        }
    }

    /// False if the agent ends.
    async fn tell(&self, reply: SyncReply, acknowledged: Vec<(AttemptId, u32)>) -> bool {
        for test in &reply.database_tests {
            // What finds no room is told of again, or runs out.
            let _ = self.tests.try_send(*test);
        }
        let (done, taken) = oneshot::channel();
        self.heard.send(Heard { reply, acknowledged, done }).await.is_ok() && taken.await.is_ok()
    }
}

fn hint(error: &AgentApiError) -> &str {
    let problem = error.problem();
    match problem {
        Some(problem) if matches!(problem.status, 401 | 403) => {
            problem.hint.as_deref().unwrap_or("this host is not known to the server any more: let it join again")
        }
        Some(problem) => problem.hint.as_deref().unwrap_or_default(),
        None => "is the server running, and is its address right?",
    }
}

fn request(generation: u64, wait_seconds: u32) -> SyncRequest {
    SyncRequest { protocol: PROTOCOL, generation, reports: Vec::new(), instances: None, facts: None, wait_seconds }
}
