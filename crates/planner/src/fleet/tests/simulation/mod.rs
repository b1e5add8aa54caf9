//! A small fleet: hosts that follow orders, fail, vanish and come back, and a store that holds what the server knows.
//!
//! Beside what the planner decides, the simulation keeps its own account of slots, bakes and ends, and holds every decision against it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use packhorse_model::deployment::{Action, DeploymentState, Direction, Plan, UnitState, Waiting};
use packhorse_model::ids::{AttemptId, UnitId};
use packhorse_model::order::{Aftermath, AttemptResult, Grant, Health, Report, ReportEvent, UnitAction};
use packhorse_model::strategy::Strategy;
use packhorse_model::{HostName, PackageKind, PackageName};

mod checks;
mod hosts;

pub(crate) use hosts::Turn;
use hosts::{Followed, Host, Instance, Stage, Way};

use super::super::*;
use super::databases::{database, migration};
use super::{at, fresh, host, id, instance, name, numbered_units, pending, spec, version};

/// What happens next.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    /// The reconciler looks at the deployment.
    Step,
    Wait(u16),
    /// The host does the next thing in an attempt; for this package, if it has anything to do there.
    Act(usize, usize, Turn),
    /// The host tells what it did, and is told what to do; its answer may get lost.
    Sync(usize, Answer),
    Vanish(usize),
    Return(usize),
    /// The server notices that a host is not heard of.
    Miss(usize),
    Sicken(usize, usize),
    Heal(usize),
    /// The host joins anew, on an empty disk for all that the server knows.
    Replace(usize),
    /// A host beside the deployment goes down, or comes back.
    Elsewhere(usize),
    /// A guard rail begins to hold the deployment, or ceases to.
    Hold,
    Pause,
    Resume,
    Abort,
    RollBack,
    /// A newer deployment takes over from a halted one.
    Supersede,
    Retry,
    /// A person retries one host of those that failed.
    RetryOne(usize),
    /// A person leaves a host out that failed.
    Skip(usize),
    /// A person retries a host of which nobody knows.
    Force(usize),
    /// A person says that a host of which nobody knows is as ordered, and it is.
    Confirm(usize),
    /// A person lets the next batch begin behind the pause.
    Promote,
    /// A person lets the next batch begin beside those before it.
    SkipAhead,
    /// A person wants the rest in batches of so many.
    Resize(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Arrives,
    IsLost,
}

/// Whether the deployment brings a database beside what hosts get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shared {
    Nothing,
    Database,
}

fn web_hosts(size: usize, package: &PackageName) -> Vec<InventoryHost> {
    let instance = || InventoryInstance { install_root: format!("/data/app/{package}"), ..instance("1.0.0") };
    (0..size).map(|number| host(number, Some(instance()))).collect()
}

fn database_host(number: usize) -> InventoryHost {
    let mut host = database(number, Some("1.0.0"), Ok(migration(Some("1.0.0"), "1.0.1", true)));
    host.instance =
        host.instance.map(|instance| InventoryInstance { install_root: "/data/app/shop-db".to_owned(), ..instance });
    host
}

/// An attempt as the store knows it.
#[derive(Debug)]
struct Stored {
    unit: UnitId,
    host: usize,
    part: usize,
    way: Way,
    epoch: u32,
    grant: Grant,
    open: bool,
    sequence: u32,
    prepared: bool,
    validated_at: Option<Timestamp>,
    succeeded: bool,
}

pub(crate) struct Simulation {
    pub(crate) fleet: FleetState,
    plan: Plan,
    hosts: Vec<Host>,
    attempts: BTreeMap<AttemptId, Stored>,
    /// The rows of slots: by host and package, with the attempt that took each.
    taken: BTreeMap<(usize, usize), AttemptId>,
    archive: BTreeMap<UnitId, UnitState>,
    /// The packages of all units, by their number.
    parts: BTreeMap<UnitId, usize>,
    packages: Vec<PackageName>,
    ids: Box<dyn FnMut() -> UnitId>,
    now: Timestamp,
}

