//! Scripts on real hosts: parameters and secrets, live output, groups, a retry, and a stop.

use packhorse_testkit::world::{MODULE, World, wait_for};

const SECRET: &str = "correct-horse-battery-staple";

const MANIFEST: &str = "[script]\nentry = 'probe.sh'\ninterpreter = 'sh'\n\
    [[script.parameter]]\nname = 'DAYS'\ntype = 'integer'\nrequired = true\n\
    [[script.parameter]]\nname = 'PASSWORD'\ntype = 'secret'\n";

/// The root of a host, as a script sees it from its working directory.
const ROOT: &str = "../../../../..";

fn push(world: &World, version: &str, text: &str) {
    let folder = world.path(&format!("probe-{version}"));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    std::fs::write(folder.join("packhorse.toml"), MANIFEST).expect("a file can be written");
    std::fs::write(folder.join("probe.sh"), text).expect("a file can be written");
    let folder = folder.display().to_string();
    let pushed = world.cli(&["package", "push", &folder, "--name", "probe", "--version", version]);
    assert_eq!(pushed.code, 0, "{pushed:#?}");
}

/// The deployment that was started last.
fn newest(world: &World) -> String {
    let listed = world.cli(&["deployment", "list", "-o", "jsonl"]).ok();
    let first: serde_json::Value = serde_json::from_str(listed.lines().next().expect("a deployment")).expect("JSON");
    first["id"].as_str().expect("an identifier").to_owned()
}

#[test]
fn a_script_runs_on_hosts_fails_on_one_and_runs_again_there() {
    let mut world = World::start();
    world.add_hosts(3);
    let added = world.cli_with_input(&["secret", "add", "db-admin"], SECRET);
    assert_eq!(added.code, 0, "{added:#?}");
    let text = format!(
        "#!/bin/sh\necho \"$DAYS days, [$PASSWORD]\"\n[ \"$PACKHORSE_HOST_NAME\" != web-03 ] || [ -f {ROOT}/ok ] || exit 4\n"
    );
    push(&world, "1.0.0", &text);

    let what = ["script", "run", "probe@1.0.0", "--to", MODULE, "--batch", "2", "--yes"];
    let refused = world.cli(&what);
    assert_eq!(refused.code, 1, "{refused:#?}");
    assert!(refused.stderr.contains("DAYS is required"), "{refused:#?}");

    let given = ["-P", "DAYS=7", "--secret", "PASSWORD=db-admin", "--watch"];
    let ran = world.cli(&[what.as_slice(), given.as_slice()].concat());
    assert_eq!(ran.code, 1, "one host fails: {ran:#?}");
    for host in ["web-01", "web-02", "web-03"] {
        assert!(ran.stderr.contains(&format!("{host} | 7 days, [***]")), "{ran:#?}");
    }
    let id = newest(&world);
    let groups = world.cli(&["script", "results", &id, "-o", "json"]).json();
    let shown: Vec<_> = groups
        .as_array()
        .expect("a list")
        .iter()
        .map(|group| (group["hosts"].as_u64(), group["exit"]["code"].as_i64()))
        .collect();
    assert_eq!(shown, [(Some(2), Some(0)), (Some(1), Some(4))]);

    std::fs::write(world.agents()[2].path("ok"), "").expect("a file can be written");
    let _ = world.cli(&["deployment", "retry", &id, "--watch"]).ok();
    let results = world.cli(&["script", "results", &id]).ok();
    assert!(results.starts_with("3 hosts: exit code 0\n  web-01, web-02, web-03\n"), "{results}");
    assert_eq!(world.cli(&["script", "output", &id, "--host", "web-03"]).ok(), "7 days, [***]\n");
    let archive = world.path("outputs.zip").display().to_string();
    let _ = world.cli(&["script", "download", &id, "--as", "zip", "-O", &archive]).ok();
    assert!(std::fs::read(&archive).expect("it was written").starts_with(b"PK"));
    for agent in world.agents() {
        let left: Vec<_> = std::fs::read_dir(agent.path("/var/lib/packhorse-scripts")).expect("a folder").collect();
        assert!(left.is_empty(), "{left:?}");
        let log = std::fs::read_to_string(agent.root.join("agent.log")).unwrap_or_default();
        assert!(!log.contains(SECRET), "{log}");
    }
    assert_eq!(world.cli(&["instance", "list", "-o", "jsonl"]).ok(), "", "nothing is installed");
    assert!(!world.server_log().contains(SECRET));
}

#[test]
fn an_abort_kills_a_script_that_runs() {
    let mut world = World::start();
    world.add_hosts(2);
    push(&world, "2.0.0", &format!("#!/bin/sh\ntrap '' TERM\nsleep 600 &\necho $! > {ROOT}/child\nwait\nsleep 600\n"));
    let _ = world.cli(&["script", "run", "probe@2.0.0", "--to", MODULE, "-P", "DAYS=1", "--yes"]).ok();
    let id = newest(&world);
    let pids: Vec<String> = world
        .agents()
        .iter()
        .map(|agent| {
            wait_for("the script to run", || {
                let pid = std::fs::read_to_string(agent.path("child")).ok()?;
                pid.ends_with('\n').then(|| pid.trim().to_owned())
            })
        })
        .collect();
    let _ = world.cli(&["deployment", "abort", &id]).ok();
    wait_for("the end", || {
        let shown = world.cli(&["deployment", "show", &id, "-o", "json"]).json();
        (shown["summary"]["state"] == "aborted").then_some(())
    });
    for pid in pids {
        let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        assert!(state.is_empty() || state.contains(") Z "), "{state}");
    }
    let results = world.cli(&["script", "results", &id]).ok();
    assert!(results.starts_with("2 hosts: stopped\n"), "{results}");
}
