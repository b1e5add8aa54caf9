//! Files that are laid where they are used, by an upgrade that is cut off at each place at which the agent makes something durable, or at
//! which the disk says no once: at its end all of them are of one version, and the next order is followed.
//!
//! The usual run tries places that are spread over the whole upgrade; `PACKHORSE_SOAK=1` tries every one of them.

use packhorse_model::Layout;
use packhorse_model::order::{Aftermath, AttemptResult, Release, UnitAction};

use crate::agent::Host;
use crate::package::{Version, order};
use crate::server::Server;

/// How many places the usual run tries with each fault.
const TRIED: usize = 8;

/// What lays its files.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Overwrite,
    Config,
}

/// A host with version 1.0.0, and the release of 1.0.1.
struct Scene {
    kind: Kind,
    server: Server,
    host: Host,
    one: Release,
    two: Release,
}

impl Scene {
    async fn set(kind: Kind) -> Self {
        let server = Server::start();
        let mut host = Host::joined(&server);
        let add = |number| match kind {
            Kind::Overwrite => server.add(Version { layout: Layout::Overwrite, ..Version::healthy(number) }),
            Kind::Config => server.add_config(number, "good"),
        };
        let (one, two) = (add("1.0.0"), add("1.0.1"));
        let install = server.assign(order(UnitAction::Install, None, Some(&one)));
        assert_eq!(server.end(install).await, AttemptResult::Succeeded);
        // What follows is told to a further agent.
        host.kill();
        Self { kind, server, host, one, two }
    }

    /// Upgrades with an agent that has this environment, and starts an ordinary one when that dies.
    async fn upgrade(&mut self, environment: &[(&str, String)]) -> AttemptResult {
        self.host.start_with(environment);
        let upgrade = self.server.assign(order(UnitAction::Install, Some(&self.one), Some(&self.two)));
        loop {
            tokio::select! {
                result = self.server.end(upgrade) => return result,
                () = self.host.died() => self.host.start(),
            }
        }
    }

    /// The version of which all files are.
    fn version(&self) -> String {
        let paths = match self.kind {
            Kind::Overwrite => ["data/app/shop/conf/shop.conf", "data/app/shop/lib/bulk.txt"],
            Kind::Config => ["etc/shop/web-1.conf", "etc/b.conf"],
        };
        let [first, second] = paths.map(|path| {
            let text = self.host.read(path).unwrap();
            text.trim_end().rsplit([' ', '\n']).next().unwrap().to_owned()
        });
        assert_eq!(first, second, "a mix of two versions");
        first
    }
}

async fn upgrade_with(kind: Kind, action: &str, offset: usize) {
    let mut scene = Scene::set(kind).await;
    let log = scene.host.path().join("places");
    let result = scene.upgrade(&[("PACKHORSE_FAULT_LOG", log.display().to_string())]).await;
    assert_eq!(result, AttemptResult::Succeeded);
    let places: Vec<String> = std::fs::read_to_string(log).unwrap().lines().map(str::to_owned).collect();
    let all = std::env::var_os("PACKHORSE_SOAK").is_some();
    let stride = if all { 1 } else { places.len().div_ceil(TRIED) };
    for number in (1 + offset % stride..=places.len()).step_by(stride) {
        let place = format!("{kind:?}: {action} at place {number}, {}", places[number - 1]);
        let mut scene = Scene::set(kind).await;
        let result = scene.upgrade(&[("PACKHORSE_FAULT", format!("{action}@{number}"))]).await;
        let version = scene.version();
        match &result {
            AttemptResult::Succeeded => assert_eq!(version, "1.0.1", "{place}"),
            AttemptResult::Failed { aftermath: Aftermath::Untouched | Aftermath::Restored, .. }
                if action != "abort" =>
            {
                assert_eq!(version, "1.0.0", "{place}");
            }
            other => panic!("{place}: {other:?}"),
        }
        // Nothing is left that stands in the way of the next order.
        let (from, to) = if version == "1.0.1" { (&scene.two, &scene.one) } else { (&scene.one, &scene.two) };
        let next = scene.server.assign(order(UnitAction::Install, Some(from), Some(to)));
        assert_eq!(scene.server.end(next).await, AttemptResult::Succeeded, "after {place}");
        assert_eq!(scene.version(), to.version.as_str(), "after {place}");
    }
}

#[tokio::test]
async fn an_agent_that_dies_at_any_place_leaves_no_mix() {
    upgrade_with(Kind::Config, "abort", 0).await;
    upgrade_with(Kind::Overwrite, "abort", 2).await;
}

#[tokio::test]
async fn a_disk_that_fails_once_leaves_no_mix() {
    upgrade_with(Kind::Config, "eio", 3).await;
    upgrade_with(Kind::Overwrite, "eio", 1).await;
}
