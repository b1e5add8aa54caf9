//! A host as the server sees one: it speaks the agents' endpoints, follows its assignment, and reports. What it would do to files and
//! processes it only tells.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use http::Method;
use packhorse_model::PackageName;
use packhorse_model::database::LedgerState;
use packhorse_model::ids::AttemptId;
use packhorse_model::order::{
    Aftermath, AttemptOrder, AttemptResult, Grant, Health, InstanceReport, InstanceState, PROTOCOL, Release, Report,
    ReportEvent, SyncReply, SyncRequest, UnitAction, UnitOrder,
};
use packhorse_model::run::{ScriptExit, ScriptResult};
use packhorse_model::step::{StepKind, StepOutcome};
use packhorse_server::AgentIdentity;

use crate::harness::{Reply, TestServer};

/// How a host fares with a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Luck {
    /// It does not become healthy; the old version is put back.
    Unhealthy,
    /// It does not become healthy, and neither does the old version.
    Broken,
    /// The agent is killed with its runner in the middle of the start.
    Killed,
    /// It cannot be fetched.
    Unfetchable,
}

/// A host.
pub(crate) struct Driver {
    pub(crate) identity: AgentIdentity,
    pub(crate) name: String,
    /// The highest generation that it has accepted.
    pub(crate) generation: u64,
    /// What it will not bring to health, by version.
    pub(crate) luck: BTreeMap<String, Luck>,
    /// Attempts that it holds back in the middle of their switch.
    pub(crate) is_stuck: bool,
    /// With what a script ends on it, and what it writes.
    pub(crate) script: (i32, &'static str),
    /// Its instance of shop-web.
    pub(crate) instance: Option<InstanceReport>,
    /// Its instances of other packages.
    pub(crate) others: BTreeMap<PackageName, InstanceReport>,
    /// What was changed over, and what was put back after it had been healthy, on all hosts that share it.
    pub(crate) log: Arc<Mutex<Vec<String>>>,
    /// What it has done, for the checker: attempt, step.
    pub(crate) effects: Vec<(AttemptId, StepKind)>,
    /// Every assignment that it was given.
    pub(crate) generations: Vec<u64>,
    attempts: BTreeMap<AttemptId, Local>,
    reports: Vec<Report>,
    has_news: bool,
    is_known: bool,
}

struct Local {
    order: AttemptOrder,
    progress: Progress,
    before: Option<InstanceReport>,
    steps: u32,
    sequence: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Accepted,
    Prepared,
    Validated,
    Ended,
}

impl Driver {
    pub(crate) fn new(name: &str, identity: AgentIdentity) -> Self {
        Self {
            identity,
            name: name.to_owned(),
            generation: 0,
            luck: BTreeMap::new(),
            is_stuck: false,
            script: (0, "done"),
            instance: None,
            others: BTreeMap::new(),
            log: Arc::default(),
            effects: Vec::new(),
            generations: Vec::new(),
            attempts: BTreeMap::new(),
            reports: Vec::new(),
            has_news: true,
            is_known: false,
        }
    }

    /// A host that was set up anew under the same name, with nothing on it.
    pub(crate) fn replaced(&self, identity: AgentIdentity) -> Self {
        Self::new(&self.name, identity)
    }

    /// The attempt that it is making.
    pub(crate) fn open(&self) -> Option<&AttemptOrder> {
        self.attempts.values().find(|local| local.progress != Progress::Ended).map(|local| &local.order)
    }

    /// One sync, as it would be sent.
    pub(crate) fn request(&self) -> SyncRequest {
        SyncRequest {
            protocol: PROTOCOL,
            generation: self.generation,
            reports: self.reports.clone(),
            instances: self.has_news.then(|| self.instance.iter().chain(self.others.values()).cloned().collect()),
            facts: None,
            wait_seconds: 0,
        }
    }

    /// Sends a sync whose answer is lost on the way.
    pub(crate) async fn sync_into_the_void(&self, server: &TestServer) {
        let _ = self.send(server, &self.request()).await;
    }

    pub(crate) async fn send(&self, server: &TestServer, request: &SyncRequest) -> Reply {
        let body = serde_json::to_value(request).unwrap();
        server.agent(self.identity, Method::POST, "/agent/v1/sync", body).await
    }

