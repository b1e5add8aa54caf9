//! Config packages: files at their targets, validated, put back, and never a mix of two versions.

use std::os::unix::fs::PermissionsExt as _;

use packhorse_model::order::{Aftermath, AttemptResult, Release, ReportEvent, UnitAction};
use packhorse_model::step::StepKind;

use crate::agent::Host;
use crate::package::{Version, order};
use crate::server::Server;

fn put(host: &Host, path: &str, content: &str) {
    let path = host.path().join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, content).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// Both files, and the mode of the second.
fn files(host: &Host) -> (Option<String>, Option<String>) {
    (host.read("etc/shop/web-1.conf"), host.read("etc/b.conf"))
}

fn of(word: &str, number: &str) -> (Option<String>, Option<String>) {
    (Some(format!("host = web-1\n{word} {number}\n")), Some(format!("{word} {number}\n")))
}

async fn done(server: &Server, from: Option<&Release>, to: &Release) {
    let attempt = server.assign(order(UnitAction::Install, from, Some(to)));
    assert_eq!(server.end(attempt).await, AttemptResult::Succeeded);
}

#[tokio::test]
async fn config_is_written_validated_put_back_and_removed() {
    let server = Server::start();
    let host = Host::joined(&server);
    put(&host, "etc/b.conf", "of the system\n");
    let (one, two) = (server.add_config("1.0.0", "good"), server.add_config("1.0.1", "good"));
    let bad = server.add_config("1.0.2", "wrong");
    let mode = |path: &str| std::fs::metadata(host.path().join(path)).unwrap().permissions().mode() & 0o777;

    let install = server.assign(order(UnitAction::Install, None, Some(&one)));
    assert_eq!(server.end(install).await, AttemptResult::Succeeded);
    insta::assert_snapshot!(server.steps(install), @"accepted | Preflight Fetch Stage Render | prepared | Pre Switch Validate Post | validated | Retire");
    assert_eq!(files(&host), of("good", "1.0.0"));
    assert_eq!((mode("etc/shop/web-1.conf"), mode("etc/b.conf")), (0o640, 0o600), "no wider than it was");

    // By hand, and then a version that is not valid: what was there comes back, as it was.
    put(&host, "etc/b.conf", "good by hand\n");
    let before = files(&host);
    let broken = server.assign(order(UnitAction::Install, Some(&one), Some(&bad)));
    let result = server.end(broken).await;
    assert!(
        matches!(result, AttemptResult::Failed { step: StepKind::Validate, aftermath: Aftermath::Restored, .. }),
        "{result:?}"
    );
    assert_eq!(files(&host), before);

    done(&server, Some(&one), &two).await;
    assert_eq!(files(&host), of("good", "1.0.1"));
    let transfers = server.state().transfers.len();
    done(&server, Some(&two), &one).await;
    assert_eq!((server.state().transfers.len(), files(&host)), (transfers, before));

    done(&server, Some(&one), &two).await;
    let uninstall = server.assign(order(UnitAction::Uninstall, Some(&two), None));
    assert_eq!(server.end(uninstall).await, AttemptResult::Succeeded);
    assert_eq!(files(&host), (None, Some("of the system\n".to_owned())), "what was there before the package came");
    assert!(!host.path().join("etc/shop").exists());
}

#[tokio::test]
async fn a_first_version_that_is_not_valid_leaves_what_was_there() {
    let server = Server::start();
    let host = Host::joined(&server);
    put(&host, "etc/b.conf", "of the system\n");
    let bad = server.add_config("1.0.0", "wrong");
    let broken = server.assign(order(UnitAction::Install, None, Some(&bad)));
    let result = server.end(broken).await;
    assert!(matches!(result, AttemptResult::Failed { aftermath: Aftermath::Removed, .. }), "{result:?}");
    assert_eq!(files(&host), (None, Some("of the system\n".to_owned())));
}

