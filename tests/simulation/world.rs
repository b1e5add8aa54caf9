//! Everything that the parts of a simulation share. All of it lives on one thread, and whoever waits puts down what it holds before.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use packhorse_model::deployment::UnitState;
use packhorse_model::ids::{DeploymentId, UnitId};
use packhorse_planner::fleet::Decision;
use packhorse_testkit::dice::Dice;

use crate::checker::{Checker, Decider};
use crate::history::History;
use crate::machine::Machine;
use crate::people::Word;
use crate::rows::{Conflict, Fleet, NotYours, Rows, Told};
use crate::site::epoch;
use crate::story::Story;

/// How much time passes in a step of the simulation.
pub(crate) const TICK: Duration = Duration::from_millis(50);

/// A site under simulation.
pub(crate) struct World {
    pub(crate) story: Story,
    pub(crate) rows: RefCell<Rows>,
    pub(crate) machines: Vec<RefCell<Machine>>,
    pub(crate) checker: RefCell<Checker>,
    pub(crate) dice: RefCell<Dice>,
    /// What people have said, and no server has heard yet.
    pub(crate) words: RefCell<VecDeque<(DeploymentId, Word)>>,
    /// Whether every fault has healed.
    pub(crate) is_healed: Cell<bool>,
    history: RefCell<History>,
    elapsed: Cell<Duration>,
    /// How far the clocks of servers and machines are ahead, in milliseconds.
    server_clocks: Vec<Cell<i64>>,
    machine_clocks: Vec<Cell<i64>>,
}

impl World {
    pub(crate) fn of(story: Story) -> Self {
        let mut dice = Dice::new(story.seed ^ 0x5eed);
        let packages: Vec<_> = story.rollouts.iter().map(|rollout| rollout.package.clone()).collect();
        let machines =
            (0..story.hosts).map(|number| RefCell::new(Machine::new(number, &packages, dice.bits()))).collect();
        Self {
            rows: RefCell::new(Rows::of(&story)),
            machines,
            checker: RefCell::default(),
            dice: RefCell::new(dice),
            words: RefCell::default(),
            is_healed: Cell::new(false),
            history: RefCell::new(History::new()),
            elapsed: Cell::new(Duration::ZERO),
            server_clocks: vec![Cell::new(0); story.servers],
            machine_clocks: vec![Cell::new(0); story.hosts],
            story,
        }
    }

    /// How long the simulation has lasted, by no clock of anybody in it.
    pub(crate) fn elapsed(&self) -> Duration {
        self.elapsed.get()
    }

    /// What the clock of a server says.
    pub(crate) fn server_time(&self, server: usize) -> Timestamp {
        self.time(self.server_clocks[server].get())
    }

    /// What the clock of a machine says.
    pub(crate) fn machine_time(&self, machine: usize) -> Timestamp {
        self.time(self.machine_clocks[machine].get())
    }

    fn time(&self, ahead: i64) -> Timestamp {
        let passed = i64::try_from(self.elapsed().as_millis()).unwrap_or(i64::MAX);
        epoch() + SignedDuration::from_millis(passed.saturating_add(ahead))
    }

    /// Sets the clock of a server ahead of the others.
    pub(crate) fn set_server_clock(&self, server: usize, millis: i64) {
        self.server_clocks[server].set(millis);
        let clocks = || self.server_clocks.iter().map(Cell::get);
        let apart = clocks().max().unwrap_or_default() - clocks().min().unwrap_or_default();
        let mut checker = self.checker.borrow_mut();
        // A jump moves what was noted before it as well as what two servers note at the same time.
        let most = Duration::from_millis(apart.unsigned_abs().max(millis.unsigned_abs()));
        checker.skew = checker.skew.max(2 * most);
    }

    /// Sets the clock of a machine ahead of the others.
    pub(crate) fn set_machine_clock(&self, machine: usize, millis: i64) {
        self.machine_clocks[machine].set(millis);
    }

    /// Something has happened.
    pub(crate) fn note(&self, what: fmt::Arguments<'_>) {
        self.history.borrow_mut().note(self.elapsed(), what);
    }

    pub(crate) fn history(&self) -> std::cell::Ref<'_, History> {
        self.history.borrow()
    }

    /// Waits for the database.
    pub(crate) async fn database(&self) {
        let millis = {
            let mut dice = self.dice.borrow_mut();
            // Now and then it takes so long that others decide meanwhile.
            if dice.happens(5) { dice.between(500, 3000) } else { dice.between(1, 40) }
        };
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }

    /// Commits a decision, if what it rests on still stands.
    pub(crate) fn commit(
        &self,
        server: usize,
        by: Decider,
        fleet: &Fleet,
        decision: &Decision,
    ) -> Result<(), Conflict> {
        let mut rows = self.rows.borrow_mut();
        let plan = rows.deployments[&fleet.id].plan;
        let made = rows.write(fleet, decision, self.server_time(server))?;
        for transition in &decision.transitions {
            self.note(format_args!("server {server} ({by:?}) decides about {}: {transition:?}", fleet.package));
        }
        self.checker.borrow_mut().decided(self.elapsed(), by, fleet, plan, &decision.transitions, &made);
        Ok(())
    }

    /// Commits what a host has told.
    pub(crate) fn take_in(&self, server: usize, told: &Told) -> Result<Vec<(UnitId, UnitState)>, NotYours> {
        let moved = self.rows.borrow_mut().take_in(told, self.server_time(server))?;
        self.checker.borrow_mut().folded(&moved);
        for (unit, state) in &moved {
            self.note(format_args!("server {server} hears of {}: unit {unit} is {state:?}", told.host));
        }
        Ok(moved)
    }

    /// Time passes: machines go on with what runs on them, whether their agents live or not.
    pub(crate) fn pass(&self, elapsed: Duration) {
        self.elapsed.set(elapsed);
        for number in 0..self.machines.len() {
            self.run_commands(number);
        }
    }

    /// Every clock is right again.
    pub(crate) fn heal_clocks(&self) {
        for clock in self.server_clocks.iter().chain(&self.machine_clocks) {
            clock.set(0);
        }
    }
}
