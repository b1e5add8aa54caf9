//! Orders, hosts and releases for the tests of this module.

use std::collections::BTreeMap;

use packhorse_model::manifest::{Command, ConfigFile, HealthCheck, Lifecycle, Manifest, Probe};
use packhorse_model::order::{InstanceState, Release, UnitAction, UnitOrder};
use packhorse_model::step::Nature;
use packhorse_model::{Digest, Layout};

use super::*;

mod back;
mod forth;
mod migrate;
mod script;
mod simulated;

/// A version with all commands but `restart`, and a health check.
fn release(version: &str) -> Release {
    let script = |name: &str| Some(Command::of_file(&format!("scripts/{name}.sh")));
    let manifest = Manifest {
        render: vec!["conf/shop.toml".to_owned()],
        lifecycle: Lifecycle {
            install: script("install"),
            update: script("update"),
            start: script("start"),
            post_start: script("post_start"),
            pre_stop: script("pre_stop"),
            stop: script("stop"),
            validate: script("validate"),
            uninstall: script("uninstall"),
            on_failure: script("on_failure"),
            on_rollback: script("on_rollback"),
            ..Lifecycle::default()
        },
        health: vec![HealthCheck { probe: Probe::Port(8080), interval: 15, timeout: 5, within: 30 }],
        ..Manifest::default()
    };
    Release { version: version.parse().unwrap(), tree: tree(version), size: 1, manifest, rendering: None }
}

/// A version that starts and stops, and says nothing else.
fn bare(version: &str) -> Release {
    let full = release(version);
    let lifecycle = Lifecycle {
        start: full.manifest.lifecycle.start.clone(),
        stop: full.manifest.lifecycle.stop.clone(),
        ..Lifecycle::default()
    };
    Release { manifest: Manifest { lifecycle, ..Manifest::default() }, ..full }
}

/// A version of a config package with all commands that it may have.
fn config(version: &str) -> Release {
    let script = |name: &str| Some(Command::of_file(&format!("scripts/{name}.sh")));
    let lifecycle =
        Lifecycle { pre: script("pre"), post: script("post"), validate: script("validate"), ..Lifecycle::default() };
    let file =
        ConfigFile { file: "shop.toml".to_owned(), target: "/etc/shop.toml".to_owned(), owner: None, mode: None };
    Release { manifest: Manifest { lifecycle, config: vec![file], ..Manifest::default() }, ..release(version) }
}

fn tree(version: &str) -> Digest {
    let mut bytes = [0; 32];
    bytes[..version.len()].copy_from_slice(version.as_bytes());
    Digest::new(bytes)
}

fn order(action: UnitAction, from: Option<Release>, to: Option<Release>) -> UnitOrder {
    UnitOrder {
        action,
        package: "shop-web".parse().unwrap(),
        install_root: "/data/app/shop-web".to_owned(),
        layout: Layout::Symlink,
        from,
        to,
        variables: BTreeMap::from([("packhorse.host.ip".to_owned(), "10.0.0.7".to_owned())]),
        secrets: BTreeMap::new(),
        envelope: None,
        values: None,
        migration: None,
        migrations: Vec::new(),
        step_timeout_seconds: None,
        remove_data: Vec::new(),
    }
}

fn installed(version: &str) -> InstalledVersion {
    InstalledVersion {
        version: version.parse().unwrap(),
        tree: tree(version),
        rendering: None,
        directory: format!("shop-web_{version}"),
        condition: Condition::Intact,
    }
}

fn running(version: &str) -> Installed {
    Installed { current: Some(installed(version)), state: InstanceState::Running, ..Installed::nothing() }
}

fn stopped(version: &str) -> Installed {
    Installed { state: InstanceState::Stopped, ..running(version) }
}

/// Steps as a line: `!` marks those that run a command, `old:` those of the version before.
fn line(steps: &[HostStep]) -> String {
    let word = |step: &HostStep| {
        let of = if step.of == Side::Old { "old:" } else { "" };
        let opaque = if step.step.nature == Nature::Opaque { "!" } else { "" };
        format!("{of}{:?}{opaque}", step.step.kind)
    };
    steps.iter().map(word).collect::<Vec<_>>().join(" ")
}
