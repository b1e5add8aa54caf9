//! A server: it answers agents, and moves deployments on by the planner's decisions. It keeps no truth in memory, and shares the rows with
//! the other servers.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;
use packhorse_model::ids::{DeploymentId, HostId};
use packhorse_model::order::{Assignment, PROTOCOL, SyncReply};
use packhorse_planner::fleet::step;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};
use turmoil::net::{TcpListener, TcpStream};

use crate::checker::Decider;
use crate::rows::{Fleet, Received, Told, Watch};
use crate::wire::{self, Answer, PORT, Question};
use crate::world::World;

/// How long an agent with nothing to do waits at most.
const IDLE_WAIT: Duration = Duration::from_secs(55);
/// How long one with work to do waits at most.
const BUSY_WAIT: Duration = Duration::from_secs(5);
/// How long the reconciler rests if nobody wakes it, and how often what other servers changed is looked at.
const REST: Duration = Duration::from_secs(1);
/// How often it is written when hosts were heard of.
const FLUSH: Duration = Duration::from_secs(3);
/// How many decisions one deployment gets in a row.
const TURN: u32 = 8;

/// Serves until it is killed.
pub(crate) async fn serve(world: Rc<World>, number: usize) -> turmoil::Result {
    let started_at = world.server_time(number);
    let server = Rc::new(Server { world, number, started_at, presence: RefCell::default(), changed: Notify::new() });
    let listener = TcpListener::bind(("0.0.0.0", PORT)).await?;
    let mut tasks = JoinSet::new();
    tasks.spawn_local(Rc::clone(&server).reconcile());
    tasks.spawn_local(Rc::clone(&server).flush());
    loop {
        tokio::select! {
            biased;
            // A task that panics ends the simulation.
            Some(ended) = tasks.join_next() => ended?,
            accepted = listener.accept() => {
                tasks.spawn_local(Rc::clone(&server).answer(accepted?.0));
            }
        }
    }
}

struct Server {
    world: Rc<World>,
    number: usize,
    started_at: Timestamp,
    /// When hosts were heard of, and whether that is in the rows.
    presence: RefCell<BTreeMap<HostId, Timestamp>>,
    /// Something has changed that this server knows of.
    changed: Notify,
}

impl Server {
    async fn answer(self: Rc<Self>, mut stream: TcpStream) {
        // Whoever asked may be gone, in the middle of a question or of an answer.
        let Ok(question) = wire::receive::<Question>(&mut stream).await else { return };
        let answer = self.sync(question).await;
        let _ = wire::send(&mut stream, &answer).await;
    }

    async fn sync(&self, question: Question) -> Answer {
        let Question { host, incarnation, sync } = question;
        let world = &self.world;
        self.presence.borrow_mut().insert(host, self.now());
        world.database().await;
        let told = Told { host, incarnation, reports: sync.reports, instances: sync.instances };
        {
            let rows = world.rows.borrow();
            if incarnation < rows.hosts[&host].incarnation {
                return Answer::Refused;
            }
        }
        let is_news = !told.reports.is_empty() || told.instances.is_some();
        if is_news || !world.rows.borrow().has_received(host, incarnation) {
            if world.take_in(self.number, &told).is_err() {
                return Answer::Refused;
            }
            self.changed.notify_waiters();
            // It is committed by now, and the answer may never come.
            world.database().await;
        }
        let known = self.received(host);
        if known.wants_inventory {
            return reply(None, true);
        }
        if known.generation > sync.generation {
            return self.assignment(host);
        }
        let most = if world.rows.borrow().has_open(host) { BUSY_WAIT } else { IDLE_WAIT };
        let until = Instant::now() + most.min(Duration::from_secs(u64::from(sync.wait_seconds)));
        while self.received(host).generation <= known.generation {
            tokio::select! {
                biased;
                () = self.changed.notified() => {}
                () = sleep(REST) => {}
                () = sleep_until(until) => return reply(None, false),
            }
        }
        world.database().await;
        if incarnation < world.rows.borrow().hosts[&host].incarnation {
            return Answer::Refused;
        }
        self.assignment(host)
    }

    fn received(&self, host: HostId) -> Received {
        self.world.rows.borrow().hosts[&host].received.expect("what was received has a row")
    }

    fn assignment(&self, host: HostId) -> Answer {
        reply(Some(self.world.rows.borrow().assignment(host)), false)
    }

    async fn reconcile(self: Rc<Self>) {
        loop {
            self.obey().await;
            let unsettled = self.world.rows.borrow().unsettled();
            for deployment in unsettled {
                self.tend(deployment).await;
            }
            tokio::select! {
                biased;
                () = self.changed.notified() => {}
                () = sleep(REST) => {}
            }
        }
    }

    /// Moves one deployment on as far as it goes now.
    async fn tend(&self, id: DeploymentId) {
        for _ in 0..TURN {
            let (fleet, now) = self.load(id);
            let decision = step(&fleet.state, now);
            let is_over = fleet.state.state.is_terminal();
            let waits_otherwise = !is_over && decision.waiting != self.world.rows.borrow().deployments[&id].waiting;
            if decision.transitions.is_empty() && fleet.dead.is_empty() && !waits_otherwise {
                return;
            }
            // Others decide meanwhile.
            self.world.database().await;
            if self.world.commit(self.number, Decider::Engine, &fleet, &decision).is_ok() {
                self.changed.notify_waiters();
            }
        }
    }

    /// Does what a person has said, if it can be done.
    async fn obey(&self) {
        let word = self.world.words.borrow_mut().pop_front();
        let Some((id, word)) = word else { return };
        for _ in 0..TURN {
            let (fleet, now) = self.load(id);
            let Some(decision) = word.decide(&fleet.state, now) else { return };
            self.world.database().await;
            if self.world.commit(self.number, Decider::Person, &fleet, &decision).is_ok() {
                self.changed.notify_waiters();
                return;
            }
        }
        // Whoever said it is told to say it again.
        self.world.note(format_args!("server {}: {word:?} found no turn", self.number));
    }

    fn load(&self, id: DeploymentId) -> (Fleet, Timestamp) {
        let now = self.now();
        let presence = self.presence.borrow();
        let watch = Watch { now, started_at: self.started_at, presence: &presence };
        (self.world.rows.borrow().load(id, &watch), now)
    }

    /// Writes down, now and then, when hosts were heard of.
    async fn flush(self: Rc<Self>) {
        loop {
            sleep(FLUSH).await;
            let mut rows = self.world.rows.borrow_mut();
            for (host, at) in self.presence.borrow().iter() {
                if let Some(row) = rows.hosts.get_mut(host) {
                    row.last_seen = row.last_seen.max(*at);
                }
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.world.server_time(self.number)
    }
}

fn reply(assignment: Option<Assignment>, wants_inventory: bool) -> Answer {
    Answer::Reply(SyncReply { protocol: PROTOCOL, assignment, wants_inventory, database_tests: Vec::new() })
}
