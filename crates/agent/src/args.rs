//! The command line.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// The agent of Packhorse: joins a host to a server and carries out what is assigned to it.
#[derive(Debug, Parser)]
#[command(name = "packhorse-agent", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Join this host to a server, with a token that `packhorse host join-token` prints
    Join(Join),
    /// Run the agent in the foreground
    Run(Root),
    /// Let systemd run the agent from now on
    Install(Root),
    /// Run one command of a package; started by the agent itself
    #[command(hide = true)]
    Runner {
        /// The folder of the job.
        job: PathBuf,
    },
}

/// Joining.
#[derive(Debug, Args)]
pub struct Join {
    /// Address of the server's agent listener, such as https://packhorse.example:7434
    pub url: String,
    /// The token
    #[arg(long, env = "PACKHORSE_JOIN_TOKEN", hide_env_values = true)]
    pub token: String,
    /// Local address to connect from, where the host has several
    #[arg(long, value_name = "IP")]
    pub address: Option<IpAddr>,
    /// Where everything lies.
    #[command(flatten)]
    pub root: Root,
}

/// Where everything lies.
#[derive(Debug, Args)]
pub struct Root {
    /// Directory below which state and install roots lie
    #[arg(long, default_value = "/", value_name = "DIR")]
    pub root: PathBuf,
}
