//! A real server on an empty database, with a module and two versions of a package.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use packhorse_client::{Access, Client, IdempotencyKey, Progress, Push};
use packhorse_model::api::packages::VersionSummary;
use packhorse_model::api::sessions::SignIn;
use packhorse_testkit::bench::{Kind, Serve};
use packhorse_testkit::process::Process;
use packhorse_testkit::world::wait_for;
use tempfile::TempDir;

/// Whatever went wrong; a bench has nobody to tell apart what.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The module of all hosts.
pub(crate) const MODULE: &str = "Bench/Test/Fleet";
/// The package.
pub(crate) const PACKAGE: &str = "fleet";
/// Its version on every host, and the one that comes.
pub(crate) const VERSIONS: [&str; 2] = ["1.0.0", "1.0.1"];

const TOPOLOGY: &str = r#"{ "business": [{ "name": "Bench", "system": [
  { "name": "Test", "environment": "test", "module": [{ "name": "Fleet" }] }] }] }"#;

const MANIFEST: &str = "install_root = \"/data/app/fleet\"\n\
  [lifecycle.start]\ncommand = \"scripts/start.sh\"\n[lifecycle.stop]\ncommand = \"scripts/stop.sh\"\n\
  [[health]]\ncommand = \"scripts/check.sh\"\n";

/// A running server, and a person who is signed in.
pub(crate) struct Site {
    /// As this person.
    pub(crate) client: Client,
    /// The cookie of the session.
    pub(crate) cookie: String,
    /// Where agents connect.
    pub(crate) agent_url: String,
    /// The version that every host has.
    pub(crate) installed: VersionSummary,
    server: Process,
    keys: AtomicU64,
    _folder: TempDir,
}

impl Site {
    /// Starts a server on an empty database, and pushes the versions.
    pub(crate) async fn start(kind: Kind) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let Serve { mut command, port, agent_port } = Serve::new(&folder.path().join("data"), kind.url().as_deref())?;
        // A line for each agent that renews or fails is not what is measured.
        command.env("RUST_LOG", "warn");
        let mut server = Process::start(&mut command, &folder.path().join("server.log"))?;
        let password = wait_for("the server to listen", || {
            assert!(server.is_running(), "the server has ended:\n{}", server.log());
            std::net::TcpStream::connect(("127.0.0.1", port)).ok()?;
            let log = server.log();
            log.lines().find_map(|line| Some(line.split_once("password")?.1.trim_matches([' ', ':']).to_owned()))
        });
        let base = Client::parse_url(&format!("http://127.0.0.1:{port}"))?;
        let stranger = Client::new(base.clone(), &Access::Anonymous)?;
        let sign_in = SignIn { user: "admin".to_owned(), password };
        let cookie = stranger.sign_in(&sign_in, &IdempotencyKey::from_random(0)).await?;
        let client = Client::new(base, &Access::Session(cookie.clone()))?;
        client.apply_topology(&serde_json::from_str(TOPOLOGY)?).await?;
        let keys = AtomicU64::new(1);
        let mut pushed = Vec::new();
        for version in VERSIONS {
            let push = Push {
                file: archive(folder.path(), version)?,
                package: Some(PACKAGE.parse()?),
                version: Some(version.parse()?),
                ..Push::default()
            };
            let key = next_key(&keys);
            pushed.push(client.upload(&push, &key, &Progress::new(|_| ())).await?.version.summary);
        }
        let installed = pushed.swap_remove(0);
        let agent_url = format!("https://127.0.0.1:{agent_port}");
        Ok(Self { client, cookie: cookie.reveal().to_owned(), agent_url, installed, server, keys, _folder: folder })
    }

    /// A key for one request.
    pub(crate) fn key(&self) -> IdempotencyKey {
        next_key(&self.keys)
    }

    /// The server.
    pub(crate) fn server(&self) -> &Process {
        &self.server
    }

    /// The most bytes that the server had in memory until now.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.pid())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
        peak.unwrap_or(0_u64) * 1024
    }
}

fn next_key(keys: &AtomicU64) -> IdempotencyKey {
    IdempotencyKey::from_random(keys.fetch_add(1, Ordering::Relaxed).into())
}

/// A small version: nobody ever unpacks it.
fn archive(folder: &Path, version: &str) -> Result<PathBuf, Failure> {
    let top = folder.join(version);
    std::fs::create_dir_all(top.join("scripts"))?;
    std::fs::write(top.join("packhorse.toml"), MANIFEST)?;
    std::fs::write(top.join("application"), format!("This is version {version}.\n"))?;
    for script in ["start.sh", "stop.sh", "check.sh"] {
        std::fs::write(top.join("scripts").join(script), "#!/bin/sh\n")?;
    }
    let file = folder.join(format!("{PACKAGE}_{version}.tar.gz"));
    let mut tar = Command::new("tar");
    tar.arg("--mode=755").arg("-C").arg(&top).arg("-czf").arg(&file).args(["packhorse.toml", "application", "scripts"]);
    if tar.status()?.success() { Ok(file) } else { Err("tar could not pack a version".into()) }
}
