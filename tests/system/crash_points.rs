//! A server that dies at each place at which it makes something durable, while a version is pushed and deployed: what was asked for
//! again gets the same answer, the deployment ends as it would have, and no opaque step has run twice.
//!
//! The usual run tries places that are spread over the whole; `PACKHORSE_SOAK=1` tries every one of them.

use packhorse_testkit::app::{self, Behaviour, INSTALL_ROOT};
use packhorse_testkit::world::{MODULE, Ran, World, wait_for};

/// How many places the usual run tries.
const TRIED: usize = 8;
/// What the client returns when it cannot reach the server.
const UNREACHED: i32 = 5;

/// Pushes and deploys a version, and starts the server again whenever it has died; gives the deployment's identity.
fn release(world: &mut World, version: &str) -> String {
    let archive = app::pack(&world.path(""), version, Behaviour::Healthy).display().to_string();
    // What was stored before the answer was lost is found by the second push.
    let pushed = insist(world, |world| {
        let pushed = world.cli(&["package", "push", &archive]);
        if pushed.stderr.contains("version_exists") {
            world.cli(&["package", "show", &tagged(version)])
        } else {
            pushed
        }
    });
    assert_eq!(pushed.code, 0, "{pushed:#?}");
    let started = insist(world, |world| {
        let started =
            world.cli(&["deploy", &tagged(version), "--to", MODULE, "--batch", "1", "--bind", "--yes", "-o", "json"]);
        if started.code == 0 { started } else { of_version(world, version).unwrap_or(started) }
    });
    let started = started.json();
    let id = started["summary"]["id"].as_str().expect("an id").to_owned();
    let end = wait_for(&format!("the deployment of {version}"), || {
        if !world.server_runs() {
            world.start_server();
        }
        let shown = world.cli(&["deployment", "show", &id, "-o", "json"]);
        let detail: serde_json::Value = serde_json::from_str(&shown.stdout).ok()?;
        let state = detail["summary"]["state"].as_str()?.to_owned();
        (state != "running").then_some(state)
    });
    assert_eq!(end, "succeeded", "{:#?}", world.cli(&["deployment", "show", &id]));
    id
}

fn tagged(version: &str) -> String {
    format!("{}@{version}", app::PACKAGE)
}

/// The deployment of this version, if the answer to its start was lost.
fn of_version(world: &World, version: &str) -> Option<Ran> {
    let listed = world.cli(&["deployment", "list", "-o", "jsonl"]);
    let rows = listed.stdout.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let id = rows.filter(|row| row["version"] == version).find_map(|row| Some(row["id"].as_str()?.to_owned()))?;
    Some(world.cli(&["deployment", "show", &id, "-o", "json"]))
}

/// Runs the client until it reaches the server.
fn insist(world: &mut World, run: impl Fn(&World) -> Ran) -> Ran {
    wait_for("the server to answer", || {
        if !world.server_runs() {
            world.start_server();
        }
        let ran = run(world);
        (ran.code != UNREACHED && world.server_runs()).then_some(ran)
    })
}

fn assert_all_run(world: &World, version: &str, place: &str) {
    for agent in world.agents() {
        assert_eq!(agent.current(INSTALL_ROOT), Some(format!("tracer_{version}")), "{place}, {}", agent.name);
        assert_eq!(app::running_version(&agent.root).as_deref(), Some(version), "{place}, {}", agent.name);
        assert_eq!(app::repeated(&app::effects(&agent.root)), Vec::<String>::new(), "{place}, {}", agent.name);
    }
}

#[test]
fn a_server_that_dies_at_any_place_loses_nothing() {
    let mut world = World::start();
    world.add_hosts(2);
    release(&mut world, "1.0.0");

    // The places that a start, a push and a deployment without a fault come to.
    let log = world.path("places");
    world.kill_server();
    assert!(world.start_server_with(&[("PACKHORSE_FAULT_LOG", log.display().to_string())]));
    release(&mut world, "1.0.1");
    let places: Vec<String> =
        std::fs::read_to_string(log).expect("places were come to").lines().map(str::to_owned).collect();
    for expected in ["store.commit", "store.committed", "pack.put", "original.rename"] {
        assert!(places.iter().any(|place| place == expected), "a release comes to {expected}: {places:?}");
    }

    let stride = if std::env::var_os("PACKHORSE_SOAK").is_some() { 1 } else { places.len().div_ceil(TRIED) };
    for (round, number) in (1..=places.len()).step_by(stride).enumerate() {
        let (version, place) = (format!("1.1.{round}"), format!("place {number}, {}", places[number - 1]));
        world.kill_server();
        if !world.start_server_with(&[("PACKHORSE_FAULT", format!("abort@{number}"))]) {
            world.start_server();
        }
        release(&mut world, &version);
        assert_all_run(&world, &version, &place);
        let verified = world.cli(&["audit", "verify"]);
        assert_eq!(verified.code, 0, "{place}: {verified:#?}");
    }
}