impl Simulation {
    /// `size` hosts that run 1.0.0 of so many packages and shall get 1.0.1.
    pub(crate) fn new(size: usize, packages: usize, shared: Shared, strategy: &Strategy) -> Self {
        let mut ids: Box<dyn FnMut() -> UnitId> = Box::new(numbered_units());
        let names = ["shop-web", "shop-conf", "shop-tools"].into_iter().take(packages);
        let mut packages: Vec<PackageName> = names.map(|name| name.parse().unwrap()).collect();
        let mut kinds = vec![PackageKind::File; packages.len()];
        let mut hosts: Vec<Vec<InventoryHost>> = packages.iter().map(|package| web_hosts(size, package)).collect();
        if shared == Shared::Database {
            packages.push("shop-db".parse().unwrap());
            kinds.push(PackageKind::Database);
            hosts.push(vec![database_host(size)]);
        }
        let specs: Vec<_> = packages
            .iter()
            .map(|package| {
                let spec = spec(Action::Deploy, Some("1.0.1"), strategy.clone());
                packhorse_model::deployment::DeploymentSpec { package: package.clone(), ..spec }
            })
            .collect();
        let mut inventories: Vec<Inventory> = hosts
            .into_iter()
            .map(|hosts| Inventory { target: Some(version("1.0.1")), availability: Availability::Everywhere, hosts })
            .collect();
        let parts = specs.iter().zip(kinds).zip(&mut inventories);
        let parts = parts.map(|((spec, kind), inventory)| Part { spec, kind, rank: None, inventory }).collect();
        let planned = plan_together(parts, &mut ids).unwrap();
        let mut fleet = fresh(&planned, strategy);
        fleet.batches.iter_mut().flatten().for_each(|view| view.changed_at = Some(at(1_000_000)));
        let plan = Plan { id: id(1), parent: None, direction: Direction::Forward, batches: planned.batches };
        let is_database = |number| shared == Shared::Database && number == size;
        let of_web = packages.len() - usize::from(shared == Shared::Database);
        let host = |number| Host {
            name: name(number),
            is_connected: true,
            meant: if is_database(number) { vec![of_web] } else { (0..of_web).collect() },
            instances: vec![Instance { works: true, is_new: false, is_there: true }; packages.len()],
            followed: Vec::new(),
            slots: BTreeSet::new(),
            may_be_half: false,
        };
        let hosts = (0..size + usize::from(shared == Shared::Database)).map(host).collect();
        let mut simulation = Self {
            fleet,
            plan,
            hosts,
            attempts: BTreeMap::new(),
            taken: BTreeMap::new(),
            archive: BTreeMap::new(),
            parts: BTreeMap::new(),
            packages,
            ids,
            now: at(1_000_000),
        };
        simulation.note_parts();
        simulation
    }

    /// Notes of which packages the units of the plan are.
    fn note_parts(&mut self) {
        let Self { plan, parts, packages, .. } = self;
        for unit in plan.batches.iter().flat_map(|batch| &batch.units) {
            let part = packages.iter().position(|package| *package == unit.order.package).unwrap();
            parts.insert(unit.unit, part);
        }
    }

