//! A real PostgreSQL for tests, from the machine's packages. One cluster serves every test process of a run, and the runs that follow
//! closely; each test has a schema of its own in it.
//!
//! - The first process that asks makes the cluster, under a lock; the others find it.
//! - Every process that uses it holds a shared lock on `users.lock` until it ends, however it ends.
//! - A watcher that was started with the cluster stops and removes it as soon as nobody has held that lock for [`IDLE_SECONDS`].
//!
//! PostgreSQL refuses to run as root; if the tests do, it runs as the account `postgres` that the package makes.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// How long the cluster stays after its last user.
const IDLE_SECONDS: u32 = 15;

/// A schema of its own in the shared cluster.
pub struct Schema {
    /// `postgres://…`, with the schema as search path.
    pub url: String,
}

/// A fresh schema.
///
/// # Panics
/// If PostgreSQL is not installed, or does not start.
#[must_use]
pub fn schema() -> Schema {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let cluster = cluster();
    let name = format!("t{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    // A process id comes back some day; what its last bearer left goes.
    let made = cluster.psql(&format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}"));
    made.unwrap_or_else(|error| panic!("no PostgreSQL for the tests: {error}"));
    let sockets = cluster.sockets();
    let host = sockets.to_string_lossy().replace('/', "%2F");
    Schema { url: format!("postgres://postgres@{host}/postgres?options[search_path]={name}") }
}

/// Brings the cluster to the state that a database is in most of the time: what was filled in at once is counted, cleaned and on disk.
///
/// # Errors
/// What the database says.
pub fn settle() -> Result<(), String> {
    let cluster = cluster();
    cluster.psql("VACUUM (ANALYZE)")?;
    cluster.psql("CHECKPOINT")
}

/// A database of its own in the shared cluster, empty, which the user `postgres` owns.
pub struct OwnDatabase {
    /// The folder of the cluster's socket.
    pub sockets: PathBuf,
    /// Its name.
    pub name: String,
}

impl OwnDatabase {
    /// Runs SQL, and gives what it prints: rows as lines, columns between `|`.
    ///
    /// # Panics
    /// If the server refuses it.
    #[must_use]
    pub fn query(&self, sql: &str) -> String {
        cluster().ask(&self.name, sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }
}

/// A fresh database.
///
/// # Panics
/// If PostgreSQL is not installed, or does not start.
#[must_use]
pub fn database() -> OwnDatabase {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let cluster = cluster();
    let name = format!("d{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    for sql in [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")] {
        cluster.psql(&sql).unwrap_or_else(|error| panic!("no PostgreSQL for the tests: {error}"));
    }
    OwnDatabase { sockets: cluster.sockets(), name }
}

struct Cluster {
    root: PathBuf,
    binaries: PathBuf,
    /// Held until the process ends.
    _used: File,
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| Cluster::join().unwrap_or_else(|error| panic!("no PostgreSQL for the tests: {error}")))
}

