//! An agent: it decides by the agent's own [`core`](packhorse_agent::core), and is told and tells as the daemon is and does. What it knows is
//! lost when it is killed, and what its [`Machine`](crate::machine::Machine) has written down is not.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt as _};
use packhorse_agent::backoff::Backoff;
use packhorse_agent::core::{Attempt, Book, How, Link, Next, Record, next};
use packhorse_model::PackageName;
use packhorse_model::ids::AttemptId;
use packhorse_model::order::{
    Aftermath, AttemptResult, InstanceReport, InstanceState, PROTOCOL, Report, ReportEvent, SyncReply, SyncRequest,
};
use packhorse_model::step::{Nature, StepKind, StepOutcome};
use packhorse_planner::host::Installed;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};
use turmoil::net::TcpStream;

use crate::machine::{Application, Task};
use crate::wire::{self, Answer, PORT, Question};
use crate::world::{TICK, World};

/// How long the server may hold a request.
const WAIT: u32 = 55;
/// How much longer an agent waits for an answer than the server may hold it.
const PATIENCE: Duration = Duration::from_secs(10);
/// Polls that end at once, without anything new, are not repeated faster than this.
const SLOWEST_SPIN: Duration = Duration::from_millis(500);
/// The pauses after failures.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(10));
/// The life of a grant: without a word from the server for longer, no switch is begun.
const GRANT: Duration = Duration::from_secs(60);
/// Reports in one request.
const REPORTS: usize = 500;
/// Records after which the journal is written anew, as short as it can be.
const LONG: usize = 300;

/// Lives until it is killed.
pub(crate) async fn run(world: Rc<World>, number: usize) -> turmoil::Result {
    let agent = Agent::start(world, number);
    futures::join!(agent.poll(), agent.report(), agent.work());
    Ok(())
}

/// What is to be told, as it stands. All of it is on disk.
#[derive(Debug, Clone, Default, PartialEq)]
struct Outbox {
    generation: u64,
    reports: Vec<Report>,
    /// Every instance, and how many times the server has asked for them.
    inventory: (Vec<InstanceReport>, u64),
}

/// What is lost when the agent is killed.
#[derive(Default)]
struct Memory {
    book: Book,
    pending: Vec<Record>,
    busy: BTreeSet<AttemptId>,
    heard_at: Option<Instant>,
    asked: u64,
    outbox: Outbox,
}

struct Agent {
    world: Rc<World>,
    number: usize,
    /// The server that it asks next.
    server: Cell<usize>,
    memory: RefCell<Memory>,
    has_news: Notify,
    has_heard: Notify,
}

/// A step has ended.
struct Ended {
    task: Task,
    outcome: StepOutcome,
    installed: Option<Installed>,
}

impl Agent {
    fn start(world: Rc<World>, number: usize) -> Self {
        let book = Book::of(world.machines[number].borrow().journal.iter().cloned());
        let memory = RefCell::new(Memory { book, ..Memory::default() });
        let server = Cell::new(number % world.story.servers);
        Self { world, number, server, memory, has_news: Notify::new(), has_heard: Notify::new() }
    }

    /// Waits for assignments, for ever.
    async fn poll(&self) {
        let mut backoff = self.backoff("poll");
        loop {
            let generation = self.memory.borrow().outbox.generation;
            let begun = Instant::now();
            let Some(reply) = self.sync(request(generation, WAIT), &mut backoff).await else { continue };
            let is_new = reply.assignment.is_some();
            self.hear(reply, &[]);
            if !is_new && begun.elapsed() < SLOWEST_SPIN {
                sleep(SLOWEST_SPIN).await;
            }
        }
    }

    /// Tells what has happened, for ever.
    async fn report(&self) {
        let mut backoff = self.backoff("report");
        let mut told = None;
        loop {
            let outbox = self.memory.borrow().outbox.clone();
            let is_told = told.as_ref() == Some(&outbox.inventory);
            if is_told && outbox.reports.is_empty() {
                // Applications fall ill and recover by themselves.
                let _ = timeout(Duration::from_secs(2), self.has_news.notified()).await;
                self.publish();
                continue;
            }
            let request = SyncRequest {
                reports: outbox.reports.clone(),
                instances: (!is_told).then(|| outbox.inventory.0.clone()),
                ..request(outbox.generation, 0)
            };
            let Some(reply) = self.sync(request, &mut backoff).await else { continue };
            told = Some(outbox.inventory);
            self.hear(reply, &outbox.reports);
        }
    }

