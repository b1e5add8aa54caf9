//! What a version says about itself: its layout, life cycle commands, processes and health checks. The file `packhorse.toml`
//! at the top of a package says it in full; what it leaves out is found by convention in `scripts/` and `bin/`.
//!
//! One manifest serves every kind of package: `[[config]]` is for config packages, `[script]` for scripts, `[database]` for database
//! packages; the rest is for files that run. What a kind has no use for is refused when a version is made, not here.

mod check;
mod cleanup;
mod config;
mod data;
mod database;
mod health;
#[cfg(feature = "openapi")]
mod json_schema;
mod kinds;
mod lifecycle;
mod metadata;
mod needs;
mod process;
mod script;
mod variables;
mod write;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use check::{is_absolute, is_inside, is_word, wrong};
pub use cleanup::{CleanupAction, CleanupRule, seconds};
pub use config::ConfigFile;
pub use database::{DatabaseSpec, Engine};
pub use health::{HealthCheck, Probe};
#[cfg(feature = "openapi")]
pub use json_schema::json_schema;
pub use lifecycle::{Command, DEPLOY_SCRIPTS, Lifecycle, conventional_files};
pub use metadata::Metadata;
pub use needs::DatabaseNeed;
pub use process::ProcessRule;
pub use script::{Interpreter, Parameter, ParameterType, ScriptSpec};
pub use variables::VariableRules;

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
    /// How variables are written in these files, and how their values are encrypted.
    #[serde(skip_serializing_if = "VariableRules::is_empty")]
    pub variables: VariableRules,
    /// How many older versions stay on a host besides the current and the previous one.
    pub keep: u32,
    /// Directories in which an instance keeps data, relative to the install root or absolute below it; only an uninstall that says so removes them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<String>,
    /// The life cycle commands.
    pub lifecycle: Lifecycle,
    /// What must hold while an instance runs.
    pub health: Vec<HealthCheck>,
    /// Processes that an instance consists of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub process: Vec<ProcessRule>,
    /// What may be deleted on a host, and when.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cleanup: Vec<CleanupRule>,
    /// Words by which the package is found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Attributes that other systems know the package by.
    #[serde(skip_serializing_if = "Metadata::is_empty")]
    pub metadata: Metadata,
    /// The versions of databases with which it works.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<DatabaseNeed>,
    /// Of a config package: its files and where each of them goes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub config: Vec<ConfigFile>,
    /// Of a script: how it is run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub script: Option<ScriptSpec>,
    /// Of a database package: what it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<DatabaseSpec>,
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

    /// Fills commands that are not given from the files of the package: `scripts/start.sh`, `bin/start.sh` and so on. A deploy script serves
    /// the first version as well as any further one.
    pub fn fill_by_convention(&mut self, has_file: impl Fn(&str) -> bool) {
        for (name, slot) in self.lifecycle.slots() {
            if slot.is_none() {
                *slot = conventional_files(name).find(|path| has_file(path)).map(|path| Command::of_file(&path));
            }
        }
        if let Some(script) = DEPLOY_SCRIPTS.into_iter().find(|path| has_file(path)) {
            for slot in [&mut self.lifecycle.install, &mut self.lifecycle.update] {
                slot.get_or_insert_with(|| Command::of_file(script));
            }
        }
    }

    /// The files that hosts have otherwise than the package: those whose variables are replaced, which `render` names and those of a config
    /// package are, and those that are replaced as a whole.
    #[must_use]
    pub fn rendered(&self) -> BTreeSet<&str> {
        let named = self.render.iter().chain(&self.variables.files).map(String::as_str);
        named.chain(self.config.iter().map(|file| file.file.as_str())).collect()
    }

    fn check(&self) -> Result<(), ManifestError> {
        if self.install_root.as_deref().is_some_and(|root| !is_absolute(root)) {
            let message = "must be an absolute path such as /data/app/shop-web, without . and .. and not / itself";
            return Err(wrong("install_root", message));
        }
        if let Some(path) = self.render.iter().find(|path| !is_inside(path)) {
            return Err(wrong("render", format!("{path:?} is not a path inside the package")));
        }
        self.variables.check()?;
        self.check_data()?;
        self.lifecycle.check()?;
        self.health.iter().try_for_each(HealthCheck::check)?;
        self.process.iter().try_for_each(ProcessRule::check)?;
        self.cleanup.iter().try_for_each(CleanupRule::check)?;
        self.config.iter().try_for_each(ConfigFile::check)?;
        self.metadata.check()?;
        self.script.iter().try_for_each(ScriptSpec::check)?;
        self.database.iter().try_for_each(DatabaseSpec::check)?;
        self.needs.iter().try_for_each(DatabaseNeed::check)?;
        if let Some(tag) = self.tags.iter().find(|tag| !is_word(tag) || tag.len() > LONGEST_TAG) {
            return Err(wrong("tags", format!("{tag:?} is no tag: a word of at most 64 bytes")));
        }
        if let Some(name) = twice(self.process.iter().map(|rule| &rule.name)) {
            return Err(wrong(format!("process.{name}"), "stands there twice"));
        }
        if let Some(target) = twice(self.config.iter().map(|file| &file.target)) {
            return Err(wrong("config.target", format!("{target:?} is the target of two files")));
        }
        Ok(())
    }
}

/// The longest tag, in bytes.
const LONGEST_TAG: usize = 64;

/// The first text that came before.
fn twice<'a>(texts: impl Iterator<Item = &'a String>) -> Option<&'a String> {
    let mut seen = BTreeSet::new();
    let mut texts = texts;
    texts.find(|text| !seen.insert(*text))
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
            manifest.lifecycle.named().map(|(name, c)| format!("{name}={}:{}", c.command, c.seconds())).collect();
        insta::assert_snapshot!(commands.join(" "), @"start=scripts/start.sh:20 post_start=bin/post-start.sh:300 stop=scripts/stop.sh:300");
        assert_eq!(manifest.health[0].probe, Probe::Http("http://[@packhorse.host.ip]:8080/healthz".to_owned()));
    }

    #[test]
    fn says_where_it_is_wrong() {
        let error = |text: &str| Manifest::parse(text).unwrap_err().to_string();
        insta::assert_snapshot!(error("\nlayuot = 'symlink'"), @"packhorse.toml, line 2: unknown field `layuot`, expected one of `description`, `layout`, `install_root`, `owner`, `render`, `variables`, `keep`, `data`, `lifecycle`, `health`, `process`, `cleanup`, `tags`, `metadata`, `needs`, `config`, `script`, `database`");
        insta::assert_snapshot!(error("install_root = '/a/../b'"), @"packhorse.toml, install_root: must be an absolute path such as /data/app/shop-web, without . and .. and not / itself");
        insta::assert_snapshot!(error("render = ['../x']"), @r#"packhorse.toml, render: "../x" is not a path inside the package"#);
        insta::assert_snapshot!(error("[lifecycle.stop]\ncommand = 'a/../../b'"), @"packhorse.toml, lifecycle.stop.command: must be a path inside the package, or an absolute path");
        insta::assert_snapshot!(error("[lifecycle.stop]\ncommand = 'a'\nenv = { 'a=b' = 'c' }"), @r#"packhorse.toml, lifecycle.stop.env: "a=b" is not a name of A-Z, 0-9 and _"#);
    }
}
