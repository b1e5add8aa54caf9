//! What a version says about itself: its layout, life cycle commands, processes and health checks. The file `packhorse.toml`
//! at the top of a package says it in full; what it leaves out is found by convention in `scripts/` and `bin/`.
//!
//! Commands follow ServiceStage's life cycle (install, post_start, start, restart, pre_stop, stop, update, uninstall) with
//! validate, on_failure and on_rollback beside it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::layout::Layout;

/// The name of the file at the top of a package.
pub const FILE_NAME: &str = "packhorse.toml";

/// The most bytes that it may have.
pub const MAX_BYTES: usize = 1 << 20;

/// Everything that a version says about how it is installed and run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Manifest {
    /// A line about the package.
    pub description: String,
    /// How versions lie on the host. By default found from the archive.
    pub layout: Option<Layout>,
    /// Absolute directory under which the versions lie; `/data/app/NAME` if not said.
    pub install_root: Option<String>,
    /// User that owns the files and runs the commands; the agent's own if not said.
    pub owner: Option<String>,
    /// Files whose variables are replaced before the version is switched to, relative to the top of the package.
    pub render: Vec<String>,
    /// How many older versions stay on a host besides the current and the previous one.
    pub keep: u32,
    /// The life cycle commands.
    pub lifecycle: Lifecycle,
    /// What must hold while an instance runs.
    pub health: Vec<HealthCheck>,
}

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
    /// Seconds after which it is killed and counts as failed.
    #[serde(default = "default_timeout")]
    pub timeout: u32,
    /// User that runs it; the owner if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Further environment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
}

fn default_timeout() -> u32 {
    300
}

impl Command {
    /// A file of the package with nothing else said.
    #[must_use]
    pub fn of_file(path: &str) -> Self {
        Self {
            command: path.to_owned(),
            args: Vec::new(),
            timeout: default_timeout(),
            user: None,
            env: BTreeMap::new(),
        }
    }
}

/// One thing that must hold while the instance runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HealthCheck {
    /// What is looked at.
    #[serde(flatten)]
    pub probe: Probe,
    /// Seconds between two looks at a running instance.
    #[serde(default = "default_interval")]
    pub interval: u32,
    /// Seconds that one look may take.
    #[serde(default = "default_look")]
    pub timeout: u32,
    /// Seconds after the start within which it must hold for the first time.
    #[serde(default = "default_within")]
    pub within: u32,
}

fn default_interval() -> u32 {
    15
}

fn default_look() -> u32 {
    5
}

fn default_within() -> u32 {
    30
}

/// What a health check looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Probe {
    /// Processes whose executable or script lies in the instance's directory or bears this name: `name`, or `name:min,max`.
    Process(String),
    /// A TCP port that accepts connections on the host's address or on loopback.
    Port(u16),
    /// An HTTP URL that answers with a status below 400. Variables such as `[@packhorse.host.ip]` are replaced.
    Http(String),
    /// A file of the package that exits with 0.
    Command(String),
}

/// What is wrong with a manifest, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Not TOML, an unknown key, a value of the wrong type.
    #[error("packhorse.toml, line {line}: {message}")]
    Syntax {
        /// Counted from 1; 0 where the reader does not tell.
        line: usize,
        /// What the reader says.
        message: String,
    },
    /// Larger than anything that people write.
    #[error("packhorse.toml has more than 1 MiB")]
    TooLarge,
    /// A value that cannot be meant.
    #[error("packhorse.toml, {key}: {message}")]
    Value {
        /// The key, dotted.
        key: String,
        /// What is wrong, and what would be right.
        message: String,
    },
}

