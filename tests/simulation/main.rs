//! A whole site under simulation: several servers, tens of agents, and a network that delays, loses and cuts; killed programs, machines
//! without power, clocks that jump, applications that fall ill, and people who interfere. All of it follows from a seed.
//!
//! What decides is the product's own code: `packhorse_planner::fleet` on the servers, `packhorse_agent::core` with its journal on the hosts, and the
//! messages between them. The rows are a model in memory with the store's semantics ([`rows`]), shared by the servers as the one database is; the
//! network is turmoil's. The [`checker`] keeps an account of its own and holds every event against the invariants I1–I7, I9, I10 and I12.
//!
//! The same seed gives the same history. A failure prints its seed: `PACKHORSE_SEED=17 cargo nextest run --workspace -E 'test(simulation)'`.

mod agent;
mod checker;
mod faults;
mod history;
mod machine;
mod people;
mod rows;
mod run;
mod server;
mod site;
mod story;
mod wire;
mod world;

use std::thread;

use packhorse_testkit::dice;

use crate::run::run;

/// Seeds of the usual run.
const SEEDS: u64 = 24;
/// Seeds of a round of a soak.
const SOAKED: u64 = 500;

/// The one that is asked for, those of the round of a soak, or the usual ones.
fn seeds() -> Vec<u64> {
    let is_soak = std::env::var_os("PACKHORSE_SOAK").is_some();
    match (dice::asked(), is_soak) {
        (Some(round), true) => (round * SOAKED..(round + 1) * SOAKED).collect(),
        (Some(seed), false) => vec![seed],
        (None, true) => (0..SOAKED).collect(),
        (None, false) => (0..SEEDS).collect(),
    }
}

#[test]
fn simulation_of_many_seeds_keeps_every_invariant() {
    let seeds = seeds();
    let threads = thread::available_parallelism().map_or(1, usize::from).min(seeds.len());
    thread::scope(|scope| {
        for first in 0..threads {
            // A simulation lives on one thread.
            let own = seeds.iter().skip(first).step_by(threads);
            scope.spawn(move || own.for_each(|seed| drop(run(*seed))));
        }
    });
}

#[test]
fn simulation_of_a_seed_is_the_same_each_time() {
    for seed in [3, 4] {
        let first = run(seed);
        assert_eq!(first, run(seed), "seed {seed}");
        assert_ne!(first.digest, run(seed + 100).digest, "seed {seed}");
    }
}
