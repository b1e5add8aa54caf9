//! A real MariaDB for a test, from the machine's packages. It lies in a temporary directory, listens on a Unix socket alone, and ends with the
//! test, however that ends.
//!
//! It does not run as root; if the tests do, it runs as the account `mysql` that the package makes.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long it may take to come up on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server with an empty database `shop`, whose user `root` needs no password.
pub struct MariaDb {
    directory: TempDir,
    server: Child,
}

impl MariaDb {
    /// Makes and starts one.
    ///
    /// # Panics
    /// If MariaDB is not installed, or does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::try_start().unwrap_or_else(|error| panic!("no MariaDB for the tests: {error}"))
    }

    fn try_start() -> Result<Self, String> {
        let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
        let data = directory.path().join("data");
        if rustix::process::geteuid().is_root() {
            run(Command::new("chown").arg("mysql:mysql").arg(directory.path()))?;
        }
        run(as_mysql("mariadb-install-db")
            .args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"])
            .arg(format!("--datadir={}", data.display()))
            .arg(format!("--tmpdir={}", directory.path().display())))?;
        let server = as_mysql("mariadbd")
            .args([
                "--no-defaults",
                "--skip-networking",
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-buffer-pool-size=16M",
            ])
            .arg(format!("--datadir={}", data.display()))
            .arg(format!("--socket={}", socket(directory.path()).display()))
            // Of one's own: a server that starts removes what others have in a shared one.
            .arg(format!("--tmpdir={}", directory.path().display()))
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("mariadbd: {error}: install it with `apt-get install mariadb-server`"))?;
        let started = Self { directory, server };
        let deadline = Instant::now() + PATIENCE;
        while let Err(error) = started.sql("CREATE DATABASE IF NOT EXISTS shop", None) {
            if Instant::now() > deadline {
                return Err(error);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(started)
    }

    /// Where it listens.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        socket(self.directory.path())
    }

    /// Runs SQL in the database `shop`, and gives what it prints: rows as lines, columns between tabs.
    ///
    /// # Panics
    /// If the server refuses it.
    #[must_use]
    pub fn query(&self, sql: &str) -> String {
        self.sql(sql, Some("shop")).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    fn sql(&self, sql: &str, database: Option<&str>) -> Result<String, String> {
        let mut client = Command::new("mariadb");
        client.args(["--no-defaults", "-N", "-B", "-u", "root", "-e", sql]);
        run(client.arg(format!("--socket={}", self.socket().display())).args(database))
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        // Nothing of it is of use to anybody.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn socket(directory: &Path) -> PathBuf {
    directory.join("sock")
}

/// A command that does not run as root, and ends when the test does.
fn as_mysql(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.arg("--pdeathsig=KILL");
    if rustix::process::geteuid().is_root() {
        command.args(["--reuid=mysql", "--regid=mysql", "--clear-groups"]);
    }
    command.arg("--").arg(program);
    command
}

fn run(command: &mut Command) -> Result<String, String> {
    let name = format!("{:?}", command.get_program());
    let output = command.current_dir("/").stdin(Stdio::null()).output().map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
    }
    Err(format!("{name}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim()))
}