    pub(crate) fn happen(&mut self, op: &Op) {
        let before = self.terminal_units();
        let state = self.fleet.state;
        let size = self.hosts.len();
        match *op {
            Op::Step => self.step(),
            Op::Wait(seconds) => self.now += jiff::SignedDuration::from_secs(i64::from(seconds)),
            Op::Act(host, part, turn) => {
                let now = self.now;
                self.hosts[host % size].act(part, turn, now);
            }
            Op::Sync(host, answer) => self.sync(host % size, answer),
            Op::Vanish(host) => self.hosts[host % size].is_connected = false,
            Op::Return(host) => self.hosts[host % size].is_connected = true,
            Op::Miss(host) => {
                if !self.hosts[host % size].is_connected {
                    self.set_reach(host % size, Reach::Unreachable);
                }
            }
            Op::Sicken(host, part) => {
                let instances = &mut self.hosts[host % size].instances;
                let part = part % instances.len();
                instances[part].works = false;
            }
            Op::Heal(host) => self.heal(host % size),
            Op::Replace(host) => self.replace(host % size),
            Op::Elsewhere(number) => {
                let host: HostName = format!("other-{}", number % 2).parse().unwrap();
                if !self.fleet.down_elsewhere.remove(&host) {
                    self.fleet.down_elsewhere.insert(host);
                }
            }
            Op::Hold if self.fleet.holds.is_empty() => {
                self.fleet.holds.push(Hold::Schedule { at: Timestamp::MAX });
            }
            Op::Hold => self.fleet.holds.clear(),
            Op::Pause if state == DeploymentState::Running => self.fleet.state = DeploymentState::Paused,
            Op::Resume => return self.say(resume),
            Op::Promote => return self.say(|fleet| promote(fleet, None)),
            Op::SkipAhead => return self.say(|fleet| skip_ahead(fleet, None)),
            Op::Resize(size) => self.resize(size),
            Op::Abort if !state.is_terminal() => {
                // What is on its way back stops where it is.
                if self.fleet.direction == Direction::Back {
                    self.hosts.iter_mut().for_each(|host| host.may_be_half = true);
                }
                self.fleet.state = DeploymentState::Aborting;
            }
            Op::RollBack if matches!(state, DeploymentState::Running | DeploymentState::Halted) => {
                self.fleet.state = DeploymentState::RollingBack;
            }
            Op::Supersede if state == DeploymentState::Halted => self.fleet.state = DeploymentState::Superseded,
            Op::Retry => return self.decide(|fleet, _| retry(fleet, &[]), 0),
            Op::RetryOne(host) => return self.decide(|fleet, host| retry(fleet, &[host]), host % size),
            Op::Force(host) => {
                self.hosts[host % size].may_be_half = true;
                return self.decide(|fleet, host| force(fleet, &[host]), host % size);
            }
            Op::Confirm(host) => self.confirm(host % size),
            Op::Skip(host) => {
                self.hosts[host % size].may_be_half = true;
                return self.decide(|fleet, host| skip(fleet, &[host]), host % size);
            }
            Op::Pause | Op::Abort | Op::RollBack | Op::Supersede => {}
        }
        let after = self.terminal_units();
        for (unit, state) in before {
            assert_eq!(after.get(&unit), Some(&state), "I7: {unit} left a terminal state");
        }
        assert!(!state.is_terminal() || state == self.fleet.state, "I7: the deployment left {state:?}");
        for host in &self.hosts {
            assert!(!host.is_switching() || !host.slots.is_empty(), "I1: {} switches without a slot", host.name);
        }
    }

    fn view(&mut self, unit: UnitId) -> Option<&mut UnitView> {
        self.fleet.batches.iter_mut().flatten().chain(&mut self.fleet.former).find(|view| view.unit == unit)
    }

    fn host_of(&self, view: &UnitView) -> usize {
        self.hosts.iter().position(|host| host.name == view.host_name).unwrap()
    }

    fn set_reach(&mut self, host: usize, reach: Reach) {
        let name = self.hosts[host].name.clone();
        for view in self.fleet.batches.iter_mut().flatten().chain(&mut self.fleet.former) {
            if view.host_name == name {
                view.reach = reach;
            }
        }
    }

    /// What the store computes when it reads a deployment.
    fn refresh(&mut self) {
        let Self { fleet, attempts, taken, hosts, archive, parts, .. } = self;
        fleet.former.retain(|unit| {
            let is_in_flight = unit.state.is_in_flight();
            if !is_in_flight {
                archive.insert(unit.unit, unit.state);
            }
            is_in_flight
        });
        for view in fleet.batches.iter_mut().flatten().chain(&mut fleet.former) {
            let host = hosts.iter().position(|host| host.name == view.host_name).unwrap();
            view.unproven = taken.contains_key(&(host, parts[&view.unit]));
            view.occupied = attempts.values().any(|stored| {
                let is_own = stored.unit == view.unit && stored.epoch == view.epoch && view.state != UnitState::Pending;
                let is_here = hosts[stored.host].name == view.host_name && stored.part == parts[&view.unit];
                stored.open && is_here && !is_own
            });
        }
    }

