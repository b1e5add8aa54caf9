//! A production deployment under all guard rails: a named strategy, a second person's approval, a freeze that is overridden, a lock.

use packhorse_testkit::app::{self, Behaviour, INSTALL_ROOT};
use packhorse_testkit::world::{MODULE, Ran, World, wait_for};

const PASSWORD: &str = "a long enough password";

/// Runs the client as the second person.
fn as_li(world: &World, args: &[&str]) -> Ran {
    world
        .client()
        .env("XDG_CONFIG_HOME", world.path("li"))
        .args(args)
        .output()
        .expect("the client can be started")
        .into()
}

fn li_signs_in(world: &World) {
    let added = world.cli_with_input(&["user", "add", "li", "--password-stdin"], PASSWORD);
    assert_eq!(added.code, 0, "{added:#?}");
    let stdin = std::fs::File::open(world.path("stdin")).expect("the password was written");
    let mut login = world.client();
    login.env("XDG_CONFIG_HOME", world.path("li")).stdin(stdin);
    let login = login.args(["login", &world.url(), "--user", "li", "--password-stdin"]);
    let signed_in: Ran = login.output().expect("the client can be started").into();
    assert_eq!(signed_in.code, 0, "{signed_in:#?}");
}

fn deploy(world: &World, version: &str, more: &[&str]) -> String {
    let what = format!("tracer@{version}");
    let mut args = vec!["deploy", &what, "--to", MODULE, "--bind", "--yes"];
    args.extend(more);
    world.cli(&args).ok().trim().to_owned()
}

fn shown(world: &World, id: &str) -> serde_json::Value {
    world.cli(&["deployment", "show", id, "-o", "json"]).json()
}

/// Waits until the deployment waits for this, and for nothing else.
fn waits_for(world: &World, id: &str, what: &str) {
    wait_for(what, || {
        let waiting = shown(world, id)["waiting"].clone();
        let waits = waiting.as_array().is_some_and(|all| all.len() == 1 && all[0]["waits_for"] == what);
        waits.then_some(())
    });
}

#[test]
fn a_production_deployment_goes_through_all_guard_rails() {
    let mut world = World::start();
    world.add_hosts(2);
    for version in ["1.0.0", "1.0.1"] {
        let archive = app::pack(&world.path(""), version, Behaviour::Healthy);
        let _ = world.cli(&["package", "push", &archive.display().to_string()]).ok();
    }
    li_signs_in(&world);
    let _ = world.cli(&["strategy", "set", "careful", "--environment", "prod", "--default", "--canary", "1"]).ok();
    let _ = world.cli(&["environment", "set", "prod", "--approvals", "1", "--max-concurrent", "1"]).ok();
    let freeze =
        ["freeze", "set", "Always", "--days", "mon,tue,wed,thu,fri,sat,sun", "--start", "00:00", "--end", "00:00"];
    let _ = world.cli(&freeze).ok();
    let lock = world.cli(&["lock", "add", &format!("module:{MODULE}"), "-m", "the database moves"]).ok();

    let id = deploy(&world, "1.0.0", &["--at", "+2h"]);
    let detail = shown(&world, &id);
    assert_eq!(detail["spec"]["strategy_name"], "careful", "{detail:#}");
    let waiting: Vec<&str> =
        detail["waiting"].as_array().expect("a list").iter().filter_map(|one| one["waits_for"].as_str()).collect();
    assert_eq!(waiting, ["approval", "lock", "freeze", "schedule"]);
    assert_eq!(world.cli(&["deployment", "approve", &id]).code, 3, "not one's own");
    let listed = as_li(&world, &["deployment", "list", "--awaiting-approval", "-o", "jsonl"]).ok();
    assert!(listed.contains(&id), "{listed}");

    let _ = as_li(&world, &["deployment", "approve", &id, "-m", "looked at the plan"]).ok();
    let _ = world.cli(&["lock", "remove", lock.trim()]).ok();
    let _ = world.cli(&["deployment", "override-freeze", &id, "--reason", "payments are down"]).ok();
    waits_for(&world, &id, "schedule");
    assert!(world.agents().iter().all(|agent| agent.current(INSTALL_ROOT).is_none()), "nothing was touched");
    let _ = world.cli(&["deployment", "start", &id]).ok();
    let _ = world.cli(&["deployment", "watch", &id]).ok();
    for agent in world.agents() {
        assert_eq!(app::running_version(&agent.root).as_deref(), Some("1.0.0"), "{}", agent.name);
    }

    let _ = world.cli(&["freeze", "delete", "Always"]).ok();
    let rejected = deploy(&world, "1.0.1", &["--strategy", "careful"]);
    let _ = as_li(&world, &["deployment", "reject", &rejected, "-m", "not before the audit"]).ok();
    wait_for("the rejected deployment to end", || {
        (shown(&world, &rejected)["summary"]["state"] == "aborted").then_some(())
    });
    for agent in world.agents() {
        assert_eq!(app::running_version(&agent.root).as_deref(), Some("1.0.0"), "{}", agent.name);
    }
    let verified = world.cli(&["audit", "verify"]);
    assert_eq!(verified.code, 0, "{verified:#?}");
}
