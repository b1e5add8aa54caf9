//! The main job: push, plan, deploy, upgrade with a canary, and a sick version that is rolled back by itself.

use packhorse_testkit::app::{self, Behaviour, INSTALL_ROOT};
use packhorse_testkit::world::{MODULE, World};

fn push(world: &World, version: &str, behaviour: Behaviour) {
    let archive = app::pack(&world.path(""), version, behaviour);
    let pushed = world.cli(&["package", "push", &archive.display().to_string()]);
    assert_eq!(pushed.code, 0, "{pushed:#?}");
}

#[test]
fn a_package_is_pushed_planned_deployed_upgraded_and_a_sick_one_rolled_back() {
    let mut world = World::start();
    world.add_hosts(3);
    push(&world, "1.0.0", Behaviour::Healthy);

    let plan = world.cli(&["plan", "tracer@1.0.0", "--to", MODULE]);
    assert_eq!(plan.code, 2, "a plan with changes exits with 2: {plan:#?}");
    let _ = world.cli(&["deploy", "tracer@1.0.0", "--to", MODULE, "--bind", "--yes", "--watch"]).ok();
    let plan = world.cli(&["plan", "tracer@1.0.0", "--to", MODULE]);
    assert_eq!(plan.code, 0, "a plan without changes exits with 0: {plan:#?}");

    push(&world, "1.0.1", Behaviour::Healthy);
    let _ = world.cli(&["deploy", "tracer@1.0.1", "--to", MODULE, "--canary", "1", "--yes", "--watch"]).ok();

    push(&world, "1.0.2", Behaviour::Sick);
    let sick = world.cli(&[
        "deploy",
        "tracer@1.0.2",
        "--to",
        MODULE,
        "--canary",
        "1",
        "--on-failure",
        "rollback",
        "--yes",
        "--watch",
    ]);
    assert_eq!(sick.code, 1, "{sick:#?}");
    assert!(
        format!("{}{}", sick.stdout, sick.stderr).contains("catalogue is closed"),
        "the check's own words are shown: {sick:#?}"
    );

    for agent in world.agents() {
        assert_eq!(agent.current(INSTALL_ROOT).as_deref(), Some("tracer_1.0.1"), "{}", agent.name);
        assert_eq!(app::running_version(&agent.root).as_deref(), Some("1.0.1"), "{}", agent.name);
        assert_eq!(app::repeated(&app::effects(&agent.root)), Vec::<String>::new(), "{}", agent.name);
    }
    let touched = world
        .agents()
        .iter()
        .filter(|agent| app::effects(&agent.root).iter().any(|(_, version, _)| version == "1.0.2"));
    assert_eq!(touched.count(), 1, "only the canary saw the sick version");
}

#[test]
fn instances_are_stopped_started_restarted_and_uninstalled() {
    let mut world = World::start();
    world.add_hosts(2);
    push(&world, "1.0.0", Behaviour::Healthy);
    let _ = world.cli(&["deploy", "tracer@1.0.0", "--to", MODULE, "--bind", "--yes", "--watch"]).ok();
    let act = |verb: &str| world.cli(&["instance", verb, "tracer", "--to", MODULE, "--yes", "--watch"]).ok();
    let running = || world.agents().iter().filter_map(|agent| app::running_version(&agent.root)).count();

    let _ = act("stop");
    assert_eq!(running(), 0);
    let _ = act("start");
    assert_eq!(running(), 2);
    let _ = act("restart");
    assert_eq!(running(), 2);
    let _ = act("uninstall");
    assert_eq!(running(), 0);
    assert!(world.agents().iter().all(|agent| agent.current(INSTALL_ROOT).is_none()));
    assert_eq!(world.cli(&["instance", "list", "-o", "jsonl"]).ok(), "");
}

#[test]
fn a_deployment_is_rolled_back_by_hand_without_download() {
    let mut world = World::start();
    world.add_hosts(2);
    for version in ["1.0.0", "1.0.1"] {
        push(&world, version, Behaviour::Healthy);
        let _ = world.cli(&["deploy", &format!("tracer@{version}"), "--to", MODULE, "--bind", "--yes", "--watch"]).ok();
    }
    let deployments = world.cli(&["deployment", "list", "-o", "jsonl"]).ok();
    let newest: serde_json::Value = serde_json::from_str(deployments.lines().next().expect("a line")).expect("JSON");
    let id = newest["id"].as_str().expect("an id");
    let rolled_back = world.cli(&["deployment", "rollback", id, "--yes", "--watch"]);
    assert!(format!("{}{}", rolled_back.stdout, rolled_back.stderr).contains("rolled back"), "{rolled_back:#?}");
    for agent in world.agents() {
        assert_eq!(app::running_version(&agent.root).as_deref(), Some("1.0.0"), "{}", agent.name);
    }
}
