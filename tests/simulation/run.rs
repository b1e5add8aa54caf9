//! One run: the faults of a seed, their healing, and what must be true at the end.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use packhorse_agent::core::{Attempt, Book};
use packhorse_model::deployment::UnitState;
use packhorse_model::ids::DeploymentId;
use packhorse_model::order::Aftermath;
use turmoil::{Builder, Sim};

use crate::faults::Faults;
use crate::people::Word;
use crate::site::host_name;
use crate::story::Story;
use crate::world::{TICK, World};
use crate::{agent, server};

/// How long a healed site may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(900);
/// How long somebody who wants a deployment to end waits between two words.
const BETWEEN_WORDS: Duration = Duration::from_secs(15);

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    /// Of everything that happened.
    pub(crate) digest: String,
    /// How much happened.
    pub(crate) events: u64,
    /// How each deployment ended.
    pub(crate) states: Vec<String>,
}

/// Lets the story of a seed happen.
///
/// # Panics
/// When an invariant does not hold; the message has the seed, and the end of the history.
pub(crate) fn run(seed: u64) -> Ended {
    let story = Story::of(seed);
    let mut sim = network(&story);
    let world = Rc::new(World::of(story));
    for number in 0..world.story.servers {
        let world = Rc::clone(&world);
        sim.host(agent::server_name(number), move || server::serve(Rc::clone(&world), number));
    }
    for number in 0..world.story.hosts {
        let world = Rc::clone(&world);
        sim.host(host_name(number).as_str(), move || agent::run(Rc::clone(&world), number));
    }
    let mut faults = Faults::of(&world);
    while world.elapsed() < world.story.troubled {
        faults.act(&mut sim, &world);
        advance(&mut sim, &world);
    }
    faults.end(&mut sim, &world);
    settle(&mut sim, &world);
    check_end(&world);
    let states = world.rows.borrow().deployments.values().map(|row| format!("{:?}", row.state)).collect();
    let history = world.history();
    Ended { digest: history.digest(), events: history.count, states }
}

fn network(story: &Story) -> Sim<'static> {
    Builder::new()
        .rng_seed(story.seed)
        .tick_duration(TICK)
        .simulation_duration(Duration::from_secs(24 * 60 * 60))
        .max_message_latency(story.latency)
        .fail_rate(story.loss)
        .enable_random_order()
        .build()
}

fn advance(sim: &mut Sim<'_>, world: &World) {
    if let Err(error) = sim.step() {
        fail(world, &format!("a part of the simulation broke off: {error}"));
    }
    world.pass(sim.elapsed());
    let violation = world.checker.borrow().violations.first().cloned();
    if let Some(violation) = violation {
        fail(world, &violation);
    }
}

/// Goes on until everything is at rest, with the words of somebody who wants it to be.
fn settle(sim: &mut Sim<'_>, world: &World) {
    let begin = world.elapsed();
    let mut said: BTreeMap<DeploymentId, (usize, Duration)> = BTreeMap::new();
    while !is_at_rest(world) {
        if world.elapsed() > begin + PATIENCE {
            let rows = world.rows.borrow();
            let open: Vec<String> = rows
                .unsettled()
                .iter()
                .map(|id| format!("{:?} waits for {:?}", rows.deployments[id].state, rows.deployments[id].waiting))
                .collect();
            fail(world, &format!("I9: everything has healed, and nothing comes to an end: {open:?}"));
        }
        for (id, row) in &world.rows.borrow().deployments {
            let (count, at) = said.entry(*id).or_insert((0, world.elapsed()));
            if *at + BETWEEN_WORDS > world.elapsed() {
                continue;
            }
            *at = world.elapsed();
            *count += 1;
            if let Some(word) = Word::to_end(row, *count) {
                world.note(format_args!("somebody says {word:?}"));
                world.words.borrow_mut().push_back((*id, word));
            }
        }
        advance(sim, world);
    }
}

fn is_at_rest(world: &World) -> bool {
    let has_come_to_rest = |book: &Book| book.attempts().all(Attempt::is_settled);
    world.rows.borrow().unsettled().is_empty()
        && world.machines.iter().all(|machine| has_come_to_rest(&Book::of(machine.borrow().journal.iter().cloned())))
}

/// I9, and that the end is what the rows say it is: every host runs what it should, unless it was left broken, or is another machine.
fn check_end(world: &World) {
    let rows = world.rows.borrow();
    for (id, deployment) in &rows.deployments {
        if !deployment.state.is_terminal() {
            fail(world, &format!("I9: {} is {:?}, and at rest", deployment.package, deployment.state));
        }
        for unit in rows.units.values().filter(|unit| unit.deployment == *id && unit.plan == deployment.plan) {
            let machine = world.machines.iter().find(|machine| machine.borrow().host == unit.planned.host);
            let machine = machine.expect("a unit has a host").borrow();
            let application = &machine.applications[&deployment.package];
            let left = unit.failure.as_ref().and_then(|failure| failure.aftermath);
            let is_known = match unit.state {
                UnitState::Unknown | UnitState::Skipped => false,
                UnitState::Failed => left.is_some_and(|left| left != Aftermath::Broken),
                _ => true,
            };
            // A retry that came to nothing does not tell what the attempt before it left: its slot is kept.
            if machine.incarnation > 1 || !is_known || rows.is_unproven(machine.host, &deployment.package) {
                continue;
            }
            let wanted = unit.planned.order.to.as_ref().map(|to| to.tree);
            let is_as_ordered = unit.state != UnitState::Succeeded || application.tree() == wanted;
            if !application.works() || !is_as_ordered {
                let what =
                    format!("{} of {} is {:?}, left {left:?}", unit.planned.host_name, deployment.package, unit.state);
                fail(world, &format!("{what}, and the application works: {}", application.works()));
            }
        }
    }
}

fn fail(world: &World, what: &str) -> ! {
    let seed = world.story.seed;
    panic!("{what}\n\nHistory:\n{}\n{what}\n{:?}\nAgain: PACKHORSE_SEED={seed}", world.history().end(), world.story)
}
