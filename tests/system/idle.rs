//! What a site costs when nothing happens.

use std::time::Duration;

use packhorse_testkit::world::{World, wait_for};

#[test]
fn idle_agents_and_server_are_small_and_quiet() {
    let mut world = World::start();
    world.add_hosts(20);
    let ticks = |world: &World| -> Vec<u64> {
        world
            .agents()
            .iter()
            .filter_map(|agent| agent.process.as_ref())
            .map(packhorse_testkit::process::Process::cpu_ticks)
            .collect()
    };
    // Joining costs a little; from when a whole second has passed without a tick, nothing may be used any more.
    wait_for("the agents to come to rest", || {
        let before = ticks(&world);
        std::thread::sleep(Duration::from_secs(1));
        (ticks(&world) == before).then_some(())
    });
    let before = ticks(&world);
    std::thread::sleep(Duration::from_secs(5));
    let used: u64 = ticks(&world).iter().zip(&before).map(|(after, before)| after - before).sum();
    assert!(used <= 10, "20 idle agents used {used} ticks of 10 ms in 5 seconds");
    for agent in world.agents() {
        let bytes = agent.process.as_ref().map_or(0, packhorse_testkit::process::Process::resident_bytes);
        // Pages of the program are counted along, and a development build has many of them.
        assert!((1..18 << 20).contains(&bytes), "{} uses {bytes} bytes", agent.name);
    }
    let bytes = world.server().resident_bytes();
    assert!((1..96 << 20).contains(&bytes), "the server uses {bytes} bytes with 20 agents");
}
