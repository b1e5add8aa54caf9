//! A clean place to run the binary in, and a real server for those tests that need one.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// A home of its own, an empty environment, and paths that read the same everywhere.
pub(crate) struct TestEnvironment {
    dir: TempDir,
    replacements: Vec<(String, String)>,
}

/// What a run came to.
#[must_use = "snapshot it, or look at the exit code"]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl TestEnvironment {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let replacements = vec![(dir.path().display().to_string(), "$HOME".to_owned())];
        Self { dir, replacements }
    }

    /// A path in the home.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file in the home.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Shows `text` as `name` in every output.
    pub(crate) fn call(&mut self, text: impl Into<String>, name: &str) {
        self.replacements.insert(0, (text.into(), name.to_owned()));
    }

    /// The binary, with nothing of the caller's environment.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_packhorse"));
        command.args(args).current_dir(self.dir.path()).env_clear();
        command.env("HOME", self.dir.path()).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.run_with(args, &[], "")
    }

    pub(crate) fn run_with(&self, args: &[&str], variables: &[(&str, &str)], input: &str) -> Run {
        let mut command = self.command(args);
        command.envs(variables.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It may end without reading.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        self.told(&child.wait_with_output().unwrap())
    }

    fn told(&self, output: &Output) -> Run {
        let text = |bytes: &[u8]| {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            self.replacements.iter().fold(text, |text, (from, to)| text.replace(from, to))
        };
        Run { code: output.status.code().unwrap(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }
}

impl Run {
    /// Everything that a user sees, for a snapshot.
    pub(crate) fn seen(&self) -> String {
        let mut text = format!("exit {}\n", self.code);
        for (name, part) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !part.is_empty() {
                text.push_str(&format!("--- {name}\n{part}"));
            }
        }
        text
    }

    /// Standard output as JSON, if it exited with 0.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.code, 0, "{}", self.seen());
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.seen()))
    }
}

/// A running server on ports and a data directory of its own. Killed when dropped.
pub(crate) struct TestServer {
    child: Child,
    pub(crate) url: String,
    pub(crate) password: Option<String>,
}

impl TestServer {
    /// Starts a server on `data` and waits until it has said where it listens.
    pub(crate) fn start(environment: &TestEnvironment, data: &Path) -> Self {
        let data = data.display().to_string();
        let args =
            ["serve", "--data", &data, "--listen", "127.0.0.1:0", "--agent-listen", "127.0.0.1:0", "-o", "jsonl"];
        let mut child = environment.command(&args).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let started: serde_json::Value = serde_json::from_str(&line).unwrap();
        let url = started["url"].as_str().unwrap().to_owned();
        let password = started["password"].as_str().map(str::to_owned);
        Self { child, url, password }
    }

    /// Asks the server to end, and says how it did.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address on loopback at which nobody listens.
pub(crate) fn deaf_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}
