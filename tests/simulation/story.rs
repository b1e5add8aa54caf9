//! What a seed decides before anything happens: how large the site is, what is deployed how, and how bad the network is.

use std::time::Duration;

use packhorse_model::PackageName;
use packhorse_model::strategy::{Amount, OnFailure, Pause, Strategy};
use packhorse_testkit::dice::Dice;

/// A site and its deployments.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) seed: u64,
    pub(crate) servers: usize,
    pub(crate) hosts: usize,
    /// One deployment of each of these packages, over all hosts.
    pub(crate) rollouts: Vec<Rollout>,
    /// The longest that a message takes.
    pub(crate) latency: Duration,
    /// The share of messages that are lost.
    pub(crate) loss: f64,
    /// How long faults happen; afterwards all of them heal.
    pub(crate) troubled: Duration,
    /// The longest time between two faults.
    pub(crate) peace: Duration,
    /// Commands in a hundred that fail.
    pub(crate) failures: u64,
}

/// A package and how its new version is rolled out.
#[derive(Debug, Clone)]
pub(crate) struct Rollout {
    pub(crate) package: PackageName,
    pub(crate) strategy: Strategy,
}

impl Story {
    /// The story of a seed.
    pub(crate) fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let hosts = if dice.happens(15) { dice.between(20, 30) } else { dice.between(5, 12) };
        let packages: &[&str] = if dice.happens(40) { &["shop-web", "shop-api"] } else { &["shop-web"] };
        let rollouts = packages
            .iter()
            .map(|name| Rollout { package: name.parse().expect("a name"), strategy: strategy(&mut dice, hosts) });
        Self {
            seed,
            rollouts: rollouts.collect(),
            servers: dice.index(2) + 2,
            hosts: usize::try_from(hosts).expect("few"),
            latency: Duration::from_millis(dice.pick(&[20, 100, 400])),
            loss: dice.pick(&[0.0, 0.002, 0.01]),
            troubled: Duration::from_secs(dice.between(40, 120)),
            peace: Duration::from_secs(dice.pick(&[4, 8, 16])),
            failures: dice.pick(&[0, 3, 8]),
        }
    }
}

fn strategy(dice: &mut Dice, hosts: u64) -> Strategy {
    let most = hosts.div_ceil(3);
    let batch = dice.between(1, most);
    // With a limit most of the time: it is what holds over all deployments.
    let limit = dice.happens(80).then(|| Amount::Count(u32::try_from(dice.between(1, batch)).expect("few")));
    Strategy {
        canary: u32::try_from(dice.below(3)).expect("few"),
        batch: batch.to_string().parse().expect("a batch expression"),
        max_unavailable: limit,
        pause: dice.pick(&[Pause::None, Pause::None, Pause::None, Pause::AfterCanary]),
        on_failure: dice.pick(&[
            OnFailure::Stop,
            OnFailure::Stop,
            OnFailure::Rollback,
            OnFailure::Ask,
            OnFailure::Ignore,
        ]),
        bake_seconds: dice.pick(&[0, 0, 4, 12]),
        unit_timeout_seconds: dice.pick(&[60, 1800]),
        ..Strategy::default()
    }
}
