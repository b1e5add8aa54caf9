//! `packhorse serve`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use packhorse_server::{Config, ConfigError, Fragment, Server, StartError};
use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Run the server
///
/// Serves the console and the API for people, and a listener of its own for agents. Everything that the server keeps lies in
/// its data directory. The first start makes the user `admin` and shows the password, once. Ends on SIGTERM or Ctrl-C, after
/// the requests that run.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse serve --data /var/lib/packhorse
  packhorse serve --data DIR --listen 127.0.0.1:7433 --agent-listen 0.0.0.0:7434
  packhorse serve --config /etc/packhorse/server.toml --log-format json

The configuration file has the same keys, as in
  data = \"/var/lib/packhorse\"
  agent_listen = \"0.0.0.0:7434\"
  agent_names = [\"packhorse.example.com\"]")]
pub(crate) struct Serve {
    /// The data directory; made if it is not there
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where people and the console connect [default: 127.0.0.1:7433]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Where agents connect [default: 0.0.0.0:7434]
    #[arg(long, value_name = "ADDRESS")]
    agent_listen: Option<String>,
    /// A further name or address by which agents reach this server; may be given several times
    #[arg(long, value_name = "NAME")]
    agent_name: Vec<String>,
    /// The database, as postgres://USER:PASSWORD@HOST/NAME [default: a file in the data directory]
    #[arg(long, env = "PACKHORSE_DATABASE", hide_env_values = true, value_name = "URL")]
    database: Option<String>,
    /// A configuration file; what is said here stands above it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How the log is written to standard error: human or json
    #[arg(
        long,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        hide_default_value = true,
        value_name = "FORMAT"
    )]
    pub(crate) log_format: LogFormat,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    #[default]
    Human,
    /// One JSON document per line
    Json,
}

/// What whoever started the server needs to know.
#[derive(Serialize)]
struct Started {
    url: String,
    agent_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
}

impl Serve {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let config = self.config()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
            CommandError::failed("the server cannot start: the system gives no event loop").detailed(error.to_string())
        })?;
        runtime.block_on(serve(context, config))
    }

    fn config(self) -> Result<Config, CommandError> {
        let file = self
            .config
            .as_deref()
            .map(Fragment::read)
            .transpose()
            .map_err(|error| refused(&error))?
            .unwrap_or_default();
        let said = Fragment {
            data: self.data,
            listen: self.listen,
            agent_listen: self.agent_listen,
            database: self.database,
            agent_names: (!self.agent_name.is_empty()).then_some(self.agent_name),
            ..Fragment::default()
        };
        said.over(file).try_into().map_err(|error| refused(&error))
    }
}

async fn serve(context: &Context, config: Config) -> Result<Exit, CommandError> {
    let server = Server::start(config).await.map_err(|error| not_started(&error))?;
    let started = Started {
        url: format!("http://{}", server.people_address()),
        agent_url: format!("https://{}", server.agents_address()),
        user: server.first_admin().map(|admin| admin.user.to_string()),
        password: server.first_admin().map(|admin| admin.password.clone()),
    };
    context.printer.data(&started, || text(&started))?;
    drop(started);
    let stop = CancellationToken::new();
    let stopper = stop.clone();
    let signals = signals().map_err(|error| {
        CommandError::failed("the server cannot start: signals cannot be received").detailed(error.to_string())
    })?;
    let ended = async move {
        let server = server.run(stop);
        tokio::pin!(server);
        tokio::select! {
            ended = &mut server => return ended,
            () = signals => tracing::info!("stopping"),
        }
        stopper.cancel();
        server.await
    };
    ended.await.map_err(|error| not_started(&error))?;
    Ok(Exit::Done)
}

/// Comes to its end when the process is asked to end.
fn signals() -> std::io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

fn text(started: &Started) -> String {
    let mut text = format!("console and API  {}\nagents           {}\n", started.url, started.agent_url);
    if let (Some(user), Some(password)) = (&started.user, &started.password) {
        text.push_str(&format!(
            "\nThis is the first start. Sign in with\n  user      {user}\n  password  {password}\nThis is the only time that it is shown.\n"
        ));
    }
    text
}

fn refused(error: &ConfigError) -> CommandError {
    let exit = if matches!(error, ConfigError::Missing { .. } | ConfigError::Value { .. }) {
        Exit::Usage
    } else {
        Exit::Failed
    };
    CommandError::new(exit, error.to_string()).hinted("`packhorse serve --help` shows options and configuration file")
}

fn not_started(error: &StartError) -> CommandError {
    let hint = error.hint();
    CommandError::failed(error.to_string()).hinted(hint)
}