    /// Reports what happened, takes what is told, and does it. Whether anything happened.
    pub(crate) async fn sync(&mut self, server: &TestServer) -> bool {
        let sent = self.request();
        let reply = self.send(server, &sent).await.expect(200);
        let reply: SyncReply = serde_json::from_value(reply).unwrap();
        self.reports.clear();
        self.has_news = reply.wants_inventory;
        if reply.wants_inventory {
            assert!(reply.assignment.is_none(), "no work before the inventory");
            return true;
        }
        if let Some(assignment) = reply.assignment {
            assert!(assignment.generation > self.generation, "a generation never falls");
            self.generation = assignment.generation;
            self.generations.push(assignment.generation);
            self.attempts.retain(|id, _| assignment.attempts.iter().any(|order| order.attempt == *id));
            for order in assignment.attempts {
                self.take(order);
            }
        }
        let ids: Vec<AttemptId> = self.attempts.keys().copied().collect();
        for id in ids {
            let mut local = self.attempts.remove(&id).unwrap();
            self.go_on(&mut local);
            self.attempts.insert(id, local);
        }
        let is_first = !std::mem::replace(&mut self.is_known, true);
        is_first || !self.reports.is_empty() || self.has_news
    }

    fn take(&mut self, order: AttemptOrder) {
        if let Some(local) = self.attempts.get_mut(&order.attempt) {
            assert_eq!(local.order.order, order.order, "an order never changes");
            local.order.grant = order.grant;
            return;
        }
        let before = self.on(&order.order.package).cloned();
        let mut local = Local { order, progress: Progress::Accepted, before, steps: 0, sequence: 0 };
        self.report(&mut local, ReportEvent::Accepted);
        self.attempts.insert(local.order.attempt, local);
    }

    fn go_on(&mut self, local: &mut Local) {
        let grant = local.order.grant;
        match (local.progress, grant) {
            (Progress::Accepted, Grant::Prepare | Grant::Switch) => self.prepare(local),
            (Progress::Prepared, Grant::Cancel) if self.is_stuck && local.order.order.action == UnitAction::Run => {
                self.run(local, ScriptExit::Stopped);
            }
            (Progress::Accepted | Progress::Prepared, Grant::Cancel) => self.end(local, AttemptResult::Cancelled),
            (Progress::Prepared, Grant::Switch) if !self.is_stuck && local.order.order.action == UnitAction::Run => {
                self.run(local, ScriptExit::Code { code: self.script.0 });
            }
            (Progress::Prepared, Grant::Switch) if !self.is_stuck => self.switch(local),
            (Progress::Validated, Grant::Retire) => {
                if local.order.order.action != UnitAction::Run {
                    self.step(local, StepKind::Retire, None);
                }
                self.end(local, AttemptResult::Succeeded);
            }
            (Progress::Validated, Grant::Restore) => {
                self.step(local, StepKind::SwitchBack, None);
                self.put(&local.order.order.package, local.before.clone());
                self.note(local, "restored");
                self.fail(local, StepKind::Validate, "it did not stay healthy", Aftermath::Restored);
            }
            _ => {}
        }
    }

    fn luck_with(&self, local: &Local) -> Option<Luck> {
        let to = local.order.order.to.as_ref()?;
        self.luck.get(to.version.as_str()).copied()
    }

    fn prepare(&mut self, local: &mut Local) {
        self.step(local, StepKind::Preflight, None);
        if self.luck_with(local) == Some(Luck::Unfetchable) {
            let message = "the disk is full";
            self.step(local, StepKind::Fetch, Some(message));
            return self.fail(local, StepKind::Fetch, message, Aftermath::Untouched);
        }
        self.step(local, StepKind::Fetch, None);
        local.progress = Progress::Prepared;
        self.report(local, ReportEvent::Prepared { fetched_bytes: 1000 });
    }

    fn run(&mut self, local: &mut Local, exit: ScriptExit) {
        let output = self.script.1.as_bytes();
        let (output_bytes, output_digest) = (output.len() as u64, packhorse_content::digest_of(output));
        let result = ScriptResult { exit, millis: 12, output_bytes, output_digest };
        self.report(local, ReportEvent::Ran { index: local.steps, result });
        if exit == (ScriptExit::Code { code: 0 }) {
            self.step(local, StepKind::Run, None);
            local.progress = Progress::Validated;
            return self.report(local, ReportEvent::Validated);
        }
        self.step(local, StepKind::Run, Some("it ended badly"));
        self.fail(local, StepKind::Run, "it ended badly", Aftermath::Ran);
    }