impl Manifest {
    /// Reads `packhorse.toml`.
    ///
    /// # Errors
    /// When it is not TOML, has unknown keys, or values that cannot be meant.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        if text.len() > MAX_BYTES {
            return Err(ManifestError::TooLarge);
        }
        let manifest: Self = toml::from_str(text).map_err(|error| ManifestError::Syntax {
            line: error.span().map_or(0, |span| text[..span.start].bytes().filter(|b| *b == b'\n').count() + 1),
            message: error.message().to_owned(),
        })?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Fills commands that are not given from the files of the package: `scripts/start.sh`, `bin/start.sh` and so on.
    pub fn fill_by_convention(&mut self, has_file: impl Fn(&str) -> bool) {
        for (name, slot) in self.lifecycle.slots() {
            if slot.is_none() {
                *slot = conventional_files(name).find(|path| has_file(path)).map(|path| Command::of_file(&path));
            }
        }
    }

    fn check(&self) -> Result<(), ManifestError> {
        let value =
            |key: &str, message: &str| ManifestError::Value { key: key.to_owned(), message: message.to_owned() };
        if let Some(root) = &self.install_root {
            let clean = root.starts_with('/')
                && root.len() > 1
                && root[1..].split('/').all(|part| !part.is_empty() && part != "." && part != "..");
            if !clean {
                return Err(value(
                    "install_root",
                    "must be an absolute path such as /data/app/shop-web, without . and .. and not / itself",
                ));
            }
        }
        for path in &self.render {
            if !is_inside(path) {
                return Err(value("render", &format!("{path:?} is not a path inside the package")));
            }
        }
        for (name, command) in self.lifecycle.named() {
            if !command.command.starts_with('/') && !is_inside(&command.command) {
                return Err(value(
                    &format!("lifecycle.{name}.command"),
                    "must be a path inside the package, or an absolute path",
                ));
            }
            if command.timeout == 0 {
                return Err(value(&format!("lifecycle.{name}.timeout"), "must be at least 1 second"));
            }
            if let Some(key) = command.env.keys().find(|key| !is_environment_name(key)) {
                return Err(value(
                    &format!("lifecycle.{name}.env"),
                    &format!("{key:?} is not a name of A-Z, 0-9 and _"),
                ));
            }
        }
        Ok(())
    }
}

impl Lifecycle {
    /// The names of all commands.
    #[must_use]
    pub fn names() -> [&'static str; 11] {
        Self::default().slots().map(|(name, _)| name)
    }

    fn slots(&mut self) -> [(&'static str, &mut Option<Command>); 11] {
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
        ]
        .into_iter()
        .filter_map(|(name, command)| command.as_ref().map(|command| (name, command)))
    }
}

/// The files that stand for a life cycle command by convention, in the order in which they are looked for.
pub fn conventional_files(command: &str) -> impl Iterator<Item = String> {
    let hyphened = (command.contains('_')).then(|| command.replace('_', "-"));
    let names: Vec<String> = std::iter::once(command.to_owned()).chain(hyphened).collect();
    ["scripts", "bin"]
        .into_iter()
        .flat_map(move |folder| names.iter().map(|name| format!("{folder}/{name}.sh")).collect::<Vec<_>>())
}

fn is_inside(path: &str) -> bool {
    !path.is_empty() && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}

fn is_environment_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = r#"
description = "The shop"
install_root = "/data/app/shop-web"
render = ["conf/shop.toml"]

[lifecycle.start]
command = "scripts/start.sh"
timeout = 20

[[health]]
http = "http://[@packhorse.host.ip]:8080/healthz"
within = 10
"#;

    #[test]
    fn reads_commands_and_checks_and_fills_the_rest_by_convention() {
        let mut manifest = Manifest::parse(SHOP).unwrap();
        manifest
            .fill_by_convention(|path| ["scripts/start.sh", "scripts/stop.sh", "bin/post-start.sh"].contains(&path));
        let commands: Vec<_> =
            manifest.lifecycle.named().map(|(name, c)| format!("{name}={}:{}", c.command, c.timeout)).collect();
        insta::assert_snapshot!(commands.join(" "), @"start=scripts/start.sh:20 post_start=bin/post-start.sh:300 stop=scripts/stop.sh:300");
        assert_eq!(manifest.health[0].probe, Probe::Http("http://[@packhorse.host.ip]:8080/healthz".to_owned()));
    }

    #[test]
    fn says_where_it_is_wrong() {
        let error = |text: &str| Manifest::parse(text).unwrap_err().to_string();
        insta::assert_snapshot!(error("\nlayuot = 'symlink'"), @"packhorse.toml, line 2: unknown field `layuot`, expected one of `description`, `layout`, `install_root`, `owner`, `render`, `keep`, `lifecycle`, `health`");
        insta::assert_snapshot!(error("install_root = '/a/../b'"), @"packhorse.toml, install_root: must be an absolute path such as /data/app/shop-web, without . and .. and not / itself");
        insta::assert_snapshot!(error("render = ['../x']"), @r#"packhorse.toml, render: "../x" is not a path inside the package"#);
        insta::assert_snapshot!(error("[lifecycle.stop]\ncommand = 'a/../../b'"), @"packhorse.toml, lifecycle.stop.command: must be a path inside the package, or an absolute path");
        insta::assert_snapshot!(error("[lifecycle.stop]\ncommand = 'a'\nenv = { 'a=b' = 'c' }"), @r#"packhorse.toml, lifecycle.stop.env: "a=b" is not a name of A-Z, 0-9 and _"#);
    }
}
