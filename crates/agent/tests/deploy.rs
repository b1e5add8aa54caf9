//! Deployments from the first installation to the removal, with everything that goes wrong on the way.

use packhorse_model::order::{Aftermath, AttemptResult, Health, InstanceState, Release, ReportEvent, UnitAction};
use packhorse_model::step::StepKind;

use crate::agent::Host;
use crate::package::{Version, order};
use crate::server::Server;

/// Waits until the server knows the instance with this version and health.
async fn known(server: &Server, version: &str, health: Health) {
    server
        .until("the instance", |state| {
            let instance = state.instances.first()?;
            (instance.version.as_str() == version && instance.health == health).then_some(())
        })
        .await;
}

#[tokio::test]
async fn installs_upgrades_goes_back_and_removes() {
    let server = Server::start();
    let host = Host::joined(&server);
    let (one, two) = (server.add(Version::healthy("1.0.0")), server.add(Version::healthy("1.0.1")));
    let bad = server.add(Version { is_healthy: false, ..Version::healthy("1.0.2") });

    let install = server.assign(order(UnitAction::Install, None, Some(&one)));
    assert_eq!(server.end(install).await, AttemptResult::Succeeded);
    insta::assert_snapshot!(server.steps(install), @"accepted | Preflight Fetch Stage Render | prepared | Switch Start Validate | validated | Retire");
    assert_eq!(host.current().as_deref(), Some("shop_1.0.0"));
    let conf = |version: &str| std::fs::read_to_string(host.root().join(version).join("conf/shop.conf")).unwrap();
    assert_eq!(conf("current"), "host = web-1\nversion = 1.0.0\n");
    known(&server, "1.0.0", Health::Healthy).await;
    let output = server.until("the output", |state| state.output.values().next().cloned()).await;
    assert_eq!(String::from_utf8(output).unwrap(), "starting 1.0.0\n");

    // Upgrade by a delta, though the installed version was rendered.
    let upgrade = server.assign(order(UnitAction::Install, Some(&one), Some(&two)));
    assert_eq!(server.end(upgrade).await, AttemptResult::Succeeded);
    insta::assert_snapshot!(server.steps(upgrade), @"accepted | Preflight Fetch Stage Render | prepared | Stop Switch Update Start Validate | validated | Retire");
    assert_eq!(
        (host.current().as_deref(), conf("current").as_str()),
        (Some("shop_1.0.1"), "host = web-1\nversion = 1.0.1\n")
    );
    let fetched = server.state().reports.iter().rev().find_map(|report| match report.event {
        ReportEvent::Prepared { fetched_bytes } => Some(fetched_bytes),
        _ => None,
    });
    assert!(fetched.unwrap() < 5000, "{fetched:?}");

    // A version that is never healthy: the old one comes back by itself.
    let broken = server.assign(order(UnitAction::Install, Some(&two), Some(&bad)));
    let result = server.end(broken).await;
    assert!(
        matches!(&result, AttemptResult::Failed { step: StepKind::Validate, aftermath: Aftermath::Restored, message }
            if message.starts_with("not healthy within 3 seconds: 0 processes")),
        "{result:?}"
    );
    assert_eq!(host.current().as_deref(), Some("shop_1.0.1"));
    known(&server, "1.0.1", Health::Healthy).await;

    // Back to what is still there: nothing is downloaded.
    let before = server.state().transfers.len();
    let back = server.assign(order(UnitAction::Install, Some(&two), Some(&one)));
    assert_eq!(server.end(back).await, AttemptResult::Succeeded);
    assert_eq!((server.state().transfers.len(), host.current().as_deref()), (before, Some("shop_1.0.0")));

    // The bake fails: back again.
    server.state().bake_fails = true;
    let baked = server.assign(order(UnitAction::Install, Some(&one), Some(&two)));
    let result = server.end(baked).await;
    assert!(matches!(result, AttemptResult::Failed { aftermath: Aftermath::Restored, .. }), "{result:?}");
    assert_eq!(host.current().as_deref(), Some("shop_1.0.0"));
    server.state().bake_fails = false;

    let stop = server.assign(order(UnitAction::Stop, Some(&one), Some(&one)));
    assert_eq!(server.end(stop).await, AttemptResult::Succeeded);
    server.until("the stop", |state| (state.instances[0].state == InstanceState::Stopped).then_some(())).await;

    // The plan no longer holds.
    let moved = server.assign(order(UnitAction::Install, Some(&bad), Some(&two)));
    let result = server.end(moved).await;
    assert!(
        matches!(&result, AttemptResult::Failed { step: StepKind::Preflight, aftermath: Aftermath::Untouched, message }
            if message.contains("make a new plan")),
        "{result:?}"
    );

    let uninstall = server.assign(order(UnitAction::Uninstall, Some(&one), None));
    assert_eq!(server.end(uninstall).await, AttemptResult::Succeeded);
    server.until("an empty inventory", |state| state.instances.is_empty().then_some(())).await;
    // What no version owned stays.
    let left: Vec<_> = std::fs::read_dir(host.root()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["effects"]);
    insta::assert_snapshot!(host.effects(), @"1.0.0 start, 1.0.0 stop, 1.0.1 update, 1.0.1 start, 1.0.1 stop, 1.0.2 update, 1.0.2 start, 1.0.2 on_failure, 1.0.2 stop, 1.0.1 start, 1.0.1 stop, 1.0.0 update, 1.0.0 start, 1.0.0 stop, 1.0.1 update, 1.0.1 start, 1.0.1 on_failure, 1.0.1 stop, 1.0.0 start, 1.0.0 stop");
}

