//! An upgrade that is cut off at each place at which the agent makes something durable, or at which the disk says no once: it ends
//! as it would have, or with the old version in its place, and the next order is followed.
//!
//! The usual run tries places that are spread over the whole upgrade; `PACKHORSE_SOAK=1` tries every one of them.

use packhorse_model::order::{Aftermath, AttemptResult, Release, UnitAction};

use crate::agent::Host;
use crate::package::{Version, order};
use crate::server::Server;

/// How many places the usual run tries with each fault.
const TRIED: usize = 12;

/// A host with version 1.0.0, and the release of 1.0.1.
struct Scene {
    server: Server,
    host: Host,
    one: Release,
    two: Release,
}

impl Scene {
    async fn set() -> Self {
        let server = Server::start();
        let mut host = Host::joined(&server);
        let (one, two) = (server.add(Version::healthy("1.0.0")), server.add(Version::healthy("1.0.1")));
        let install = server.assign(order(UnitAction::Install, None, Some(&one)));
        assert_eq!(server.end(install).await, AttemptResult::Succeeded);
        // What follows is told to a further agent.
        host.kill();
        Self { server, host, one, two }
    }

    /// Upgrades with an agent that has this environment, and starts an ordinary one when that dies.
    async fn upgrade(&mut self, environment: &[(&str, String)]) -> AttemptResult {
        self.host.start_with(environment);
        let upgrade = self.server.assign(order(UnitAction::Install, Some(&self.one), Some(&self.two)));
        loop {
            tokio::select! {
                result = self.server.end(upgrade) => return result,
                () = self.host.died() => {
                    self.assert_there_is_a_version();
                    self.host.start();
                }
            }
        }
    }

    fn assert_there_is_a_version(&self) {
        let current = self.host.root().join("current");
        let version = std::fs::read_to_string(current.join("conf/shop.conf")).unwrap();
        let target = self.host.current().unwrap();
        assert!(
            version.ends_with(&format!("version = {}\n", target.trim_start_matches("shop_"))),
            "{target}: {version}"
        );
        assert!(current.join("bin/start.sh").is_file());
    }
}

/// The places that an upgrade without a fault comes to.
async fn places() -> Vec<String> {
    let mut scene = Scene::set().await;
    let log = scene.host.path().join("places");
    let result = scene.upgrade(&[("PACKHORSE_FAULT_LOG", log.display().to_string())]).await;
    assert_eq!(result, AttemptResult::Succeeded);
    let places: Vec<String> = std::fs::read_to_string(log).unwrap().lines().map(str::to_owned).collect();
    for expected in ["journal.sync", "file.rename", "folder.sync_all", "place.rename", "folder.rename", "folder.link"] {
        assert!(places.iter().any(|place| place == expected), "an upgrade comes to {expected}: {places:?}");
    }
    places
}

/// Which of the places are tried, from 1: all of them, or some that move with the fault.
fn tried(places: &[String], offset: usize) -> Vec<usize> {
    let all = std::env::var_os("PACKHORSE_SOAK").is_some();
    let stride = if all { 1 } else { places.len().div_ceil(TRIED) };
    (1 + offset % stride..=places.len()).step_by(stride).collect()
}

async fn upgrade_with(action: &str, offset: usize) {
    let places = places().await;
    for number in tried(&places, offset) {
        let place = format!("{action} at place {number}, {}", places[number - 1]);
        let mut scene = Scene::set().await;
        let result = scene.upgrade(&[("PACKHORSE_FAULT", format!("{action}@{number}"))]).await;
        scene.assert_there_is_a_version();
        let current = scene.host.current().unwrap();
        let effects = scene.host.effects();
        match &result {
            AttemptResult::Succeeded => {
                assert_eq!(current, "shop_1.0.1", "{place}");
                assert_eq!(effects, "1.0.0 start, 1.0.0 stop, 1.0.1 update, 1.0.1 start", "{place}");
            }
            AttemptResult::Failed { aftermath: Aftermath::Untouched, .. } if action != "abort" => {
                assert_eq!((current.as_str(), effects.as_str()), ("shop_1.0.0", "1.0.0 start"), "{place}");
            }
            AttemptResult::Failed { aftermath: Aftermath::Restored, .. } if action != "abort" => {
                assert_eq!(current, "shop_1.0.0", "{place}");
                assert!(effects.ends_with("1.0.0 start"), "{place}: {effects}");
            }
            other => panic!("{place}: {other:?}; {effects}"),
        }
        // Nothing is left that stands in the way of the next order.
        let (from, to) = if current == "shop_1.0.1" { (&scene.two, &scene.one) } else { (&scene.one, &scene.two) };
        let next = scene.server.assign(order(UnitAction::Install, Some(from), Some(to)));
        assert_eq!(scene.server.end(next).await, AttemptResult::Succeeded, "after {place}");
    }
}

#[tokio::test]
async fn an_agent_that_dies_at_any_place_ends_the_upgrade_when_it_is_back() {
    upgrade_with("abort", 0).await;
}

#[tokio::test]
async fn a_disk_that_fails_once_leaves_a_version_that_works() {
    upgrade_with("eio", 3).await;
}

#[tokio::test]
async fn a_disk_that_is_full_once_leaves_a_version_that_works() {
    upgrade_with("enospc", 5).await;
}
