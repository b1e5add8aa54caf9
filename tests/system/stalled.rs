//! Two servers on one database, of which one stands still in the middle of a transaction, with the rows that it has taken: the other one
//! brings the deployment to its end all the same.

use std::process::Command;
use std::time::{Duration, Instant};

use packhorse_testkit::app::{self, Behaviour};
use packhorse_testkit::postgres;
use packhorse_testkit::process::Process;
use packhorse_testkit::world::{MODULE, World, binaries, free_port, wait_for};
use rustix::process::Signal;

/// Starts a second server on the same data, which stands still at the place of this number.
fn second_server(world: &World, url: &str, place: usize) -> Process {
    let mut command = Command::new(binaries().join("packhorse"));
    command.arg("serve").arg("--data").arg(world.path("data")).arg("--database").arg(url);
    command.arg("--listen").arg(format!("127.0.0.1:{}", free_port()));
    command.arg("--agent-listen").arg(format!("127.0.0.1:{}", free_port()));
    command.env("PACKHORSE_FAULT", format!("stop@{place}"));
    Process::start(&mut command, &world.path(&format!("second-{place}.log"))).expect("the server can be started")
}

fn is_stopped_in_a_transaction(server: &Process) -> bool {
    server.log().contains("stopped at store.commit")
}

#[test]
fn a_server_stopped_in_the_middle_of_a_transaction_holds_nobody_up() {
    let url = format!("{}&options[idle_in_transaction_session_timeout]=3s", postgres::schema().url);
    let mut world = World::start_configured(&format!("database = \"{url}\"\n"));
    world.add_hosts(2);
    let mut caught = 0;
    for (round, place) in (1..40).step_by(3).enumerate() {
        let version = format!("1.0.{round}");
        let archive = app::pack(&world.path(""), &version, Behaviour::Healthy);
        let _ = world.cli(&["package", "push", &archive.display().to_string()]).ok();
        let mut second = second_server(&world, &url, place);
        let package = format!("tracer@{version}");
        let begun = Instant::now();
        let deployed = world.cli(&["deploy", &package, "--to", MODULE, "--batch", "1", "--bind", "--yes", "--watch"]);
        assert_eq!(deployed.code, 0, "place {place}: {deployed:#?}");
        let lasted = begun.elapsed();
        assert!(lasted < Duration::from_secs(60), "place {place}: the deployment lasted {lasted:?}");
        caught += usize::from(is_stopped_in_a_transaction(&second));
        second.signal(Signal::CONT).expect("the server goes on");
        // It finds that its transaction is gone, and goes on with what is in the rows.
        wait_for("the second server to be of use again", || second.is_running().then_some(()));
        second.kill();
        if caught == 3 {
            return;
        }
    }
    panic!(
        "the second server was stopped in the middle of {caught} transactions only: see where it comes to `store.commit`"
    );
}
