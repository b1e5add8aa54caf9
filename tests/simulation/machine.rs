//! A machine: its disk, the commands that run on it, and its applications. It outlives its agent, and loses what a power cut takes.

use std::collections::BTreeMap;
use std::time::Duration;

use packhorse_agent::core::{Attempt, How, Record};
use packhorse_model::ids::{AttemptId, HostId};
use packhorse_model::order::{Health, InstanceReport, InstanceState, Release};
use packhorse_model::step::{StepKind, StepOutcome};
use packhorse_model::{Digest, HostName, PackageName};
use packhorse_planner::host::{
    Condition, HostPlan, HostStep, Installed, InstalledVersion, Side, directory_name, steps,
};
use packhorse_testkit::dice::Dice;
use serde_json::json;

use crate::checker::Effect;
use crate::site::{host_id, host_name, install_root, release};
use crate::world::World;

/// Commands in a hundred that take their time.
const SLOW: u64 = 8;

/// A step that an agent is about to do.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) attempt: Attempt,
    pub(crate) index: u32,
    pub(crate) step: HostStep,
    pub(crate) how: How,
}

impl Task {
    /// Where versions lie by what was found at the beginning. A first look at the host needs none of it.
    fn plan(&self) -> Option<HostPlan> {
        steps(&self.attempt.order.order, self.attempt.installed.as_ref()?).ok()
    }

    fn package(&self) -> &PackageName {
        self.attempt.package()
    }
}

/// One machine.
pub(crate) struct Machine {
    pub(crate) host: HostId,
    pub(crate) name: HostName,
    pub(crate) incarnation: u32,
    /// What the agent has made durable.
    pub(crate) journal: Vec<Record>,
    /// Commands that run, or have run; each writes its end down by itself.
    commands: BTreeMap<(AttemptId, u32), Running>,
    pub(crate) applications: BTreeMap<PackageName, Application>,
    dice: Dice,
}

/// A command of a package.
#[derive(Debug)]
struct Running {
    package: PackageName,
    kind: StepKind,
    ends_at: Duration,
    /// None until it has ended.
    outcome: Option<StepOutcome>,
    fails: bool,
}

/// An application on a machine.
#[derive(Debug)]
pub(crate) struct Application {
    current: Option<InstalledVersion>,
    previous: Option<InstalledVersion>,
    /// Directories that are whole, and what is in them.
    complete: BTreeMap<String, Digest>,
    state: InstanceState,
    runs: bool,
    /// It runs, and does not do what it should.
    pub(crate) is_sick: bool,
}

impl Application {
    fn new(package: &PackageName) -> Self {
        let release = release(package, 0);
        let directory = directory_name(package, &release.version);
        let current = version(&release, directory.clone());
        Self {
            current: Some(current),
            previous: None,
            complete: [(directory, release.tree)].into(),
            state: InstanceState::Running,
            runs: true,
            is_sick: false,
        }
    }

    fn nothing() -> Self {
        Self {
            current: None,
            previous: None,
            complete: BTreeMap::new(),
            state: InstanceState::Stopped,
            runs: false,
            is_sick: false,
        }
    }

    /// Whether it does what it should.
    pub(crate) fn works(&self) -> bool {
        self.runs && !self.is_sick
    }

    /// The content that is used.
    pub(crate) fn tree(&self) -> Option<Digest> {
        self.current.as_ref().map(|current| current.tree)
    }

    pub(crate) fn survey(&self) -> Installed {
        Installed {
            current: self.current.clone(),
            previous: self.previous.clone(),
            others: Vec::new(),
            state: self.state,
        }
    }

    pub(crate) fn set_state(&mut self, state: InstanceState) {
        self.state = state;
    }

    /// The instance as the agent tells of it.
    pub(crate) fn report(&self, package: &PackageName, is_changing: bool) -> Option<InstanceReport> {
        let current = self.current.as_ref()?;
        let health = match (is_changing, self.works()) {
            (true, _) => Health::Unknown,
            (false, true) => Health::Healthy,
            (false, false) => Health::Unhealthy,
        };
        let report = json!({
            "package": package, "version": current.version, "tree": current.tree, "install_root": install_root(package),
            "state": self.state, "health": health, "previous": self.previous.as_ref().map(|previous| &previous.version),
        });
        Some(serde_json::from_value(report).expect("an instance"))
    }
}

fn version(release: &Release, directory: String) -> InstalledVersion {
    InstalledVersion {
        version: release.version.clone(),
        tree: release.tree,
        rendering: None,
        directory,
        condition: Condition::Intact,
    }
}

impl Machine {
    /// A machine on which the former version of every package runs.
    pub(crate) fn new(number: usize, packages: &[PackageName], seed: u64) -> Self {
        let applications = packages.iter().map(|package| (package.clone(), Application::new(package)));
        Self {
            host: host_id(number),
            name: host_name(number),
            incarnation: 1,
            journal: Vec::new(),
            commands: BTreeMap::new(),
            applications: applications.collect(),
            dice: Dice::new(seed),
        }
    }

    /// Another machine, on which there is nothing, joins under the same name.
    pub(crate) fn replace(&mut self, incarnation: u32) {
        self.incarnation = incarnation;
        self.journal.clear();
        self.commands.clear();
        self.applications.values_mut().for_each(|application| *application = Application::nothing());
    }