    fn step(&mut self) {
        self.refresh();
        let before = self.fleet.clone();
        let slots = self.slots();
        let decision = step(&self.fleet, self.now);
        for transition in &decision.transitions {
            self.check(&before, transition);
            self.fleet.apply(transition, self.now);
            self.store(transition);
        }
        let is_rolled_back = decision.transitions.contains(&Transition::RollBack);
        if !is_rolled_back {
            let again = step(&self.fleet, self.now);
            assert_eq!(again.transitions, [], "a step after the same step writes nothing");
            assert_eq!(again.waiting, decision.waiting);
            let is_over = self.fleet.state.is_terminal();
            assert!(is_over || !decision.waiting.is_empty(), "waits for nothing: {:?}", self.fleet);
        }
        self.check_budget(&before, slots);
    }

    /// What the store does with the slot of a unit's instance.
    fn keep_slot(&mut self, unit: UnitId, transition: &Transition) {
        let view = self.view(unit).unwrap().clone();
        let instance = (self.host_of(&view), self.parts[&unit]);
        let is_current = |stored: &Stored| stored.unit == unit && stored.epoch == view.epoch;
        let Some((attempt, _)) = self.attempts.iter().find(|(_, stored)| is_current(stored)) else { return };
        if transition.takes_slot() {
            self.taken.entry(instance).or_insert(*attempt);
        }
        let attempt = *attempt;
        self.prove(instance, attempt, transition.evidence(view.action));
    }

    fn prove(&mut self, instance: (usize, usize), attempt: AttemptId, evidence: Option<Evidence>) {
        match evidence {
            Some(Evidence::Proven) => drop(self.taken.remove(&instance)),
            Some(Evidence::AsFound) => self.taken.retain(|_, taken| *taken != attempt),
            None => {}
        }
    }

    fn store(&mut self, transition: &Transition) {
        if let Transition::Unit { unit, .. } = transition {
            self.keep_slot(*unit, transition);
        }
        match transition {
            Transition::Admit { unit, epoch } => {
                let view = self.view(*unit).unwrap().clone();
                let host = self.host_of(&view);
                let attempt = id(self.attempts.len() + 1);
                let way = match self.fleet.direction {
                    Direction::Forward => Way::There,
                    Direction::Back => Way::Back,
                };
                self.attempts.insert(
                    attempt,
                    Stored {
                        unit: *unit,
                        host,
                        part: self.parts[unit],
                        way,
                        epoch: *epoch,
                        grant: Grant::Prepare,
                        open: true,
                        sequence: 0,
                        prepared: false,
                        validated_at: None,
                        succeeded: false,
                    },
                );
            }
            Transition::Unit { unit, grant: Some(grant), .. } => {
                let epoch = self.view(*unit).unwrap().epoch;
                let is_current = |stored: &Stored| stored.unit == *unit && stored.epoch == epoch;
                self.attempts.values_mut().find(|stored| is_current(stored)).unwrap().grant = *grant;
                if *grant == Grant::Switch {
                    let view = self.view(*unit).unwrap().clone();
                    let host = self.host_of(&view);
                    self.hosts[host].slots.insert(self.parts[unit]);
                }
            }
            Transition::RollBack => self.take_back(),
            Transition::Supersede { .. }
            | Transition::Promote { .. }
            | Transition::SkipAhead { .. }
            | Transition::Unit { .. }
            | Transition::Deployment { .. } => {}
        }
    }