    fn switch(&mut self, local: &mut Local) {
        let order = local.order.order.clone();
        self.step(local, StepKind::Switch, None);
        match self.luck_with(local) {
            Some(Luck::Killed) => {
                let evidence = "the runner of start is gone without a result".to_owned();
                return self.end(local, AttemptResult::Unknown { step: StepKind::Start, evidence });
            }
            Some(luck) => {
                let message = "http://10.0.0.1:8080/healthz answers with 503";
                self.step(local, StepKind::Validate, Some(message));
                let aftermath = match (luck, &local.before) {
                    (Luck::Broken, _) => Aftermath::Broken,
                    (_, Some(_)) => Aftermath::Restored,
                    (_, None) => Aftermath::Removed,
                };
                if aftermath == Aftermath::Broken {
                    let broken = order.to.as_ref().map(|to| instance(&order, to, Health::Unhealthy));
                    self.put(&order.package, broken);
                }
                return self.fail(local, StepKind::Validate, message, aftermath);
            }
            None => {}
        }
        self.step(local, StepKind::Start, None);
        self.step(local, StepKind::Validate, None);
        let instance = match (order.action, &order.to) {
            (UnitAction::Uninstall, _) | (_, None) => None,
            (action, Some(to)) => {
                let mut instance = instance(&order, to, Health::Healthy);
                instance.previous = local.before.as_ref().map(|before| before.version.clone());
                if action == UnitAction::Stop {
                    instance.state = InstanceState::Stopped;
                    instance.health = Health::Unknown;
                }
                Some(instance)
            }
        };
        self.put(&order.package, instance);
        for migration in order.each_migration() {
            let ledger = LedgerState { version: migration.to.clone(), stopped: None };
            self.report(local, ReportEvent::Ledger { ledger, target: Some(migration.target) });
        }
        let to = order.to.as_ref().map_or("gone", |to| to.version.as_str());
        self.note(local, to);
        local.progress = Progress::Validated;
        self.report(local, ReportEvent::Validated);
    }

    /// Its instance of a package.
    pub(crate) fn on(&self, package: &PackageName) -> Option<&InstanceReport> {
        match package.as_str() {
            "shop-web" => self.instance.as_ref(),
            _ => self.others.get(package),
        }
    }

    fn put(&mut self, package: &PackageName, instance: Option<InstanceReport>) {
        self.has_news = true;
        match (package.as_str(), instance) {
            ("shop-web", instance) => self.instance = instance,
            (_, Some(instance)) => drop(self.others.insert(package.clone(), instance)),
            (_, None) => drop(self.others.remove(package)),
        }
    }

    fn note(&self, local: &Local, what: &str) {
        self.log.lock().unwrap().push(format!("{} {} {what}", self.name, local.order.order.package));
    }

    /// Tells with the next sync what is on it.
    pub(crate) fn tells_its_inventory(&mut self) {
        self.has_news = true;
    }

    /// Says how its instance is.
    pub(crate) fn tells(&mut self, health: Health) {
        self.instance.as_mut().unwrap().health = health;
        self.has_news = true;
    }

    /// Says that the instance is not healthy any more.
    pub(crate) fn falls_ill(&mut self) {
        let instance = self.instance.as_mut().unwrap();
        instance.health = Health::Unhealthy;
        instance.reason = Some("the process is gone".to_owned());
        self.has_news = true;
    }

    fn step(&mut self, local: &mut Local, step: StepKind, failure: Option<&str>) {
        self.effects.push((local.order.attempt, step));
        let index = local.steps;
        local.steps += 1;
        self.report(local, ReportEvent::StepStarted { index, step });
        let outcome = match failure {
            None => StepOutcome::Done { note: "done".to_owned() },
            Some(message) => StepOutcome::Failed { message: message.to_owned() },
        };
        self.report(local, ReportEvent::StepFinished { index, step, outcome, millis: 12 });
    }

    fn fail(&mut self, local: &mut Local, step: StepKind, message: &str, aftermath: Aftermath) {
        self.end(local, AttemptResult::Failed { step, message: message.to_owned(), aftermath });
    }

    fn end(&mut self, local: &mut Local, result: AttemptResult) {
        local.progress = Progress::Ended;
        self.report(local, ReportEvent::Finished { result });
    }

    fn report(&mut self, local: &mut Local, event: ReportEvent) {
        local.sequence += 1;
        self.reports.push(Report {
            attempt: local.order.attempt,
            epoch: local.order.epoch,
            sequence: local.sequence,
            at: "2026-06-01T12:00:00Z".parse().unwrap(),
            event,
        });
    }

    /// The version that is on it.
    pub(crate) fn version(&self) -> Option<&str> {
        self.instance.as_ref().map(|instance| instance.version.as_str())
    }
}

fn instance(order: &UnitOrder, release: &Release, health: Health) -> InstanceReport {
    InstanceReport {
        package: order.package.clone(),
        version: release.version.clone(),
        tree: release.tree,
        install_root: order.install_root.clone(),
        state: InstanceState::Running,
        health,
        reason: None,
        previous: None,
        rendering: release.rendering,
        previous_rendering: None,
        drift: None,
    }
}
