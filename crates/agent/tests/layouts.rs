//! The layouts without a link: what lies where, what comes back, and agents that are killed in the middle of it.

use packhorse_model::Layout;
use packhorse_model::order::{Aftermath, AttemptResult, Release, ReportEvent, UnitAction};
use packhorse_model::step::StepKind;

use crate::agent::Host;
use crate::package::{Version, order};
use crate::server::Server;

const LAYOUTS: [Layout; 2] = [Layout::Versioned, Layout::Overwrite];

fn version(number: &'static str, layout: Layout) -> Version {
    Version { layout, ..Version::healthy(number) }
}

async fn done(server: &Server, from: Option<&Release>, to: &Release) {
    let attempt = server.assign(order(UnitAction::Install, from, Some(to)));
    assert_eq!(server.end(attempt).await, AttemptResult::Succeeded);
}

/// Where the files of a version are used.
fn home(host: &Host, layout: Layout, version: &str) -> std::path::PathBuf {
    match layout {
        Layout::Overwrite => host.root(),
        Layout::Versioned | Layout::Symlink => host.root().join(format!("shop_{version}")),
    }
}

fn names(folder: &std::path::Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[tokio::test]
async fn every_layout_installs_upgrades_goes_back_and_removes() {
    for layout in LAYOUTS {
        let server = Server::start();
        let host = Host::joined(&server);
        let (one, two) = (server.add(version("1.0.0", layout)), server.add(version("1.0.1", layout)));
        let bad = server.add(Version { is_healthy: false, ..version("1.0.2", layout) });
        let conf = |number: &str| std::fs::read_to_string(home(&host, layout, number).join("conf/shop.conf")).unwrap();
        done(&server, None, &one).await;
        assert_eq!((host.current(), conf("1.0.0").as_str()), (None, "host = web-1\nversion = 1.0.0\n"));
        if layout == Layout::Overwrite {
            // The application and its operator write where they like.
            std::fs::write(host.root().join("conf/local.conf"), "mine\n").unwrap();
            std::fs::write(host.root().join("conf/shop.conf"), "host = web-1\nversion = 1.0.0\n# by hand\n").unwrap();
        }
        let before = conf("1.0.0");

        let upgrade = server.assign(order(UnitAction::Install, Some(&one), Some(&two)));
        assert_eq!(server.end(upgrade).await, AttemptResult::Succeeded);
        assert_eq!(
            server.steps(upgrade),
            "accepted | Preflight Fetch Stage Render | prepared | Stop Switch Update Start Validate | validated | Retire"
        );
        assert_eq!(conf("1.0.1"), "host = web-1\nversion = 1.0.1\n");

        let broken = server.assign(order(UnitAction::Install, Some(&two), Some(&bad)));
        let result = server.end(broken).await;
        assert!(
            matches!(result, AttemptResult::Failed { step: StepKind::Validate, aftermath: Aftermath::Restored, .. }),
            "{layout:?}: {result:?}"
        );
        assert_eq!(conf("1.0.1"), "host = web-1\nversion = 1.0.1\n");

        // Back without a download, to the very bytes that were there.
        let transfers = server.state().transfers.len();
        done(&server, Some(&two), &one).await;
        assert_eq!((server.state().transfers.len(), conf("1.0.0")), (transfers, before));

        let uninstall = server.assign(order(UnitAction::Uninstall, Some(&one), None));
        assert_eq!(server.end(uninstall).await, AttemptResult::Succeeded);
        server.until("an empty inventory", |state| state.instances.is_empty().then_some(())).await;
        // What the application wrote stays, and what was changed by hand.
        match layout {
            Layout::Overwrite => {
                assert_eq!(names(&host.root()), ["conf", "effects"]);
                assert_eq!(names(&host.root().join("conf")), ["local.conf", "shop.conf"]);
            }
            Layout::Versioned | Layout::Symlink => assert_eq!(names(&host.root()), ["effects"]),
        }
    }
}

#[tokio::test]
async fn killed_again_and_again_every_layout_ends_whole() {
    for layout in LAYOUTS {
        let server = Server::start();
        let mut host = Host::joined(&server);
        let (one, two) = (server.add(version("1.0.0", layout)), server.add(version("1.0.1", layout)));
        done(&server, None, &one).await;
        let upgrade = server.assign(order(UnitAction::Install, Some(&one), Some(&two)));
        let mut heard = 0;
        loop {
            let (now, is_over) = server
                .until("a further report", |state| {
                    let reports: Vec<_> = state.reports.iter().filter(|report| report.attempt == upgrade).collect();
                    let is_over = matches!(reports.last().map(|last| &last.event), Some(ReportEvent::Finished { .. }));
                    (reports.len() > heard || is_over).then_some((reports.len(), is_over))
                })
                .await;
            if is_over {
                break;
            }
            heard = now;
            host.kill();
            host.start();
        }
        assert_eq!(server.end(upgrade).await, AttemptResult::Succeeded);
        let home = home(&host, layout, "1.0.1");
        for (path, text) in [("conf/shop.conf", "version = 1.0.1\n"), ("lib/bulk.txt", "\n1.0.1\n")] {
            let content = std::fs::read_to_string(home.join(path)).unwrap();
            assert!(content.ends_with(text), "{layout:?} {path}");
        }
        assert_eq!(host.effects(), "1.0.0 start, 1.0.0 stop, 1.0.1 update, 1.0.1 start");
    }
}

#[tokio::test]
async fn two_packages_have_no_directory_in_common() {
    let server = Server::start();
    let host = Host::joined(&server);
    let one = server.add(version("1.0.0", Layout::Overwrite));
    done(&server, None, &one).await;
    for root in ["/data/app/shop", "/data/app/shop/plugins", "/data/app"] {
        let mut other = order(UnitAction::Install, None, Some(&one));
        other.package = "cart".parse().unwrap();
        other.install_root = root.to_owned();
        let refused = server.assign(other);
        let result = server.end(refused).await;
        assert!(
            matches!(&result, AttemptResult::Failed { step: StepKind::Preflight, message, .. }
                if message.contains("give one of them another install_root")),
            "{result:?}"
        );
    }
    let mut other_layout = one.clone();
    other_layout.manifest.layout = Some(Layout::Versioned);
    let refused = server.assign(order(UnitAction::Install, Some(&one), Some(&other_layout)));
    let result = server.end(refused).await;
    assert!(
        matches!(&result, AttemptResult::Failed { message, .. } if message.ends_with("uninstall it first")),
        "{result:?}"
    );
    assert!(host.root().join("bin/start.sh").is_file());
}