    fn take_back(&mut self) {
        assert_eq!(self.plan.direction, Direction::Forward, "I5: rolled back once");
        let units: Vec<UnitView> = self.fleet.units().cloned().collect();
        let back = roll_back(&self.plan, &units, id(2), &mut self.ids).expect("something changed");
        assert_eq!((back.parent, back.direction), (Some(self.plan.id), Direction::Back), "I5");
        for unit in &units {
            assert!(!matches!(unit.state, UnitState::Switching | UnitState::Restoring), "{unit:?} is in the middle");
        }
        let part = |unit: UnitId| self.parts[&unit];
        let with_old = |unit: &packhorse_model::deployment::PlannedUnit| {
            let is_old = |old: &&UnitView| {
                old.host_name == unit.host_name && self.packages[part(old.unit)] == unit.order.package
            };
            let old = units.iter().find(is_old).unwrap();
            UnitView { reach: old.reach, health: old.health, changed_at: Some(self.now), ..pending(unit) }
        };
        self.fleet.batches = back.batches.iter().map(|batch| batch.units.iter().map(with_old).collect()).collect();
        for unit in units {
            if unit.state.is_in_flight() {
                self.fleet.former.push(unit);
            } else {
                self.archive.insert(unit.unit, unit.state);
            }
        }
        self.fleet.kinds = back.batches.iter().map(|batch| batch.kind).collect();
        self.fleet.direction = back.direction;
        self.plan = back;
        self.note_parts();
    }

    fn sync(&mut self, host: usize, answer: Answer) {
        if !self.hosts[host].is_connected {
            return;
        }
        self.set_reach(host, Reach::Online);
        let reports: Vec<Report> =
            self.hosts[host].followed.iter().flat_map(|attempt| attempt.reports.clone()).collect();
        for report in &reports {
            self.fold(host, report);
        }
        for part in 0..self.packages.len() {
            let health = match self.hosts[host].instances[part] {
                Instance { is_there: false, .. } => Health::Unknown,
                Instance { works: true, .. } => Health::Healthy,
                Instance { works: false, .. } => Health::Unhealthy,
            };
            self.store_health(host, part, health);
            self.give_back_proven(host, part, health);
        }
        if answer == Answer::IsLost {
            return;
        }
        let Self { hosts, attempts, .. } = self;
        let followed = &mut hosts[host].followed;
        followed.retain(|attempt| attempt.stage != Stage::Ended);
        for known in followed.iter_mut().filter(|known| !attempts[&known.attempt].open) {
            known.grant = Grant::Cancel;
        }
        for (attempt, stored) in attempts.iter().filter(|(_, stored)| stored.host == host && stored.open) {
            match followed.iter_mut().find(|known| known.attempt == *attempt) {
                Some(known) => known.grant = stored.grant,
                None => followed.push(Followed {
                    attempt: *attempt,
                    part: stored.part,
                    way: stored.way,
                    epoch: stored.epoch,
                    grant: stored.grant,
                    stage: Stage::Accepted,
                    reports: Vec::new(),
                }),
            }
        }
    }

    fn store_health(&mut self, host: usize, part: usize, health: Health) {
        let name = self.hosts[host].name.clone();
        for view in self.fleet.batches.iter_mut().flatten().chain(&mut self.fleet.former) {
            if view.host_name == name && self.parts[&view.unit] == part {
                view.health = health;
            }
        }
        let is_here = |stored: &Stored| stored.host == host && stored.part == part;
        let is_idle = !self.attempts.values().any(|stored| is_here(stored) && stored.open);
        // What was superseded may yet begin to switch, if its host has not been told.
        let may_switch = |attempt: &Followed| {
            attempt.part == part && attempt.stage == Stage::Prepared && attempt.grant == Grant::Switch
        };
        let may_switch = self.hosts[host].followed.iter().any(may_switch);
        if health == Health::Healthy && is_idle && !may_switch {
            self.hosts[host].slots.remove(&part);
        }
    }

    /// What the store does with the slot of an instance of which the host has told.
    fn give_back_proven(&mut self, host: usize, part: usize, health: Health) {
        let may_change = |stored: &Stored| {
            stored.host == host && stored.part == part && stored.open && stored.grant != Grant::Prepare
        };
        let name = &self.hosts[host].name;
        let is_in_doubt = |view: &UnitView| view.in_doubt && view.host_name == *name && self.parts[&view.unit] == part;
        let is_settled = !self.attempts.values().any(may_change) && !self.fleet.all().any(is_in_doubt);
        if health == Health::Healthy && is_settled {}
    }