    /// Does what is to be done, for ever.
    async fn work(&self) {
        let mut running = FuturesUnordered::new();
        loop {
            for task in self.begin() {
                running.push(self.step(task));
            }
            self.publish();
            tokio::select! {
                biased;
                Some(ended) = running.next(), if !running.is_empty() => self.ended(ended),
                () = self.has_heard.notified() => {}
            }
        }
    }

    /// Sends one request. None, after a pause, if that failed; then another server is asked.
    async fn sync(&self, sync: SyncRequest, backoff: &mut Backoff) -> Option<SyncReply> {
        let patience = Duration::from_secs(u64::from(sync.wait_seconds)) + PATIENCE;
        let question = {
            let machine = self.world.machines[self.number].borrow();
            Question { host: machine.host, incarnation: machine.incarnation, sync }
        };
        let asked = async {
            let mut stream = TcpStream::connect((server_name(self.server.get()), PORT)).await?;
            wire::send(&mut stream, &question).await?;
            wire::receive(&mut stream).await
        };
        match timeout(patience, asked).await {
            Ok(Ok(Answer::Reply(reply))) => {
                backoff.reset();
                Some(reply)
            }
            Ok(Ok(Answer::Refused) | Err(_)) | Err(_) => {
                self.server.set((self.server.get() + 1) % self.world.story.servers);
                sleep(backoff.pause()).await;
                None
            }
        }
    }

    fn hear(&self, reply: SyncReply, reported: &[Report]) {
        {
            let mut memory = self.memory.borrow_mut();
            memory.heard_at = Some(Instant::now());
            for report in reported {
                memory.record(Record::Acknowledged { attempt: report.attempt, sequence: report.sequence });
            }
            memory.asked += u64::from(reply.wants_inventory);
            if let Some(assignment) = reply.assignment {
                // Two requests may be answered in either order: then the older assignment is refused.
                let records = memory.book.admit(&assignment, self.world.machine_time(self.number));
                records.unwrap_or_default().into_iter().for_each(|record| memory.record(record));
            }
        }
        self.publish();
        self.has_heard.notify_one();
    }

    /// Decides until there is nothing more to do at this moment, and gives the steps that are to be done.
    fn begin(&self) -> Vec<Task> {
        let mut tasks = Vec::new();
        let mut memory = self.memory.borrow_mut();
        let open: Vec<AttemptId> =
            memory.book.attempts().filter(|attempt| !attempt.is_over()).map(Attempt::id).collect();
        for id in open {
            while let Some(attempt) = memory.book.attempt(id).filter(|_| !memory.busy.contains(&id)) {
                let link = match memory.heard_at {
                    Some(at) if at.elapsed() <= GRANT => Link::Fresh,
                    _ => Link::Stale,
                };
                let now = self.world.machine_time(self.number);
                match next(attempt, memory.book.is_first(attempt), link, now) {
                    Next::Wait | Next::Over => break,
                    Next::Note(event) => self.note(&mut memory, id, event),
                    Next::Run { index, step, how } => {
                        if how == How::Begin {
                            self.event(&mut memory, id, ReportEvent::StepStarted { index, step: step.step.kind });
                            if step.step.nature == Nature::Opaque {
                                self.make_durable(&mut memory);
                            }
                        }
                        let Some(attempt) = memory.book.attempt(id).cloned() else { break };
                        memory.busy.insert(id);
                        tasks.push(Task { attempt, index, step: *step, how });
                    }
                }
            }
        }
        tasks
    }

