//! Processes that are stopped in their middle, longer than anybody waits for them, and go on as if nothing had been: an agent whose grants
//! may be void by then, and a server that takes everybody for silent.

use std::time::Duration;

use packhorse_testkit::app::{self, Behaviour, INSTALL_ROOT};
use packhorse_testkit::dice::{self, Dice};
use packhorse_testkit::world::{MODULE, World, wait_for};
use rustix::process::Signal;

/// As short as it can be: a host with work to do asks every five seconds.
const CONFIG: &str = "host_unreachable_seconds = 7\n";
/// Longer than that.
const TOO_LONG: Duration = Duration::from_secs(9);

fn unit_state(world: &World, id: &str, host: &str) -> Option<String> {
    let shown = world.cli(&["deployment", "show", id, "-o", "json"]);
    let detail: serde_json::Value = serde_json::from_str(&shown.stdout).ok()?;
    let unit = detail["units"].as_array()?.iter().find(|unit| unit["host_name"] == host)?;
    unit["state"].as_str().map(str::to_owned)
}

fn state_of(world: &World, id: &str) -> Option<String> {
    let shown = world.cli(&["deployment", "show", id, "-o", "json"]);
    let detail: serde_json::Value = serde_json::from_str(&shown.stdout).ok()?;
    detail["summary"]["state"].as_str().map(str::to_owned)
}

/// A site on which version 1.0.0 runs everywhere.
fn site(hosts: usize, behaviour: Behaviour, versions: &[&str]) -> World {
    let mut world = World::start_configured(CONFIG);
    world.add_hosts(hosts);
    for version in ["1.0.0"].iter().chain(versions) {
        let behaviour = if *version == "1.0.0" { Behaviour::Healthy } else { behaviour };
        let archive = app::pack(&world.path(""), version, behaviour);
        let pushed = world.cli(&["package", "push", &archive.display().to_string()]);
        assert_eq!(pushed.code, 0, "{pushed:#?}");
    }
    let _ = world.cli(&["deploy", "tracer@1.0.0", "--to", MODULE, "--bind", "--yes", "--watch"]).ok();
    world
}

fn begin(world: &World, version: &str, further: &[&str]) -> String {
    let package = format!("tracer@{version}");
    let mut args = vec!["deploy", &package, "--to", MODULE, "--yes", "-o", "json"];
    args.extend(further);
    let started = world.cli(&args).json();
    started["summary"]["id"].as_str().expect("an id").to_owned()
}

fn assert_all_run(world: &World, version: &str, when: &str) {
    for agent in world.agents() {
        assert_eq!(agent.current(INSTALL_ROOT), Some(format!("tracer_{version}")), "{when}, {}", agent.name);
        assert_eq!(app::running_version(&agent.root).as_deref(), Some(version), "{when}, {}", agent.name);
        assert_eq!(app::repeated(&app::effects(&agent.root)), Vec::<String>::new(), "{when}, {}", agent.name);
    }
}

#[test]
fn an_agent_stopped_in_the_middle_of_a_switch_keeps_its_slot_and_goes_on() {
    let world = site(2, Behaviour::Slow, &["1.0.1"]);
    let id = begin(&world, "1.0.1", &["--max-unavailable", "1"]);
    let switching = wait_for("a host to change over", || {
        (0..2).find(|index| unit_state(&world, &id, &world.agents()[*index].name).as_deref() == Some("switching"))
    });
    world.stop_agent(switching);
    let names: Vec<String> = world.agents().iter().map(|agent| agent.name.clone()).collect();
    wait_for("the stopped host to be unknown", || {
        (unit_state(&world, &id, &names[switching])? == "unknown").then_some(())
    });
    // The other one is ready, and must not change over.
    assert_eq!(unit_state(&world, &id, &names[1 - switching]).as_deref(), Some("prepared"));
    world.continue_agent(switching);
    let end = wait_for("the deployment to end", || state_of(&world, &id).filter(|state| state != "running"));
    assert_eq!(end, "succeeded", "{:#?}", world.cli(&["deployment", "show", &id]));
    assert_all_run(&world, "1.0.1", "continued");
}

#[test]
fn a_server_stopped_in_the_middle_of_a_deployment_blames_no_host_for_good() {
    let mut world = site(3, Behaviour::Slow, &["1.0.1"]);
    let id = begin(&world, "1.0.1", &["--batch", "2"]);
    wait_for("a host to change over", || {
        world.agents().iter().find(|agent| unit_state(&world, &id, &agent.name).as_deref() == Some("switching"))?;
        Some(())
    });
    let server = world.server();
    server.signal(Signal::STOP).expect("the server can be stopped");
    std::thread::sleep(TOO_LONG);
    server.signal(Signal::CONT).expect("the server goes on");
    let end = wait_for("the deployment to end", || state_of(&world, &id).filter(|state| state != "running"));
    assert_eq!(end, "succeeded", "{:#?}", world.cli(&["deployment", "show", &id]));
    assert_all_run(&world, "1.0.1", "continued");
}

#[test]
fn a_deployment_survives_stops_of_server_and_agents() {
    let is_soak = std::env::var_os("PACKHORSE_SOAK").is_some();
    let (versions, stops): (&[&str], u32) = if is_soak { (&["1.0.1", "1.0.2", "1.0.3"], 8) } else { (&["1.0.1"], 3) };
    let mut world = site(8, Behaviour::Healthy, versions);
    // A soak says another one in each round.
    let round = dice::asked().unwrap_or_default();
    for (number, version) in (1..).zip(versions) {
        deploy_under_stops(&mut world, 10 * round + number, version, stops);
    }
    let verified = world.cli(&["audit", "verify"]);
    assert_eq!(verified.code, 0, "{verified:#?}");
}

fn deploy_under_stops(world: &mut World, seed: u64, version: &str, stops: u32) {
    let mut dice = Dice::new(seed);
    let id = begin(world, version, &["--canary", "1", "--batch", "3"]);
    for _ in 0..stops {
        std::thread::sleep(Duration::from_millis(dice.between(20, 400)));
        // Some for so short that nobody notices, some for longer than anybody waits.
        let lasts = Duration::from_millis(if dice.happens(50) { dice.between(50, 1500) } else { 9_000 });
        if dice.happens(40) {
            world.server().signal(Signal::STOP).expect("the server can be stopped");
            std::thread::sleep(lasts);
            world.server().signal(Signal::CONT).expect("the server goes on");
        } else {
            let chosen: Vec<usize> = (0..world.agents().len()).filter(|_| dice.happens(30)).collect();
            chosen.iter().for_each(|index| world.stop_agent(*index));
            std::thread::sleep(lasts);
            chosen.iter().for_each(|index| world.continue_agent(*index));
        }
    }
    let end = wait_for(&format!("the deployment of {version}, seed {seed}"), || {
        state_of(world, &id).filter(|state| !["running", "rolling_back"].contains(&state.as_str()))
    });
    assert_eq!(end, "succeeded", "seed {seed}: {:#?}", world.cli(&["deployment", "show", &id]));
    assert_all_run(world, version, &format!("seed {seed}"));
}
