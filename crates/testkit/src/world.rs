//! A real site: one server, any number of agents with a root folder each, and the command line client.
//!
//! Everything lives under one temporary directory and ends with the value. The binaries are those of the build
//! (`target/debug`, or `PACKHORSE_BIN_DIR`).

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::process::Process;

/// How long anything may take before a test gives up; generous, since it is only ever spent by a failing test.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// The module that the hosts of a [`World`] belong to.
pub const MODULE: &str = "Shop/Production/Web";

/// The folder of the binaries under test.
#[must_use]
pub fn binaries() -> PathBuf {
    std::env::var_os("PACKHORSE_BIN_DIR").map_or_else(
        || {
            // The test binary lies in target/PROFILE/deps.
            let test = std::env::current_exe().expect("a test knows its own path");
            test.ancestors().nth(2).expect("a test lies two folders below the binaries").to_owned()
        },
        PathBuf::from,
    )
}

/// Waits until `condition` gives a value; panics with `what` when patience is at its end.
pub fn wait_for<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(begin.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A port on loopback that nobody listens on at the moment.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}

/// A server, its agents and a signed-in client.
#[derive(Debug)]
pub struct World {
    dir: tempfile::TempDir,
    server: Option<Process>,
    agents: Vec<Agent>,
    port: u16,
    agent_port: u16,
    agent_address: String,
    /// The server's configuration file, if it has one.
    config: Option<PathBuf>,
}

/// One agent and its host's root folder.
#[derive(Debug)]
pub struct Agent {
    /// The host's name.
    pub name: String,
    /// Everything that the host has lies below.
    pub root: PathBuf,
    /// The daemon, unless it was killed.
    pub process: Option<Process>,
    /// Words before the command, such as `ip netns exec NAME`.
    pub prefix: Vec<String>,
}

