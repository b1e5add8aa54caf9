//! What the program says about itself, to standard error: for people by default, as JSON for collectors.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::commands::Command;
use crate::commands::serve::LogFormat;
use crate::environment;

/// Starts logging as `command` needs it: a server says what it does, a client only what goes wrong below what it reports.
pub(crate) fn start(command: &Command) {
    let (default, format) = match command {
        Command::Serve(serve) => ("info", serve.log_format),
        _ => ("error", LogFormat::Human),
    };
    let said = environment::log_filter().map(EnvFilter::try_new);
    let (filter, fault) = match said {
        None => (EnvFilter::new(default), None),
        Some(Ok(filter)) => (filter, None),
        Some(Err(error)) => (EnvFilter::new(default), Some(error)),
    };
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(environment::wants_colour() && io::stderr().is_terminal());
    match format {
        LogFormat::Human => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
    if let Some(error) = fault {
        tracing::error!(%error, "PACKHORSE_LOG is not a filter; it is left out");
    }
}