#[tokio::test]
async fn an_agent_that_is_killed_in_a_command_finds_it_again() {
    let server = Server::start();
    let mut host = Host::joined(&server);
    let waits = Version {
        before_start: "mkfifo \"$PACKHORSE_INSTALL_ROOT/go\"; read line < \"$PACKHORSE_INSTALL_ROOT/go\"",
        ..Version::healthy("1.0.0")
    };
    let one = server.add(waits);
    let install = server.assign(order(UnitAction::Install, None, Some(&one)));
    let go = host.root().join("go");
    while !go.exists() {
        tokio::task::yield_now().await;
    }
    host.kill();
    // The command ends while nobody is there.
    std::fs::write(&go, "go\n").unwrap();
    host.start();
    assert_eq!(server.end(install).await, AttemptResult::Succeeded);
    assert_eq!(host.effects(), "1.0.0 start");
    insta::assert_snapshot!(server.steps(install), @"accepted | Preflight Fetch Stage Render | prepared | Switch Start Validate | validated | Retire");
}

#[tokio::test]
async fn killed_again_and_again_it_ends_as_it_would_have() {
    let server = Server::start();
    let mut host = Host::joined(&server);
    let (one, two) = (server.add(Version::healthy("1.0.0")), server.add(Version::healthy("1.0.1")));
    let install = server.assign(order(UnitAction::Install, None, Some(&one)));
    assert_eq!(server.end(install).await, AttemptResult::Succeeded);
    let upgrade = server.assign(order(UnitAction::Install, Some(&one), Some(&two)));
    // Killed whenever it has said something new.
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
        assert!(host.root().join("current/bin/start.sh").is_file());
        host.start();
    }
    assert_eq!(server.end(upgrade).await, AttemptResult::Succeeded);
    assert_eq!(host.current().as_deref(), Some("shop_1.0.1"));
    assert_eq!(host.effects(), "1.0.0 start, 1.0.0 stop, 1.0.1 update, 1.0.1 start");
}

#[tokio::test]
async fn a_transfer_that_is_cut_goes_on_where_it_ended() {
    let server = Server::start();
    let host = Host::joined(&server);
    let one = server.add(Version::healthy("1.0.0"));
    server.state().cut_after = Some(7000);
    let install = server.assign(order(UnitAction::Install, None, Some(&one)));
    assert_eq!(server.end(install).await, AttemptResult::Succeeded);
    let transfers = server.state().transfers.clone();
    let full: Vec<_> = transfers.iter().filter(|(path, _)| path == "full").map(|(_, range)| *range).collect();
    assert!(full.len() == 2 && full[0] == 0 && full[1] > 0, "{transfers:?}");
    assert_eq!(host.current().as_deref(), Some("shop_1.0.0"));
}

#[tokio::test]
async fn an_installation_that_comes_to_nothing_leaves_nothing() {
    let server = Server::start();
    let host = Host::joined(&server);
    let lost = server.add(Version::healthy("1.0.0"));
    server.state().trees.clear();
    let install = server.assign(order(UnitAction::Install, None, Some(&lost)));
    let result = server.end(install).await;
    let AttemptResult::Failed { step, message, aftermath } = result else { panic!("{result:?}") };
    assert_eq!((step, aftermath), (StepKind::Fetch, Aftermath::Untouched));
    assert!(message.starts_with("tree_not_found"), "{message}");
    assert!(!host.root().exists());
}

#[tokio::test]
async fn a_version_that_is_too_large_is_refused_before_anything_is_fetched() {
    let server = Server::start();
    let host = Host::joined(&server);
    let large = Release { size: 1 << 60, ..server.add(Version::healthy("1.0.0")) };
    let install = server.assign(order(UnitAction::Install, None, Some(&large)));
    let result = server.end(install).await;
    let AttemptResult::Failed { step, message, .. } = result else { panic!("{result:?}") };
    assert_eq!(step, StepKind::Preflight);
    assert!(message.contains("make room there"), "{message}");
    assert!(server.state().transfers.is_empty() && !host.root().exists());
}
