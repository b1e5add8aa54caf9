//! `packhorse package yank`, `unyank`, `ban`, `unban`, `protect` and `unprotect`.

use clap::Args;
use packhorse_client::{Protection, VersionChange};
use packhorse_model::api::packages::VersionDetail;
use packhorse_model::api::version_states::StateReason;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::rollout::PackageVersion;
use crate::words;

/// Which version, and why.
#[derive(Debug, Args)]
pub(crate) struct Reasoned {
    /// The package and its version
    #[arg(value_name = "NAME@VERSION")]
    what: PackageVersion,
    /// Why, for those who meet the version later
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    reason: String,
}

/// Which version, and why it must not run.
#[derive(Debug, Args)]
pub(crate) struct Forbidden {
    /// The package and its version
    #[arg(value_name = "NAME@VERSION")]
    what: PackageVersion,
    /// Why, for those who meet the version later
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Which version.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The package and its version
    #[arg(value_name = "NAME@VERSION")]
    what: PackageVersion,
}

impl Reasoned {
    pub(crate) async fn run(self, context: &Context, change: VersionChange) -> Result<Exit, CommandError> {
        let PackageVersion { package, version } = &self.what;
        let (reason, key) = (StateReason { reason: self.reason }, clock::new_key()?);
        let detail = context.client()?.change_version(package, version, change, &reason, &key).await?;
        show(context, &detail)
    }
}

impl Forbidden {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        Reasoned { what: self.what, reason: self.reason }.run(context, VersionChange::Ban).await
    }
}

impl Named {
    pub(crate) async fn run(self, context: &Context, protection: Protection) -> Result<Exit, CommandError> {
        let PackageVersion { package, version } = &self.what;
        let detail = context.client()?.protect_version(package, version, protection, &clock::new_key()?).await?;
        show(context, &detail)
    }
}

fn show(context: &Context, detail: &VersionDetail) -> Result<Exit, CommandError> {
    let version = &detail.summary;
    let protected = if version.is_protected { ", protected" } else { "" };
    context.printer.data(detail, || {
        format!("{}@{}: {}{protected}\n", version.package, version.version, words::word(version.state))
    })?;
    Ok(Exit::Done)
}