/// What a run of the client came to.
#[derive(Debug)]
#[must_use = "look at the exit code or the output"]
pub struct Ran {
    /// Exit code; -1 if it was killed.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Ran {
    /// Standard output, if it exited with 0.
    ///
    /// # Panics
    /// When it did not; with all that it said.
    #[must_use]
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, 0, "{self:#?}");
        self.stdout
    }

    /// Standard output as JSON, if it exited with 0.
    ///
    /// # Panics
    /// When it did not, or the output is not JSON.
    #[must_use]
    #[track_caller]
    pub fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.ok()).expect("the output is JSON")
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl World {
    /// Starts a server on an empty directory, signs in and makes the topology.
    #[must_use]
    pub fn start() -> Self {
        Self::start_at("127.0.0.1")
    }

    /// The same, with a server that reads this configuration.
    #[must_use]
    pub fn start_configured(config: &str) -> Self {
        Self::begin("127.0.0.1", Some(config))
    }

    /// The same, with the agent listener on another address of this machine.
    #[must_use]
    pub fn start_at(agent_address: &str) -> Self {
        Self::begin(agent_address, None)
    }

    fn begin(agent_address: &str, config: Option<&str>) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory can be made");
        let config = config.map(|text| {
            let path = dir.path().join("server.toml");
            fs::write(&path, text).expect("a file can be written");
            path
        });
        let mut world = Self {
            dir,
            server: None,
            agents: Vec::new(),
            port: free_port(),
            agent_port: free_port(),
            agent_address: agent_address.to_owned(),
            config,
        };
        world.start_server();
        let password = wait_for("the first password", || {
            world
                .server_log()
                .lines()
                .find_map(|line| line.split_once("password").map(|(_, rest)| rest.trim_matches([' ', ':']).to_owned()))
        });
        let signed_in =
            world.cli_with_input(&["login", &world.url(), "--user", "admin", "--password-stdin"], &password);
        assert_eq!(signed_in.code, 0, "{signed_in:#?}");
        let topology = world.path("topology.toml");
        fs::write(
            &topology,
            "[[business]]\nname = \"Shop\"\n[[business.system]]\nname = \"Production\"\nenvironment = \"prod\"\n[[business.system.module]]\nname = \"Web\"\n",
        )
        .expect("a file can be written");
        let applied = world.cli(&["topology", "apply", &topology.display().to_string()]);
        assert_eq!(applied.code, 0, "{applied:#?}");
        world
    }

    /// A path in the site's directory.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The console's address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The address that agents dial.
    #[must_use]
    pub fn agent_url(&self) -> String {
        format!("https://{}:{}", self.agent_address, self.agent_port)
    }

    /// Starts the server, after it was killed, and waits until it is ready.
    pub fn start_server(&mut self) {
        let is_ready = self.start_server_with(&[]);
        assert!(is_ready, "the server has ended:\n{}", self.server_log());
    }

    /// Starts the server with a fault that is told by its environment; false if it ended before it was ready.
    pub fn start_server_with(&mut self, environment: &[(&str, String)]) -> bool {
        let mut command = Command::new(binaries().join("packhorse"));
        command.arg("serve").arg("--data").arg(self.path("data"));
        command.arg("--listen").arg(format!("127.0.0.1:{}", self.port));
        command.arg("--agent-listen").arg(format!("{}:{}", self.agent_address, self.agent_port));
        command.env("XDG_CONFIG_HOME", self.path("server-config"));
        if let Some(config) = &self.config {
            command.arg("--config").arg(config);
        }
        command.envs(environment.iter().map(|(name, value)| (*name, value.as_str())));
        let mut server = Process::start(&mut command, &self.path("server.log")).expect("the server can be started");
        let port = self.port;
        let got_ready = wait_for("the server to be ready", || match server.is_running() {
            true => is_ready(port).then_some(true),
            false => Some(false),
        });
        self.server = Some(server).filter(|_| got_ready);
        got_ready
    }

    /// Whether the server runs.
    pub fn server_runs(&mut self) -> bool {
        self.server.as_mut().is_some_and(Process::is_running)
    }

    /// Kills the server as a power cut would.
    pub fn kill_server(&mut self) {
        self.server = None;
    }

    /// The server's process.
    ///
    /// # Panics
    /// When it was killed.
    pub fn server(&mut self) -> &mut Process {
        self.server.as_mut().expect("the server runs")
    }

    /// What the server has said since its first start.
    #[must_use]
    pub fn server_log(&self) -> String {
        fs::read_to_string(self.path("server.log")).unwrap_or_default()
    }

    /// Runs the client.
    pub fn cli(&self, args: &[&str]) -> Ran {
        self.client().args(args).output().expect("the client can be started").into()
    }

    /// Runs the client with `input` on its standard input.
    pub fn cli_with_input(&self, args: &[&str], input: &str) -> Ran {
        let file = self.path("stdin");
        fs::write(&file, input).expect("a file can be written");
        let stdin = fs::File::open(file).expect("a file can be opened");
        self.client().args(args).stdin(stdin).output().expect("the client can be started").into()
    }

    /// The client, to be run with arguments, signed in.
    #[must_use]
    pub fn client(&self) -> Command {
        let mut command = Command::new(binaries().join("packhorse"));
        command.env_remove("PACKHORSE_URL").env_remove("PACKHORSE_TOKEN").env("NO_COLOR", "1");
        command.env("XDG_CONFIG_HOME", self.path("config")).stdin(std::process::Stdio::null());
        command
    }

    /// Joins a host and starts its agent. `prefix` stands before the agent's command line.
    pub fn add_host(&mut self, name: &str, prefix: &[&str]) {
        let token = self.cli(&["host", "join-token", "--name", name, "--module", MODULE, "-o", "json"]).json();
        let root = self.path("hosts").join(name);
        fs::create_dir_all(&root).expect("a folder can be made");
        let agent = Agent {
            name: name.to_owned(),
            root,
            process: None,
            prefix: prefix.iter().map(|word| (*word).to_owned()).collect(),
        };
        let mut join = agent.command();
        join.args(["join", &self.agent_url(), "--token"]).arg(token["token"].as_str().expect("a token"));
        let joined: Ran = join.arg("--root").arg(&agent.root).output().expect("the agent can be started").into();
        assert_eq!(joined.code, 0, "{joined:#?}");
        self.agents.push(agent);
        self.start_agent(self.agents.len() - 1);
    }

    /// Joins `count` hosts and waits until all are online.
    pub fn add_hosts(&mut self, count: usize) {
        for number in 1..=count {
            self.add_host(&format!("web-{number:02}"), &[]);
        }
        wait_for("all hosts to be online", || (self.hosts_online() == count).then_some(()));
    }

    /// How many hosts are online.
    #[must_use]
    pub fn hosts_online(&self) -> usize {
        self.cli(&["host", "list", "-o", "jsonl"]).ok().lines().filter(|line| line.contains("\"online\"")).count()
    }

    /// Starts an agent, after it was killed.
    pub fn start_agent(&mut self, index: usize) {
        let agent = &mut self.agents[index];
        let mut command = agent.command();
        command.arg("run").arg("--root").arg(&agent.root);
        let log = agent.root.join("agent.log");
        agent.process = Some(Process::start(&mut command, &log).expect("the agent can be started"));
    }

    /// Kills an agent as a power cut would; what it had started goes on.
    pub fn kill_agent(&mut self, index: usize) {
        self.agents[index].process = None;
    }

    /// Stops an agent where it is, as it may happen to any process; it goes on with [`World::continue_agent`]. What it has started is not
    /// stopped.
    ///
    /// # Panics
    /// When it was killed.
    pub fn stop_agent(&self, index: usize) {
        self.signal_agent(index, Signal::STOP);
    }

    /// Lets an agent go on that was stopped.
    ///
    /// # Panics
    /// When it was killed.
    pub fn continue_agent(&self, index: usize) {
        self.signal_agent(index, Signal::CONT);
    }

    fn signal_agent(&self, index: usize, signal: Signal) {
        let process = self.agents[index].process.as_ref().expect("the agent runs");
        process.signal(signal).expect("the agent can be signalled");
    }

    /// The agents.
    #[must_use]
    pub fn agents(&self) -> &[Agent] {
        &self.agents
    }
}

