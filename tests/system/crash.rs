//! Servers and agents that are killed in the middle of a deployment, in a loop: it ends as it would have, no host is ever
//! without a version, and no opaque step runs twice in an attempt.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use packhorse_testkit::app::{self, Behaviour, INSTALL_ROOT};
use packhorse_testkit::dice::{self, Dice};
use packhorse_testkit::world::{MODULE, World, wait_for};

/// Lets the watcher end however the test ends.
struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

fn state_of(world: &World, id: &str) -> Option<String> {
    let shown = world.cli(&["deployment", "show", id, "-o", "json"]);
    let detail: serde_json::Value = serde_json::from_str(&shown.stdout).ok()?;
    detail["summary"]["state"].as_str().map(str::to_owned)
}

#[test]
fn a_deployment_of_twenty_agents_survives_kills_of_server_and_agents() {
    let mut world = World::start();
    world.add_hosts(20);
    for version in ["1.0.0", "1.0.1", "1.0.2", "1.0.3"] {
        let archive = app::pack(&world.path(""), version, Behaviour::Healthy);
        let pushed = world.cli(&["package", "push", &archive.display().to_string()]);
        assert_eq!(pushed.code, 0, "{pushed:#?}");
    }
    let _ = world.cli(&["deploy", "tracer@1.0.0", "--to", MODULE, "--bind", "--yes", "--watch"]).ok();

    // From here on every host must have a version at every moment.
    let watching = AtomicBool::new(true);
    let roots: Vec<_> = world
        .agents()
        .iter()
        .map(|agent| (agent.name.clone(), agent.path(INSTALL_ROOT).join("current/version.txt")))
        .collect();
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut without = Vec::new();
            while watching.load(Ordering::Relaxed) {
                without.extend(
                    roots.iter().filter(|(_, file)| std::fs::read(file).is_err()).map(|(name, _)| name.clone()),
                );
                std::thread::sleep(Duration::from_millis(2));
            }
            without
        });
        let end = OnDrop(&watching);
        // A soak says another one in each round.
        let round = dice::asked().unwrap_or_default();
        for (seed, version) in [(1, "1.0.1"), (2, "1.0.2"), (3, "1.0.3")] {
            deploy_under_kills(&mut world, 10 * round + seed, version);
        }
        drop(end);
        let without = watcher.join().expect("the watcher ends");
        assert!(without.is_empty(), "hosts without a version: {without:?}");
    });
}

fn deploy_under_kills(world: &mut World, seed: u64, version: &str) {
    let mut dice = Dice::new(seed);
    let started = world
        .cli(&[
            "deploy",
            &format!("tracer@{version}"),
            "--to",
            MODULE,
            "--canary",
            "2",
            "--batch",
            "6",
            "--yes",
            "-o",
            "json",
        ])
        .json();
    let id = started["summary"]["id"].as_str().expect("an id").to_owned();
    for _ in 0..6 {
        std::thread::sleep(Duration::from_millis(50 + dice.below(500)));
        if dice.below(3) == 0 {
            world.kill_server();
            world.start_server();
        } else {
            let index = dice.index(20);
            world.kill_agent(index);
            std::thread::sleep(Duration::from_millis(dice.below(200)));
            world.start_agent(index);
        }
    }
    let end = wait_for(&format!("the deployment of {version}, seed {seed}"), || {
        state_of(world, &id).filter(|state| !["running", "rolling_back"].contains(&state.as_str()))
    });
    assert_eq!(end, "succeeded", "seed {seed}: {:#?}", world.cli(&["deployment", "show", &id]));
    for agent in world.agents() {
        assert_eq!(agent.current(INSTALL_ROOT), Some(format!("tracer_{version}")), "seed {seed}, {}", agent.name);
        assert_eq!(app::running_version(&agent.root).as_deref(), Some(version), "seed {seed}, {}", agent.name);
        assert_eq!(app::repeated(&app::effects(&agent.root)), Vec::<String>::new(), "seed {seed}, {}", agent.name);
    }
}
