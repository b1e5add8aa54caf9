//! What goes wrong, and when it heals: drawn from the seed, one fault after the other, until all of them heal for good.

use std::time::Duration;

use packhorse_model::ids::DeploymentId;
use packhorse_testkit::dice::Dice;
use turmoil::Sim;

use crate::agent::server_name;
use crate::people::Word;
use crate::site::{host_id, host_name};
use crate::world::World;

/// What heals one fault.
#[derive(Debug, Clone)]
enum Cure {
    /// The program of this node of the network is started again.
    Start(String),
    /// Two nodes hear each other again.
    Connect(String, String),
    /// What was sent between two nodes arrives at last.
    Release(String, String),
    ServerClock(usize),
    MachineClock(usize),
    Application(usize, usize),
    Thaw,
    /// Somebody does not wait any longer.
    Word(DeploymentId, Word),
}

/// The faults of a run.
pub(crate) struct Faults {
    dice: Dice,
    next_at: Duration,
    cures: Vec<(Duration, Cure)>,
}

impl Faults {
    pub(crate) fn of(world: &World) -> Self {
        Self { dice: Dice::new(world.story.seed ^ 0xbad), next_at: Duration::from_secs(2), cures: Vec::new() }
    }

    /// Lets happen what is due.
    pub(crate) fn act(&mut self, sim: &mut Sim<'_>, world: &World) {
        let now = world.elapsed();
        let (due, later) = std::mem::take(&mut self.cures).into_iter().partition(|(at, _)| *at <= now);
        self.cures = later;
        let due: Vec<(Duration, Cure)> = due;
        due.into_iter().for_each(|(_, cure)| heal(sim, world, &cure));
        if now >= self.next_at && now < world.story.troubled {
            let peace = u64::try_from(world.story.peace.as_millis()).unwrap_or(u64::MAX);
            self.next_at = now + Duration::from_millis(self.dice.between(200, peace));
            self.happen(sim, world);
        }
    }

    /// Heals everything, for good.
    pub(crate) fn end(&mut self, sim: &mut Sim<'_>, world: &World) {
        std::mem::take(&mut self.cures).into_iter().for_each(|(_, cure)| heal(sim, world, &cure));
        sim.set_fail_rate(0.0);
        for host in 0..world.story.hosts {
            for server in 0..world.story.servers {
                sim.repair(host_name(host).as_str(), server_name(server).as_str());
            }
        }
        world.heal_clocks();
        world.is_healed.set(true);
        world.note(format_args!("every fault has healed"));
    }

    fn happen(&mut self, sim: &mut Sim<'_>, world: &World) {
        let host = self.host(world);
        let server = self.dice.index(world.story.servers);
        let (host_node, server_node) = (host_name(host).to_string(), server_name(server));
        let servers: Vec<String> = (0..world.story.servers).map(server_name).collect();
        match self.dice.below(32) {
            0..=4 => {
                world.note(format_args!("fault: the agent of {host_node} is killed"));
                sim.crash(host_node.as_str());
                self.later(world, (0, 15_000), Cure::Start(host_node));
            }
            5..=7 => {
                world.note(format_args!("fault: {host_node} loses power"));
                sim.crash(host_node.as_str());
                world.machines[host].borrow_mut().cut_power();
                self.later(world, (500, 30_000), Cure::Start(host_node));
            }
            8..=11 => {
                world.note(format_args!("fault: {server_node} is killed"));
                sim.crash(server_node.as_str());
                self.later(world, (0, 25_000), Cure::Start(server_node));
            }
            12..=15 => {
                world.note(format_args!("fault: {host_node} is cut off"));
                let at = self.after(world, (1_000, 50_000));
                for server in servers {
                    sim.partition(host_node.as_str(), server.as_str());
                    self.cures.push((at, Cure::Connect(host_node.clone(), server)));
                }
                let word = Word::Force(host_name(host));
                let deployment = self.deployment(world);
                self.later(world, (21_000, 40_000), Cure::Word(deployment, word));
            }
            16 => {
                world.note(format_args!("fault: {host_node} is cut off from {server_node}"));
                sim.partition(host_node.as_str(), server_node.as_str());
                self.later(world, (1_000, 60_000), Cure::Connect(host_node, server_node));
            }
            17..=18 => {
                world.note(format_args!("fault: {host_node} hears nothing of what {server_node} says"));
                sim.partition_oneway(server_node.as_str(), host_node.as_str());
                self.later(world, (1_000, 40_000), Cure::Connect(host_node, server_node));
            }
            19 => {
                world.note(format_args!("fault: nothing arrives between {host_node} and {server_node}, for now"));
                sim.hold(host_node.as_str(), server_node.as_str());
                self.later(world, (1_000, 30_000), Cure::Release(host_node, server_node));
            }
            20..=21 => {
                let millis = self.jump(30_000);
                world.note(format_args!("fault: the clock of {server_node} jumps by {millis} ms"));
                world.set_server_clock(server, millis);
                self.later(world, (1_000, 40_000), Cure::ServerClock(server));
            }
            22 => {
                let millis = self.jump(200_000);
                world.note(format_args!("fault: the clock of {host_node} jumps by {millis} ms"));
                world.set_machine_clock(host, millis);
                self.later(world, (1_000, 60_000), Cure::MachineClock(host));
            }
            23..=24 => {
                let package = self.dice.index(world.story.rollouts.len());
                world.note(format_args!("fault: an application of {host_node} falls ill"));
                set_sick(world, host, package, true);
                self.later(world, (2_000, 30_000), Cure::Application(host, package));
            }
            25 => {
                let incarnation = world.rows.borrow_mut().join_anew(host);
                world.note(format_args!("fault: another machine joins as {host_node}, joining {incarnation}"));
                world.machines[host].borrow_mut().replace(incarnation);
                world.checker.borrow_mut().replaced(host_id(host), &host_name(host));
                sim.bounce(host_node.as_str());
            }
            26 => {
                world.note(format_args!("a freeze begins"));
                world.rows.borrow_mut().freeze(true);
                world.checker.borrow_mut().frozen = true;
                self.later(world, (1_000, 15_000), Cure::Thaw);
            }
            _ => {
                let word = Word::of(&mut self.dice, host_name(host));
                let deployment = self.deployment(world);
                say(world, deployment, word);
            }
        }
    }

