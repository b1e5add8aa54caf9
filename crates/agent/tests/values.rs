//! Values in rendered files: they change like versions, go back like versions, and secrets stand nowhere but in their file.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use packhorse_model::Digest;
use packhorse_model::ids::{Identifier as _, SecretId};
use packhorse_model::order::{AttemptResult, Envelope, Release, SecretVersion, UnitAction, UnitOrder};

use crate::agent::Host;
use crate::package::{Version, order};
use crate::server::Server;

const PASSWORD: &str = "correct-horse-battery-staple";

/// A version as it is rendered with the values of this number.
fn rendered(release: &Release, number: u8) -> Release {
    let mut release = Release { rendering: Some(Digest::new([number; 32])), ..release.clone() };
    release.manifest.render.push("conf/secret.conf".to_owned());
    release
}

/// An order that brings these values.
fn with_values(from: Option<&Release>, to: &Release, host: &str) -> UnitOrder {
    let mut order = order(UnitAction::Install, from, Some(to));
    order.variables.insert("packhorse.host.name".to_owned(), host.to_owned());
    let secret = SecretVersion { secret: SecretId::from_parts(jiff::Timestamp::UNIX_EPOCH, 1), version: 1 };
    order.secrets.insert("db_password".to_owned(), secret);
    order.values = to.rendering;
    order
}

fn holders(folder: &Path, text: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            holders(&path, text, found);
        } else if std::fs::read(&path).is_ok_and(|bytes| bytes.windows(text.len()).any(|w| w == text.as_bytes())) {
            found.push(path.display().to_string());
        }
    }
}

#[tokio::test]
async fn values_change_and_go_back_and_secrets_stay_in_their_file() {
    let server = Server::start();
    server.state().secrets = [("db_password".to_owned(), PASSWORD.to_owned())].into();
    let mut host = Host::joined(&server);
    let one = server.add(Version::healthy("1.0.0"));
    let (old, new) = (rendered(&one, 1), rendered(&one, 2));
    let conf = || std::fs::read_to_string(host.root().join("current/conf/shop.conf")).unwrap();

    let install = server.assign(with_values(None, &old, "web-1"));
    assert_eq!(server.end(install).await, AttemptResult::Succeeded);
    let secret = host.root().join("current/conf/secret.conf");
    assert_eq!(std::fs::read_to_string(&secret).unwrap(), format!("password = {PASSWORD}\n"));
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&secret), 0o600, "nobody but the owner reads a secret");
    assert_eq!(mode(&host.root().join("current/conf/shop.conf")), 0o640);
    let mut found = Vec::new();
    holders(host.path(), PASSWORD, &mut found);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("conf/secret.conf"), "{found:?}");

    // Other values of the same version: made beside, and switched to.
    let change = server.assign(with_values(Some(&old), &new, "web-9"));
    assert_eq!(server.end(change).await, AttemptResult::Succeeded);
    insta::assert_snapshot!(server.steps(change), @"accepted | Preflight Fetch Stage Render | prepared | Stop Switch Update Start Validate | validated | Retire");
    assert_eq!((host.current().as_deref(), conf().as_str()), (Some("shop_1.0.0_2"), "host = web-9\nversion = 1.0.0\n"));
    server.until("the new rendering", |state| (state.instances[0].rendering == new.rendering).then_some(())).await;
    assert_eq!(server.state().instances[0].previous_rendering, old.rendering);

    // And back to the bytes that were there, without a download and without asking for anything.
    let (transfers, asked) = {
        let state = server.state();
        (state.transfers.len(), state.secrets_asked)
    };
    let mut back = with_values(Some(&new), &old, "web-9");
    back.values = new.rendering;
    let back = server.assign(back);
    assert_eq!(server.end(back).await, AttemptResult::Succeeded);
    assert_eq!((host.current().as_deref(), conf().as_str()), (Some("shop_1.0.0"), "host = web-1\nversion = 1.0.0\n"));
    assert_eq!(
        {
            let state = server.state();
            (state.transfers.len(), state.secrets_asked)
        },
        (transfers, asked)
    );

    // A rendered file that was altered by hand is no version to switch to; its values are known, so it is made anew.
    std::fs::write(host.root().join("shop_1.0.0_2/conf/shop.conf"), "altered\n").unwrap();
    let again = server.assign(with_values(Some(&old), &new, "web-9"));
    assert_eq!(server.end(again).await, AttemptResult::Succeeded);
    assert_eq!(conf(), "host = web-9\nversion = 1.0.0\n");
    assert!(!host.log().contains(PASSWORD));

    // But where they are not known, nothing is guessed.
    std::fs::write(host.root().join("shop_1.0.0/conf/shop.conf"), "altered\n").unwrap();
    let mut lost = with_values(Some(&new), &old, "web-9");
    lost.values = new.rendering;
    let lost = server.assign(lost);
    let result = server.end(lost).await;
    assert!(
        matches!(&result, AttemptResult::Failed { message, .. } if message.contains("are not known any more")),
        "{result:?}"
    );
    host.kill();
}

#[tokio::test]
async fn files_are_replaced_as_a_whole_and_what_is_encrypted_is_not_in_clear() {
    let server = Server::start();
    server.state().encrypted = [("db_password".to_owned(), "0a1b2c".to_owned())].into();
    server.state().secrets = [("lib/bulk.txt".to_owned(), PASSWORD.to_owned())].into();
    let mut host = Host::joined(&server);
    let mut release = rendered(&server.add(Version::healthy("1.0.0")), 1);
    release.manifest.variables.files = vec!["conf/shop.conf".to_owned(), "lib/bulk.txt".to_owned()];
    let mut order = with_values(None, &release, "web-1");
    let secret = order.secrets.remove("db_password").unwrap();
    order.secrets.insert("lib/bulk.txt".to_owned(), secret);
    order.variables.insert("conf/shop.conf".to_owned(), "whole\r\n[@left]".to_owned());
    order.envelope = Some(Envelope { encrypted: ["db_password".to_owned()].into(), ..Envelope::default() });

    let install = server.assign(order);
    assert_eq!(server.end(install).await, AttemptResult::Succeeded);
    let at = |path: &str| host.root().join("current").join(path);
    let read = |path: &str| std::fs::read_to_string(at(path)).unwrap();
    let mode = |path: &str| std::fs::metadata(at(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((read("conf/shop.conf").as_str(), mode("conf/shop.conf")), ("whole\r\n[@left]", 0o640));
    assert_eq!((read("lib/bulk.txt").as_str(), mode("lib/bulk.txt")), (PASSWORD, 0o600));
    // What can be read by nobody without the application's key needs no other protection.
    assert_eq!((read("conf/secret.conf").as_str(), mode("conf/secret.conf")), ("password = 0a1b2c\n", 0o640));
    assert_eq!(server.state().instances.first().and_then(|instance| instance.drift).unwrap_or(0), 0);
    host.kill();
}