    /// The power is gone, and comes back: commands that ran have no end that anybody knows.
    pub(crate) fn cut_power(&mut self) {
        for command in self.commands.values_mut().filter(|command| command.outcome.is_none()) {
            let evidence = format!("the machine went down while {:?} ran", command.kind);
            command.outcome = Some(StepOutcome::Unknown { evidence });
        }
    }

    /// Whether a command runs on it.
    pub(crate) fn is_busy(&self) -> bool {
        self.commands.values().any(|command| command.outcome.is_none())
    }

    /// How the command of a step has ended, if it has.
    pub(crate) fn ended(&self, task: &Task) -> Option<StepOutcome> {
        self.commands.get(&(task.attempt.id(), task.index))?.outcome.clone()
    }
}

impl World {
    /// Runs the command of a step, unless it runs already, or has run.
    pub(crate) fn begin_command(&self, number: usize, task: &Task) {
        let mut machine = self.machines[number].borrow_mut();
        let key = (task.attempt.id(), task.index);
        if task.how == How::Recover && machine.commands.contains_key(&key) {
            return;
        }
        self.tell_effect(&machine, task);
        let fails = !self.is_healed.get() && machine.dice.happens(self.story.failures);
        // Now and then one takes so long that its host is given up meanwhile, and something else is wanted there.
        let is_slow = !self.is_healed.get() && machine.dice.happens(SLOW);
        let lasts = Duration::from_millis(machine.dice.between(100, if is_slow { 120_000 } else { 2500 }));
        let kind = task.step.step.kind;
        let running =
            Running { package: task.package().clone(), kind, ends_at: self.elapsed() + lasts, outcome: None, fails };
        machine.commands.insert(key, running);
        let application = machine.applications.get_mut(task.package()).expect("a package of the story");
        if matches!(kind, StepKind::Stop | StepKind::StopFailed) {
            application.runs = false;
        }
    }

    /// Ends the commands of a machine whose time has come.
    pub(crate) fn run_commands(&self, number: usize) {
        let mut machine = self.machines[number].borrow_mut();
        let Machine { commands, applications, name, host, .. } = &mut *machine;
        let now = self.elapsed();
        for ((attempt, index), command) in commands.iter_mut() {
            if command.outcome.is_some() || command.ends_at > now {
                continue;
            }
            let is_start = matches!(command.kind, StepKind::Start | StepKind::StartPrevious);
            let application = applications.get_mut(&command.package).expect("a package of the story");
            if is_start && !command.fails {
                (application.runs, application.is_sick) = (true, false);
            }
            command.outcome = Some(match command.fails {
                true => StepOutcome::Failed { message: "exit code 1".to_owned() },
                false => StepOutcome::Done { note: "exit code 0".to_owned() },
            });
            self.note(format_args!("{name}: {:?} of {attempt} ({index}) ends: {:?}", command.kind, command.outcome));
        }
        let mut checker = self.checker.borrow_mut();
        for (package, application) in applications.iter() {
            if application.works() && !checker.is_touched(*host, package) {
                checker.works(name, package);
            }
        }
    }

    /// How long a step of the agent's own takes.
    pub(crate) fn duration(&self, number: usize) -> Duration {
        Duration::from_millis(self.machines[number].borrow_mut().dice.between(20, 800))
    }

    /// Does a step of the agent's own, which can be repeated.
    pub(crate) fn converge(&self, number: usize, task: &Task) -> StepOutcome {
        let mut machine = self.machines[number].borrow_mut();
        self.tell_effect(&machine, task);
        let fails = !self.is_healed.get() && machine.dice.happens(self.story.failures / 2);
        let order = &task.attempt.order.order;
        let ordered = task.step.of.release(order).map(|release| release.tree);
        let plan = task.plan();
        let place = |side: Side| plan.as_ref().and_then(|plan| plan.place(side)).map(|place| place.directory.clone());
        let host = machine.host;
        let application = machine.applications.get_mut(task.package()).expect("a package of the story");
        let done = || StepOutcome::Done { note: "simulated".to_owned() };
        let failed = |message: &str| StepOutcome::Failed { message: message.to_owned() };
        match task.step.step.kind {
            StepKind::Fetch if fails => return failed("the content did not come"),
            StepKind::Stage => application.complete.extend(place(Side::New).zip(ordered)),
            StepKind::Validate | StepKind::ValidatePrevious if !application.works() => {
                return failed("it does not do what it should");
            }
            StepKind::Switch | StepKind::SwitchBack => {
                let (Some(to), Some(directory)) = (task.step.of.release(order), place(task.step.of)) else {
                    return failed("there is nothing to switch to");
                };
                let there = application.complete.get(&directory).copied();
                self.checker.borrow_mut().switched(host, to.tree, there);
                if application.current.as_ref().is_none_or(|current| current.directory != directory) {
                    application.previous = application.current.take();
                    application.current = Some(version(to, directory));
                }
            }
            StepKind::Remove => (application.current, application.runs) = (None, false),
            _ => {}
        }
        done()
    }

    fn tell_effect(&self, machine: &Machine, task: &Task) {
        let step = &task.step.step;
        self.note(format_args!(
            "{}: {:?} of {} ({}), {:?}",
            machine.name,
            step.kind,
            task.attempt.id(),
            task.index,
            task.how
        ));
        self.checker.borrow_mut().effect(&Effect {
            host: machine.host,
            package: task.package(),
            attempt: task.attempt.id(),
            index: task.index,
            kind: step.kind,
            phase: step.phase,
            nature: step.nature,
        });
    }
}
