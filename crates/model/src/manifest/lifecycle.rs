//! The commands of the life cycle: ServiceStage's (install, post_start, start, restart, pre_stop, stop, update, uninstall) with validate,
//! on_failure and on_rollback beside them, and the two that stand around the files of a config package.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ManifestError;
use super::check::{is_environment_name, is_inside, wrong};

/// The commands of the life cycle, each optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lifecycle {
    /// After the first version was put in place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub install: Option<Command>,
    /// After a further version was put in place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update: Option<Command>,
    /// Starts the instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Command>,
    /// After the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_start: Option<Command>,
    /// Restarts the instance; stop and start if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart: Option<Command>,
    /// Before the stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pre_stop: Option<Command>,
    /// Stops the instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<Command>,
    /// Says by its exit code whether the new version works; beside the health checks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validate: Option<Command>,
    /// Before the files of an instance are removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uninstall: Option<Command>,
    /// Of the new version, when a step after the switch failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<Command>,
    /// Of the old version, after it was put back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_rollback: Option<Command>,
    /// Of a config package, before its files are written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pre: Option<Command>,
    /// Of a config package, after its files are written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<Command>,
}

/// One command: run without a shell, in the directory of the version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Command {
    /// A file of the package by its relative path, or a program by its absolute path.
    pub command: String,
    /// Its arguments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// Seconds after which it is killed and counts as failed; 300 if neither this nor the strategy of a deployment says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u32>,
    /// User that runs it; the owner if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Further environment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
}

/// Seconds that a command may run of which nobody says how long.
pub(super) const COMMAND_SECONDS: u32 = 300;

impl Command {
    /// The command with the time that it has: its own, or else `given`, or else 300 seconds.
    #[must_use]
    pub fn bounded(self, given: Option<u32>) -> Self {
        let seconds = self.timeout.or(given).unwrap_or(COMMAND_SECONDS);
        Self { timeout: Some(seconds), ..self }
    }

    /// Seconds that it may run.
    #[must_use]
    pub fn seconds(&self) -> u32 {
        self.timeout.unwrap_or(COMMAND_SECONDS)
    }

    /// A file of the package with nothing else said.
    #[must_use]
    pub fn of_file(path: &str) -> Self {
        Self { command: path.to_owned(), args: Vec::new(), timeout: None, user: None, env: BTreeMap::new() }
    }

    fn check(&self, name: &str) -> Result<(), ManifestError> {
        if !self.command.starts_with('/') && !is_inside(&self.command) {
            let message = "must be a path inside the package, or an absolute path";
            return Err(wrong(format!("lifecycle.{name}.command"), message));
        }
        if self.timeout == Some(0) {
            return Err(wrong(format!("lifecycle.{name}.timeout"), "must be at least 1 second"));
        }
        match self.env.keys().find(|key| !is_environment_name(key)) {
            Some(key) => {
                Err(wrong(format!("lifecycle.{name}.env"), format!("{key:?} is not a name of A-Z, 0-9 and _")))
            }
            None => Ok(()),
        }
    }
}

impl Lifecycle {
    pub(super) fn check(&self) -> Result<(), ManifestError> {
        self.named().try_for_each(|(name, command)| command.check(name))
    }

    /// The slot of a command, by its name.
    pub fn slot(&mut self, name: &str) -> Option<&mut Option<Command>> {
        self.slots().into_iter().find(|(slot, _)| *slot == name).map(|(_, slot)| slot)
    }

    /// The names of all commands.
    #[must_use]
    pub fn names() -> [&'static str; 13] {
        Self::default().slots().map(|(name, _)| name)
    }

    pub(super) fn slots(&mut self) -> [(&'static str, &mut Option<Command>); 13] {
        [
            ("install", &mut self.install),
            ("update", &mut self.update),
            ("start", &mut self.start),
            ("post_start", &mut self.post_start),
            ("restart", &mut self.restart),
            ("pre_stop", &mut self.pre_stop),
            ("stop", &mut self.stop),
            ("validate", &mut self.validate),
            ("uninstall", &mut self.uninstall),
            ("on_failure", &mut self.on_failure),
            ("on_rollback", &mut self.on_rollback),
            ("pre", &mut self.pre),
            ("post", &mut self.post),
        ]
    }

    /// The commands that are given, with their names.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &Command)> {
        [
            ("install", &self.install),
            ("update", &self.update),
            ("start", &self.start),
            ("post_start", &self.post_start),
            ("restart", &self.restart),
            ("pre_stop", &self.pre_stop),
            ("stop", &self.stop),
            ("validate", &self.validate),
            ("uninstall", &self.uninstall),
            ("on_failure", &self.on_failure),
            ("on_rollback", &self.on_rollback),
            ("pre", &self.pre),
            ("post", &self.post),
        ]
        .into_iter()
        .filter_map(|(name, command)| command.as_ref().map(|command| (name, command)))
    }
}

/// Where the deploy script of the application release specification lies. It is run after any version was put in place, unless another file
/// stands for `install` or `update`.
pub const DEPLOY_SCRIPTS: [&str; 2] = ["scripts/deploy.sh", "bin/deploy.sh"];

/// The files that stand for a life cycle command by convention, in the order in which they are looked for.
pub fn conventional_files(command: &str) -> impl Iterator<Item = String> {
    let hyphened = (command.contains('_')).then(|| command.replace('_', "-"));
    let names: Vec<String> = std::iter::once(command.to_owned()).chain(hyphened).collect();
    ["scripts", "bin"]
        .into_iter()
        .flat_map(move |folder| names.iter().map(|name| format!("{folder}/{name}.sh")).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_a_command_says_itself_stands_above_any_other() {
        let read = |text: &str| serde_json::from_str::<Command>(text).unwrap();
        let (said, unsaid) = (read(r#"{"command":"a","timeout":300}"#), read(r#"{"command":"a"}"#));
        let bounded = |command: &Command, given| command.clone().bounded(given).timeout;
        assert_eq!((bounded(&said, Some(60)), bounded(&unsaid, Some(60))), (Some(300), Some(60)));
        assert_eq!((bounded(&said, None), bounded(&unsaid, None), unsaid.seconds()), (Some(300), Some(300), 300));
        assert_eq!(serde_json::to_string(&unsaid).unwrap(), r#"{"command":"a"}"#);
    }
}