    /// A host, half of the time one on which a command runs.
    fn host(&mut self, world: &World) -> usize {
        let is_busy = |host: &usize| world.machines[*host].borrow().is_busy();
        let busy: Vec<usize> = (0..world.story.hosts).filter(is_busy).collect();
        if busy.is_empty() || self.dice.happens(50) {
            self.dice.index(world.story.hosts)
        } else {
            self.dice.pick(&busy)
        }
    }

    fn deployment(&mut self, world: &World) -> DeploymentId {
        let deployments: Vec<DeploymentId> = world.rows.borrow().deployments.keys().copied().collect();
        deployments[self.dice.index(deployments.len())]
    }

    fn jump(&mut self, most: u64) -> i64 {
        let millis = i64::try_from(self.dice.between(1_000, most)).unwrap_or_default();
        if self.dice.happens(50) { millis } else { -millis }
    }

    fn after(&mut self, world: &World, (least, most): (u64, u64)) -> Duration {
        world.elapsed() + Duration::from_millis(self.dice.between(least, most))
    }

    fn later(&mut self, world: &World, millis: (u64, u64), cure: Cure) {
        let at = self.after(world, millis);
        self.cures.push((at, cure));
    }
}

fn heal(sim: &mut Sim<'_>, world: &World, cure: &Cure) {
    world.note(format_args!("heals: {cure:?}"));
    match cure {
        Cure::Start(node) => {
            // It may have been killed twice, and be up already.
            if !sim.is_host_running(node.as_str()) {
                sim.bounce(node.as_str());
            }
        }
        Cure::Connect(a, b) => sim.repair(a.as_str(), b.as_str()),
        Cure::Release(a, b) => sim.release(a.as_str(), b.as_str()),
        Cure::ServerClock(server) => world.set_server_clock(*server, 0),
        Cure::MachineClock(machine) => world.set_machine_clock(*machine, 0),
        Cure::Application(host, package) => set_sick(world, *host, *package, false),
        Cure::Thaw => {
            world.rows.borrow_mut().freeze(false);
            world.checker.borrow_mut().frozen = false;
        }
        Cure::Word(deployment, word) => say(world, *deployment, word.clone()),
    }
}

fn say(world: &World, deployment: DeploymentId, word: Word) {
    world.note(format_args!("somebody says {word:?}"));
    world.words.borrow_mut().push_back((deployment, word));
}

fn set_sick(world: &World, host: usize, package: usize, is_sick: bool) {
    let package = &world.story.rollouts[package].package;
    if let Some(application) = world.machines[host].borrow_mut().applications.get_mut(package) {
        application.is_sick = is_sick;
    }
}