    fn fold(&mut self, host: usize, report: &Report) {
        let now = self.now;
        let stored = &self.attempts[&report.attempt];
        let (unit, part, stored_grant, open, sequence) =
            (stored.unit, stored.part, stored.grant, stored.open, stored.sequence);
        let archived = self.archive.get(&unit).copied();
        let view = self.view(unit).cloned();
        let (state, epoch) = match (&view, archived) {
            (Some(view), _) => (view.state, view.epoch),
            (None, Some(state)) => (state, report.epoch),
            (None, None) => panic!("{unit} is lost"),
        };
        let seen = AttemptView {
            action: UnitAction::Install,
            state,
            epoch,
            grant: stored_grant,
            attempt_open: open,
            sequence,
        };
        let change = fold(&seen, report, now);
        let is_new = report.sequence > sequence && open;
        assert_eq!(!change.is_empty(), is_new, "a report is folded once");
        let after = AttemptView {
            state: change.state.unwrap_or(state),
            attempt_open: open && !change.attempt_ended,
            sequence: change.sequence.unwrap_or(sequence),
            ..seen
        };
        assert!(fold(&after, report, now).is_empty(), "folding twice is folding once");
        if !is_new {
            return;
        }
        let stored = self.attempts.get_mut(&report.attempt).unwrap();
        stored.sequence = report.sequence;
        stored.open &= !change.attempt_ended;
        match &report.event {
            ReportEvent::Prepared { .. } => stored.prepared = true,
            ReportEvent::Validated => stored.validated_at = Some(now),
            ReportEvent::Finished { result } => stored.succeeded = *result == AttemptResult::Succeeded,
            _ => {}
        }
        let is_well = self.hosts[host].instances[part].works;
        let was_taken_by_it = self.taken.get(&(host, part)) == Some(&report.attempt);
        let is_proof = match &report.event {
            ReportEvent::Validated => true,
            // It prepares behind the end of whatever came before.
            ReportEvent::Prepared { .. } => is_well,
            ReportEvent::Finished { result } => match result {
                AttemptResult::Succeeded | AttemptResult::Failed { aftermath: Aftermath::Restored, .. } => true,
                AttemptResult::Failed { aftermath: Aftermath::Broken, .. } | AttemptResult::Unknown { .. } => false,
                // It is as it was: no worse, and no better.
                AttemptResult::Failed { .. } | AttemptResult::Cancelled => is_well || was_taken_by_it,
            },
            _ => false,
        };
        if is_proof {
            self.hosts[host].slots.remove(&part);
        }
        self.prove((host, part), report.attempt, change.evidence);
        if let Some(view) = self.view(unit) {
            if report.epoch == view.epoch {
                view.attempt_open &= !change.attempt_ended;
            }
            view.in_doubt &= change.prepared_at.is_none();
            view.changed_at = Some(now);
            view.state = change.state.unwrap_or(view.state);
            view.prepared_at = change.prepared_at.or(view.prepared_at);
            view.validated_at = change.validated_at.or(view.validated_at);
            if let Some(failure) = &change.failure {
                view.aftermath = failure.aftermath;
            }
        }
        if let Some(health) = change.health {
            self.store_health(host, part, health);
        }
    }

    fn heal(&mut self, host: usize) {
        if !self.hosts[host].is_switching() {
            let instances = self.hosts[host].instances.iter_mut();
            instances.for_each(|instance| (instance.works, instance.is_there) = (true, true));
        }
    }

    fn replace(&mut self, host: usize) {
        self.set_reach(host, Reach::Replaced);
        self.hosts[host].may_be_half = true;
        self.hosts[host].followed.clear();
        for instance in &mut self.hosts[host].instances {
            (instance.works, instance.is_there) = (false, false);
        }
        for stored in self.attempts.values_mut().filter(|stored| stored.host == host) {
            stored.open = false;
        }
        let name = self.hosts[host].name.clone();
        for view in self.fleet.batches.iter_mut().flatten().chain(&mut self.fleet.former) {
            if view.host_name == name {
                view.attempt_open = false;
                view.health = Health::Unknown;
            }
        }
    }

