//! A server that is killed again and again while it collects garbage and puts packs together: every version that is left is whole.

use std::time::Duration;

use packhorse_testkit::app::{self, Behaviour};
use packhorse_testkit::world::{World, wait_for};

/// How often the server is killed.
const ROUNDS: u32 = 14;
/// Versions that are pushed before each time. Every third is deleted again, so that there is something to collect, and the packs of the others are
/// small, so that there is something to put together.
const PUSHED: u32 = 3;

fn is_deleted(number: u32) -> bool {
    number.is_multiple_of(3)
}

fn start_collection(world: &World) {
    // The one before was killed with its server; if it has begun again by itself, there is nothing to start.
    let _ = world.cli(&["storage", "gc", "--grace", "0", "--no-wait", "-q"]);
}

#[test]
fn a_collection_that_is_killed_anywhere_takes_nothing_that_is_needed() {
    let mut world = World::start();
    let mut archives = Vec::new();
    for round in 0..ROUNDS {
        for number in round * PUSHED..(round + 1) * PUSHED {
            let version = format!("1.0.{number}");
            let archive = app::pack(&world.path(""), &version, Behaviour::Healthy);
            let pushed = world.cli(&["package", "push", &archive.display().to_string(), "-q"]);
            assert_eq!(pushed.code, 0, "{pushed:#?}");
            if is_deleted(number) {
                let deleted = world.cli(&["package", "delete", &format!("tracer@{version}"), "--yes", "-q"]);
                assert_eq!(deleted.code, 0, "{deleted:#?}");
            }
            archives.push((number, version, std::fs::read(archive).expect("an archive")));
        }
        start_collection(&world);
        // Somewhere else each time, from the marking to the end.
        std::thread::sleep(Duration::from_millis(u64::from(round * 41 % 160)));
        world.kill_server();
        world.start_server();
    }
    let report = wait_for("a collection that comes to its end", || {
        let ran = world.cli(&["storage", "gc", "--grace", "0", "-o", "json"]);
        (ran.code == 0).then(|| ran.json())
    });
    assert_eq!(report["state"], "done", "{report:#}");
    let verified = world.cli(&["storage", "verify", "-o", "json"]);
    assert_eq!(verified.code, 0, "{verified:#?}");
    assert_eq!(verified.json()["report"]["damaged_segments"], 0);
    for (number, version, bytes) in &archives {
        let copy = world.path("copy");
        let what = format!("tracer@{version}");
        let ran = world.cli(&["package", "download", &what, "-O", &copy.display().to_string(), "-q"]);
        if is_deleted(*number) {
            assert_eq!(ran.code, 4, "{ran:#?}");
        } else {
            assert_eq!(ran.code, 0, "{ran:#?}");
            assert_eq!(std::fs::read(copy).expect("a copy"), *bytes, "{version}");
        }
    }
    // No pack is left on disk that no row names; halves of some may be, for a day.
    let stats = world.cli(&["storage", "stats", "-o", "json"]).json();
    let folders = std::fs::read_dir(world.path("data/objects/packs")).expect("packs");
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.expect("a folder").path()).expect("a folder"));
    let packs =
        files.filter(|file| file.as_ref().is_ok_and(|file| file.path().extension().is_some_and(|it| it == "pack")));
    assert_eq!(stats["packs"], packs.count(), "{stats:#}");
}
