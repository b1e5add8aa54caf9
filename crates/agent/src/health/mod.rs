//! Health: whether an instance does what it should, as its package says how to see that.

mod command;
mod http;
mod monitor;
mod port;
mod process;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use packhorse_model::manifest::{HealthCheck, Probe};
use packhorse_model::order::Release;
use packhorse_planner::host::render_text;

pub use monitor::{Finding, Monitor};

/// What is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The install root on this host.
    pub root: PathBuf,
    /// The directory in which the version is used.
    pub directory: PathBuf,
    /// What the version says about itself.
    pub release: Release,
    /// Values for URLs.
    pub variables: BTreeMap<String, String>,
}

impl Subject {
    /// A version in an install root.
    #[must_use]
    pub fn new(root: &Path, directory: PathBuf, release: &Release, variables: &BTreeMap<String, String>) -> Self {
        Self { root: root.to_owned(), directory, release: release.clone(), variables: variables.clone() }
    }

    /// The host's address, as the server knows it.
    fn address(&self) -> Option<IpAddr> {
        self.variables.get("packhorse.host.ip")?.parse().ok()
    }
}

/// Makes one check, once.
///
/// # Errors
/// Why it does not hold, for people.
pub async fn look(check: &HealthCheck, subject: &Subject) -> Result<(), String> {
    let within = Duration::from_secs(u64::from(check.timeout.max(1)));
    let late = |what: String| format!("{what} took longer than {} seconds", within.as_secs());
    match &check.probe {
        Probe::Process(text) => {
            let wanted = process::Wanted::parse(text)?;
            let subject = subject.clone();
            let counted = tokio::task::spawn_blocking(move || wanted.check(&subject)).await;
            counted.unwrap_or_else(|error| Err(format!("the processes could not be counted: {error}")))
        }
        Probe::Port(port) => port::check(*port, subject.address(), within).await,
        Probe::Http(url) => {
            let url = render_text(url, &subject.variables).map_err(|error| format!("{url}: {error}"))?;
            let answered = tokio::time::timeout(within, http::check(&url)).await;
            answered.unwrap_or_else(|_| Err(late(url)))
        }
        Probe::Command(command) => command::check(command, subject, within).await,
    }
}