impl Agent {
    fn command(&self) -> Command {
        let program = binaries().join("packhorse-agent");
        match self.prefix.split_first() {
            None => Command::new(program),
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(program);
                command
            }
        }
    }

    /// A path on the host.
    #[must_use]
    pub fn path(&self, absolute: &str) -> PathBuf {
        self.root.join(absolute.trim_start_matches('/'))
    }

    /// Where `current` of an install root points, if it points at a directory that is there.
    #[must_use]
    pub fn current(&self, install_root: &str) -> Option<String> {
        let link = self.path(install_root).join("current");
        let target = fs::read_link(&link).ok()?;
        fs::metadata(&link).is_ok_and(|found| found.is_dir()).then(|| target.display().to_string())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.agents.iter_mut().for_each(|agent| agent.process = None);
        self.server = None;
        for agent in &self.agents {
            end_processes_below(&agent.root);
        }
    }
}

/// Ends what applications of a host have left running: every process that bears the host's root in its environment.
fn end_processes_below(root: &Path) {
    let needle = root.display().to_string();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<i32>().ok())
            .and_then(rustix::process::Pid::from_raw)
        else {
            continue;
        };
        let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
        if String::from_utf8_lossy(&environment).contains(&needle) {
            // It may end by itself meanwhile.
            let _ = rustix::process::kill_process(pid, Signal::KILL);
        }
    }
}

fn is_ready(port: u16) -> bool {
    use std::io::{Read, Write};
    let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    let mut reply = [0; 12];
    let asked = stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    asked.and_then(|()| stream.read_exact(&mut reply)).is_ok() && &reply[9..] == b"200"
}