    fn decide(&mut self, word: impl Fn(&FleetState, HostName) -> Result<Vec<Transition>, RetryError>, host: usize) {
        let word = word(&self.fleet, self.hosts[host].name.clone());
        self.take_word(&word.unwrap_or_default());
    }

    fn say(&mut self, word: impl Fn(&FleetState) -> Result<Vec<Transition>, ControlError>) {
        let word = word(&self.fleet);
        self.take_word(&word.unwrap_or_default());
    }

    fn take_word(&mut self, transitions: &[Transition]) {
        for transition in transitions {
            self.fleet.apply(transition, self.now);
            if let Transition::Unit { unit, .. } = transition {
                self.keep_slot(*unit, transition);
            }
            if let Transition::Supersede { unit } = transition {
                for stored in self.attempts.values_mut().filter(|stored| stored.unit == *unit) {
                    stored.open = false;
                }
            }
        }
    }

    fn confirm(&mut self, host: usize) {
        let name = self.hosts[host].name.clone();
        let is_unknown = |view: &&UnitView| view.host_name == name && view.state == UnitState::Unknown;
        let unit = self.fleet.units().find(is_unknown).map(|view| view.unit);
        if let Some(Ok(word)) = unit.map(|unit| confirm(&self.fleet, unit, Found::Succeeded, "")) {
            self.take_word(&word);
            let part = self.parts[&unit.unwrap()];
            let Host { instances, followed, slots, may_be_half, .. } = &mut self.hosts[host];
            (instances[part].works, instances[part].is_there, *may_be_half) = (true, true, true);
            self.taken.remove(&(host, part));
            slots.remove(&part);
            followed.retain(|attempt| attempt.part != part);
        }
    }

    fn resize(&mut self, size: u32) {
        let batch = size.to_string().parse().unwrap();
        let Ok(next) = resize(&self.plan, &self.fleet, Some(&batch), id(3)) else { return };
        let views: BTreeMap<UnitId, UnitView> = self.fleet.units().map(|view| (view.unit, view.clone())).collect();
        let batch = |batch: &packhorse_model::deployment::PlannedBatch| {
            batch.units.iter().map(|unit| views[&unit.unit].clone()).collect()
        };
        self.fleet.batches = next.batches.iter().map(batch).collect();
        self.fleet.kinds = next.batches.iter().map(|batch| batch.kind).collect();
        self.plan = next;
        self.check_companions();
    }

    /// Faults heal, and everything goes well from now on. Says how it ends.
    pub(crate) fn settle(&mut self) -> (DeploymentState, Vec<Waiting>) {
        self.fleet.down_elsewhere.clear();
        self.fleet.holds.clear();
        let mut waiting = Vec::new();
        for _ in 0..(60 * (self.hosts.len() + 1) * self.packages.len()) {
            for host in 0..self.hosts.len() {
                for op in [Op::Return(host), Op::Heal(host)] {
                    self.happen(&op);
                }
                for part in 0..self.packages.len() {
                    self.happen(&Op::Act(host, part, Turn::Well));
                }
                self.happen(&Op::Sync(host, Answer::Arrives));
            }
            self.happen(&Op::Resume);
            self.happen(&Op::Promote);
            self.happen(&Op::Wait(5));
            self.happen(&Op::Step);
            self.refresh();
            waiting = step(&self.fleet, self.now).waiting;
            let is_quiet = self.attempts.values().all(|stored| !stored.open);
            let is_held = self.fleet.state.is_terminal()
                || (self.fleet.state == DeploymentState::Halted && self.fleet.needs_decision());
            if is_quiet && is_held && !self.fleet.all().any(UnitView::is_moving) {
                break;
            }
        }
        (self.fleet.state, waiting)
    }
}