impl Cluster {
    fn join() -> Result<Self, String> {
        let binaries = binaries().ok_or("install it with `apt-get install postgresql`")?;
        let us = rustix::process::geteuid().as_raw();
        let root = std::env::temp_dir().join(format!("packhorse-postgres-{us}"));
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o755).create(&root);
        made.map_err(|error| format!("{}: {error}", root.display()))?;
        let owner = std::fs::symlink_metadata(&root).map_err(|error| error.to_string())?;
        if owner.uid() != us || !owner.is_dir() {
            return Err(format!("{} belongs to someone else", root.display()));
        }
        let open = |name: &str| {
            let path = root.join(name);
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
            file.map_err(|error| format!("{}: {error}", path.display()))
        };
        let used = open("users.lock")?;
        // Waits while the watcher is taking the cluster down.
        used.lock_shared().map_err(|error| error.to_string())?;
        (&used).write_all(b".").and_then(|()| used.set_len(0)).map_err(|error| error.to_string())?;
        let start = open("start.lock")?;
        start.lock().map_err(|error| error.to_string())?;
        let cluster = Self { root, binaries, _used: used };
        if !cluster.answers() {
            cluster.start()?;
        }
        Ok(cluster)
    }

    fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    fn sockets(&self) -> PathBuf {
        self.root.join("sockets")
    }

    fn answers(&self) -> bool {
        let mut asked = Command::new(self.binaries.join("pg_isready"));
        asked.args(["-q", "-h"]).arg(self.sockets()).stdout(Stdio::null()).stderr(Stdio::null());
        asked.status().is_ok_and(|status| status.success())
    }

    fn start(&self) -> Result<(), String> {
        for directory in [self.data(), self.sockets()] {
            if directory.exists() {
                std::fs::remove_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
            }
            std::fs::create_dir(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
            give_to_postgres(&directory)?;
        }
        let mut made = as_postgres(&self.binaries.join("initdb"));
        made.args(["--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8", "--locale=C", "-D"]);
        run(made.arg(self.data()))?;
        let options = format!(
            "-c listen_addresses= -c unix_socket_directories={} -c fsync=off -c synchronous_commit=off \
             -c full_page_writes=off -c max_connections=200 -c shared_buffers=32MB",
            self.sockets().display()
        );
        let mut started = as_postgres(&self.binaries.join("pg_ctl"));
        started.args(["start", "-w", "-s", "-o", &options, "-l"]).arg(self.sockets().join("log"));
        run(started.arg("-D").arg(self.data()))?;
        self.watch()
    }

    /// Starts the watcher, in a session of its own so that no interrupt of the tests reaches it.
    fn watch(&self) -> Result<(), String> {
        let mut watcher = Command::new("setsid");
        watcher.args(["sh", "-c", WATCHER, "watcher"]).arg(&self.root).arg(IDLE_SECONDS.to_string());
        watcher.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        watcher.spawn().map(drop).map_err(|error| format!("the watcher: {error}"))
    }

    fn psql(&self, sql: &str) -> Result<(), String> {
        self.ask("postgres", sql).map(drop)
    }

    fn ask(&self, database: &str, sql: &str) -> Result<String, String> {
        let mut psql = Command::new(self.binaries.join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-U", "postgres", "-d", database, "-v", "ON_ERROR_STOP=1", "-c", sql, "-h"]);
        run(psql.arg(self.sockets()))
    }
}

/// Stops the cluster in $1 when its lock was free for $2 seconds, holding the lock so that nobody begins to use what is going.
const WATCHER: &str = r#"
cd "$1" || exit 1
idle=0
while sleep 1; do
  age=$(( $(date +%s) - $(stat -c %Y users.lock) ))
  if flock -n -x users.lock true && [ "$age" -ge 1 ]; then idle=$(( idle + 1 )); else idle=0; fi
  if [ "$idle" -ge "$2" ] && flock -n -x users.lock sh -c '
    pid=$(head -n 1 data/postmaster.pid) && kill -QUIT "$pid" && while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    rm -rf data sockets'
  then exit 0; fi
done
"#;

/// The newest PostgreSQL of the machine.
fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            let binaries = entry.path().join("bin");
            binaries.join("initdb").is_file().then_some((version, binaries))
        })
        .collect();
    found.sort();
    found.pop().map(|(_, binaries)| binaries)
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A command that does not run as root.
fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
    command
}

fn give_to_postgres(directory: &Path) -> Result<(), String> {
    let given =
        if is_root() { run(Command::new("chown").arg("postgres:postgres").arg(directory)).map(drop) } else { Ok(()) };
    let mode = if directory.ends_with("data") { 0o700 } else { 0o755 };
    let allowed = std::fs::set_permissions(directory, std::fs::Permissions::from_mode(mode));
    given.and(allowed.map_err(|error| format!("{}: {error}", directory.display())))
}

/// Runs a command, and gives what it prints.
fn run(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    // In the root directory, which every account may enter.
    let output = command.current_dir("/").stdin(Stdio::null()).output().map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
    }
    Err(format!("{name}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim()))
}