#[tokio::test]
async fn whoever_was_told_of_a_first_version_is_told_that_it_is_gone() {
    let server = Server::start();
    let host = Host::joined(&server);
    put(&host, "etc/b.conf", "of the system\n");
    // It stands for a service that reads its file when it is told to, and does not like what it finds.
    let tell = "cd \"$PACKHORSE_INSTALL_ROOT/../../../etc\"\ncp b.conf read\necho told >> times\ngrep -q system read";
    let first = server.add_config_that("1.0.0", "good", tell);
    let broken = server.assign(order(UnitAction::Install, None, Some(&first)));
    let result = server.end(broken).await;
    assert!(
        matches!(result, AttemptResult::Failed { step: StepKind::Post, aftermath: Aftermath::Removed, .. }),
        "{result:?}"
    );
    insta::assert_snapshot!(server.steps(broken), @r#"accepted | Preflight Fetch Stage Render | prepared | Pre Switch Validate Post Failed { message: "scripts/post.sh: exit code 1: see its output" } SwitchBack PostPrevious Remove"#);
    assert_eq!(files(&host), (None, Some("of the system\n".to_owned())));
    assert_eq!(host.read("etc/read").as_deref(), Some("of the system\n"), "what it reads now");
    assert_eq!(host.read("etc/times").as_deref(), Some("told\ntold\n"));
}

#[tokio::test]
async fn killed_again_and_again_config_is_never_a_mix() {
    for (word, number) in [("good", "1.0.1"), ("wrong", "1.0.0")] {
        let server = Server::start();
        let mut host = Host::joined(&server);
        let (one, next) = (server.add_config("1.0.0", "good"), server.add_config("1.0.1", word));
        done(&server, None, &one).await;
        let attempt = server.assign(order(UnitAction::Install, Some(&one), Some(&next)));
        let mut heard = 0;
        loop {
            let (now, is_over) = server
                .until("a further report", |state| {
                    let reports: Vec<_> = state.reports.iter().filter(|report| report.attempt == attempt).collect();
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
        assert_eq!(files(&host), of("good", number));
    }
}

#[tokio::test]
async fn a_place_that_is_taken_is_refused_before_anything_is_fetched() {
    let server = Server::start();
    let host = Host::joined(&server);
    let one = server.add_config("1.0.0", "good");
    done(&server, None, &one).await;
    let refused = async |package: &str, root: &str, release: &Release| {
        let mut other = order(UnitAction::Install, None, Some(release));
        (other.package, other.install_root) = (package.parse().unwrap(), root.to_owned());
        let attempt = server.assign(other);
        match server.end(attempt).await {
            AttemptResult::Failed { step: StepKind::Preflight, message, .. } => message,
            other => panic!("{other:?}"),
        }
    };
    let transfers = server.state().transfers.len();
    insta::assert_snapshot!(refused("other-conf", "/data/app/other-conf", &one).await, @"/etc/shop/web-1.conf belongs to shop on this host: let one of the two go elsewhere");
    let files = server.add(Version::healthy("1.0.0"));
    insta::assert_snapshot!(refused("web", "/etc/shop", &files).await, @"/etc/shop/web-1.conf belongs to shop on this host: let one of the two go elsewhere");
    let mut inside = one.clone();
    inside.manifest.config[0].target = "/data/app/shop/current/x.conf".to_owned();
    insta::assert_snapshot!(refused("other-conf", "/data/app/other-conf", &inside).await, @"/data/app/shop/current/x.conf belongs to shop on this host: let one of the two go elsewhere");
    assert_eq!(server.state().transfers.len(), transfers);

    // A link at a target is found before anything is switched.
    let link = host.path().join("etc/link.conf");
    std::os::unix::fs::symlink("b.conf", &link).unwrap();
    let mut linked = server.add_config("1.0.1", "good");
    linked.manifest.config[1].target = "/etc/link.conf".to_owned();
    let attempt = server.assign(order(UnitAction::Install, Some(&one), Some(&linked)));
    let result = server.end(attempt).await;
    assert!(
        matches!(&result, AttemptResult::Failed { step: StepKind::Render, aftermath: Aftermath::Untouched, message }
            if message.contains("etc/link.conf is a link, which is not followed")),
        "{result:?}"
    );
    assert_eq!(self::files(&host), of("good", "1.0.0"));
}
