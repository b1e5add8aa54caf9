//! A host whose network is cut in the middle of a deployment is unknown, keeps its slot, and is settled when it is back.
//!
//! The host is a network namespace of its own, which needs root; without it there is no network to cut.

use std::process::Command;

use packhorse_testkit::app::{self, Behaviour, INSTALL_ROOT};
use packhorse_testkit::world::{MODULE, World, wait_for};

/// Two ends of a cable: this machine, and a host in a namespace.
struct Cable {
    name: String,
}

impl Cable {
    const HERE: &'static str = "10.203.78.1";

    fn lay() -> Self {
        let name = format!("pht{}", std::process::id());
        let cable = Self { name };
        let n = &cable.name;
        for words in [
            format!("netns add {n}"),
            format!("link add {n} type veth peer name eth0 netns {n}"),
            format!("addr add {}/24 dev {n}", Self::HERE),
            format!("link set {n} up"),
            format!("-n {n} addr add 10.203.78.2/24 dev eth0"),
            format!("-n {n} link set eth0 up"),
            format!("-n {n} link set lo up"),
        ] {
            assert!(ip(&words), "ip {words}: network namespaces need root and iproute2");
        }
        cable
    }

    fn cut(&self) {
        assert!(ip(&format!("link set {} down", self.name)));
    }

    fn mend(&self) {
        assert!(ip(&format!("link set {} up", self.name)));
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        ip(&format!("netns del {}", self.name));
        ip(&format!("link del {}", self.name));
    }
}

fn ip(words: &str) -> bool {
    Command::new("ip")
        .args(words.split(' '))
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn unit_states(world: &World, id: &str) -> Vec<(String, String)> {
    let detail = world.cli(&["deployment", "show", id, "-o", "json"]).json();
    let units = detail["units"].as_array().cloned().unwrap_or_default();
    units
        .iter()
        .map(|unit| {
            (
                unit["host_name"].as_str().unwrap_or_default().to_owned(),
                unit["state"].as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect()
}

#[test]
fn a_host_cut_off_is_unknown_keeps_its_slot_and_is_settled_when_back() {
    let cable = Cable::lay();
    let mut world = World::start_at(Cable::HERE);
    world.add_host("cut-01", &["ip", "netns", "exec", &cable.name]);
    world.add_host("near-02", &[]);
    wait_for("both hosts", || (world.hosts_online() == 2).then_some(()));
    for (version, behaviour) in [("1.0.0", Behaviour::Healthy), ("1.0.1", Behaviour::Slow)] {
        let archive = app::pack(&world.path(""), version, behaviour);
        let _ = world.cli(&["package", "push", &archive.display().to_string()]).ok();
    }
    let _ = world.cli(&["deploy", "tracer@1.0.0", "--to", MODULE, "--bind", "--yes", "--watch"]).ok();

    let started =
        world.cli(&["deploy", "tracer@1.0.1", "--to", MODULE, "--max-unavailable", "1", "--yes", "-o", "json"]).json();
    let id = started["summary"]["id"].as_str().expect("an id").to_owned();
    wait_for("the far host to change over", || {
        unit_states(&world, &id).contains(&("cut-01".to_owned(), "switching".to_owned())).then_some(())
    });
    cable.cut();
    wait_for("the far host to be unknown", || {
        unit_states(&world, &id).contains(&("cut-01".to_owned(), "unknown".to_owned())).then_some(())
    });
    // Its slot is kept: the near host, which is ready, must not change over.
    assert!(
        unit_states(&world, &id).contains(&("near-02".to_owned(), "prepared".to_owned())),
        "{:?}",
        unit_states(&world, &id)
    );
    cable.mend();
    wait_for("the deployment to end", || {
        unit_states(&world, &id).iter().all(|(_, state)| state == "succeeded").then_some(())
    });
    for agent in world.agents() {
        assert_eq!(agent.current(INSTALL_ROOT).as_deref(), Some("tracer_1.0.1"), "{}", agent.name);
        assert_eq!(app::repeated(&app::effects(&agent.root)), Vec::<String>::new());
    }
}