    async fn step(&self, task: Task) -> Ended {
        let mut installed = None;
        let outcome = if task.step.step.nature == Nature::Opaque {
            self.world.begin_command(self.number, &task);
            loop {
                if let Some(outcome) = self.world.machines[self.number].borrow().ended(&task) {
                    break outcome;
                }
                sleep(TICK).await;
            }
        } else {
            sleep(self.world.duration(self.number)).await;
            if task.step.step.kind == StepKind::Preflight {
                let machine = self.world.machines[self.number].borrow();
                installed = Some(machine.applications[task.attempt.package()].survey());
            }
            self.world.converge(self.number, &task)
        };
        Ended { task, outcome, installed }
    }

    fn ended(&self, ended: Ended) {
        let Ended { task, outcome, installed } = ended;
        let mut memory = self.memory.borrow_mut();
        let id = task.attempt.id();
        memory.busy.remove(&id);
        if let Some(installed) = installed {
            memory.record(Record::Surveyed { attempt: id, installed });
        }
        let step = task.step.step.kind;
        let event = ReportEvent::StepFinished { index: task.index, step, outcome, millis: 0 };
        self.event(&mut memory, id, event);
    }

    /// Something has come to pass in an attempt, and with it for the instance.
    fn note(&self, memory: &mut Memory, id: AttemptId, event: ReportEvent) {
        let Some(attempt) = memory.book.attempt(id) else { return };
        let before = attempt.installed.as_ref().map(|installed| installed.state);
        let state = match &event {
            ReportEvent::Validated => attempt.order.order.to.as_ref().map(|_| InstanceState::Running),
            ReportEvent::Finished { result: AttemptResult::Failed { aftermath, .. } } => {
                before.filter(|_| *aftermath != Aftermath::Untouched)
            }
            _ => None,
        };
        let mut machine = self.world.machines[self.number].borrow_mut();
        let application = machine.applications.get_mut(attempt.package());
        if let Some((state, application)) = state.zip(application) {
            application.set_state(state);
        }
        self.world.note(format_args!("{}: {id} {event:?}", machine.name));
        drop(machine);
        self.event(memory, id, event);
    }

    fn event(&self, memory: &mut Memory, id: AttemptId, event: ReportEvent) {
        if let Some(attempt) = memory.book.attempt(id) {
            let report = attempt.report(event, self.world.machine_time(self.number));
            memory.record(Record::Event { report });
        }
    }

    /// Makes everything durable, and then puts it where it is told.
    fn publish(&self) {
        let mut memory = self.memory.borrow_mut();
        let instances = {
            let machine = self.world.machines[self.number].borrow();
            let report = |(package, application): (&PackageName, &Application)| {
                let mut attempts = memory.book.attempts().filter(|attempt| attempt.package() == package);
                application.report(package, attempts.any(Attempt::is_changing_instance))
            };
            machine.applications.iter().filter_map(report).collect()
        };
        let outbox = Outbox {
            generation: memory.book.generation(),
            reports: memory.book.unreported(REPORTS),
            inventory: (instances, memory.asked),
        };
        if outbox == memory.outbox {
            return;
        }
        self.make_durable(&mut memory);
        memory.outbox = outbox;
        self.has_news.notify_one();
    }

    fn make_durable(&self, memory: &mut Memory) {
        let mut machine = self.world.machines[self.number].borrow_mut();
        let mut checker = self.world.checker.borrow_mut();
        for record in &memory.pending {
            match record {
                Record::Assigned { assignment } => checker.accepted(machine.host, assignment.generation),
                Record::Event { report } => checker.reported(self.world.elapsed(), report),
                _ => {}
            }
        }
        machine.journal.append(&mut memory.pending);
        if machine.journal.len() > LONG {
            machine.journal = memory.book.records();
        }
    }

    fn backoff(&self, purpose: &str) -> Backoff {
        Backoff::new(&format!("{} {purpose}", self.number), PAUSES.0, PAUSES.1)
    }
}

impl Memory {
    fn record(&mut self, record: Record) {
        self.book.fold(&record);
        self.pending.push(record);
    }
}

/// The name of a server in the network.
pub(crate) fn server_name(number: usize) -> String {
    format!("server-{number}")
}

fn request(generation: u64, wait_seconds: u32) -> SyncRequest {
    SyncRequest { protocol: PROTOCOL, generation, reports: Vec::new(), instances: None, facts: None, wait_seconds }
}
