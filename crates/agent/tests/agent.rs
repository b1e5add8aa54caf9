//! A host: a folder with a real agent on it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use crate::server::Server;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_packhorse-agent");

pub(crate) struct Host {
    folder: tempfile::TempDir,
    agent: Option<Child>,
}

impl Host {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), agent: None }
    }

    /// A host that has joined, with a running agent.
    pub(crate) fn joined(server: &Server) -> Self {
        let mut host = Self::new();
        let joined = host.join(&server.url(), &server.token());
        assert!(joined.status.success(), "{joined:?}");
        host.start();
        host
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.path().join("data/app/shop")
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).arg("--root").arg(self.path()).env_clear().env("PACKHORSE_LOG", "debug");
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn join(&self, url: &str, token: &str) -> Output {
        self.command(&["join", url, "--token", token]).output().unwrap()
    }

    pub(crate) fn start(&mut self) {
        self.start_with(&[]);
    }

    /// Starts an agent with a fault that is told by its environment.
    pub(crate) fn start_with(&mut self, environment: &[(&str, String)]) {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.path().join("log")).unwrap();
        let mut command = self.command(&["run"]);
        command.envs(environment.iter().map(|(name, value)| (*name, value.as_str())));
        self.agent = Some(command.stderr(log).spawn().unwrap());
    }

    /// Starts an agent whose writes, syncs, renames and programs are written down, by strace.
    pub(crate) fn start_traced(&mut self, into: &Path) {
        let mut command = Command::new("strace");
        // With -D the agent itself is our child, and not strace.
        command.args([
            "-D",
            "-f",
            "-y",
            "-s",
            "64",
            "-e",
            "trace=write,fsync,fdatasync,syncfs,rename,renameat,renameat2,execve",
        ]);
        command.arg("-o").arg(into).arg(PROGRAM).arg("run").arg("--root").arg(self.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.agent = Some(command.spawn().expect("strace is installed"));
    }

    /// Comes back when the agent has ended without having been asked to.
    pub(crate) async fn died(&mut self) {
        while let Some(agent) = &mut self.agent {
            if agent.try_wait().unwrap().is_some() {
                self.agent = None;
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        std::future::pending::<()>().await;
    }

    /// Ends the agent in the middle of whatever it is doing.
    pub(crate) fn kill(&mut self) {
        if let Some(mut agent) = self.agent.take() {
            agent.kill().unwrap();
            agent.wait().unwrap();
        }
    }

    /// What `current` leads to.
    pub(crate) fn current(&self) -> Option<String> {
        let target = std::fs::read_link(self.root().join("current")).ok()?;
        Some(target.to_str().unwrap().to_owned())
    }

    /// What is in a file below the root of the host.
    pub(crate) fn read(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(self.path().join(path)).ok()
    }

    /// What the commands of the package have done.
    pub(crate) fn effects(&self) -> String {
        let text = std::fs::read_to_string(self.root().join("effects")).unwrap_or_default();
        text.lines().collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.kill();
        for name in ["pid", "sleep.pid"] {
            let pid = std::fs::read_to_string(self.root().join(name)).ok().and_then(|pid| pid.trim().parse().ok());
            if let Some(pid) = pid.and_then(rustix::process::Pid::from_raw) {
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            }
        }
        if std::thread::panicking() {
            let log = self.log();
            let _ = std::io::Write::write_all(&mut std::io::stderr(), log.as_bytes());
        }
    }
}
