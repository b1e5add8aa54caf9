//! What is wrong, or should be better, about a version before it is pushed: its name, its manifest, and whether the one fits the
//! files that it speaks of; and the table of all rules. Rules of archives and of text are checked by `packhorse-content`.
//!
//! A rule's name is stable, so that scripts and documentation can refer to it.

mod rule;
pub mod rules;

pub use rule::Rule;

use crate::api::Place;
use crate::api::packages::Finding;
use crate::filename::{FileName, FileNameError};
use crate::kind::PackageKind;
use crate::manifest::{Command, FILE_NAME, Lifecycle, Manifest, ManifestError, Probe, conventional_files};
use crate::version::VersionNumber;
use rules::{names, packages};

/// What lies at a path of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A regular file.
    File {
        /// Whether anyone may run it.
        is_executable: bool,
    },
    /// A link, which may lead to a file.
    Link,
    /// A folder.
    Folder,
}

/// What a file name lacks.
#[must_use]
pub fn file_name_fault(error: &FileNameError) -> Finding {
    let rule = match error {
        FileNameError::Extension { .. } => &names::NAME_EXTENSION,
        FileNameError::Form { .. } => &names::NAME_FORM,
    };
    rule.broken(error.to_string())
}

/// What should be better about a file name that can be read.
#[must_use]
pub fn file_name(name: &FileName) -> Vec<Finding> {
    let mut findings = version(&name.version);
    if name.build.is_none() {
        findings.push(names::NAME_BUILD.broken("the name does not say the build"));
    }
    findings
}

/// What should be better about a version number.
#[must_use]
pub fn version(number: &VersionNumber) -> Vec<Finding> {
    let message = || format!("the version {number} is not of three groups of digits");
    if number.is_three_groups() { Vec::new() } else { vec![names::NAME_VERSION.broken(message())] }
}

/// Why a manifest cannot be read.
#[must_use]
pub fn manifest_fault(error: &ManifestError) -> Finding {
    let (rule, line) = match error {
        ManifestError::Syntax { line, .. } => (&packages::MANIFEST_SYNTAX, *line),
        ManifestError::TooLarge => (&packages::MANIFEST_SIZE, 0),
        ManifestError::Value { .. } => (&packages::MANIFEST_VALUE, 0),
    };
    rule.at(Place::line(FILE_NAME, line), error.to_string())
}

/// Whether the manifest fits the files of a package of this kind. `at` tells what lies at a path.
#[must_use]
pub fn content(manifest: &Manifest, kind: PackageKind, at: &dyn Fn(&str) -> Option<Found>) -> Vec<Finding> {
    let is_file = |path: &str| matches!(at(path), Some(Found::File { .. }));
    let mut filled = manifest.clone();
    if kind == PackageKind::File {
        filled.fill_by_convention(is_file);
    }
    let mut findings = Vec::new();
    for (name, command) in filled.lifecycle.named() {
        findings.extend(command_fault(&format!("lifecycle.{name}"), command, at));
    }
    if kind == PackageKind::File {
        findings.extend(ambiguities(&manifest.lifecycle, at));
    }
    let missing = |path: &str| format!("{path:?} is not a file of the package");
    let rendered = manifest.render.iter().chain(&manifest.variables.files).filter(|path| !is_file(path));
    findings.extend(rendered.map(|path| packages::RENDER_MISSING.at(Place::of(FILE_NAME), missing(path))));
    let config = manifest.config.iter().filter(|file| !is_file(&file.file));
    findings.extend(config.map(|file| packages::CONFIG_MISSING.at(Place::of(FILE_NAME), missing(&file.file))));
    for check in &manifest.health {
        if let Probe::Command(path) = &check.probe {
            findings.extend(command_fault("health.command", &Command::of_file(path), at));
        }
    }
    if kind == PackageKind::File {
        findings.extend(omissions(&filled));
    }
    findings
}

fn command_fault(key: &str, command: &Command, at: &dyn Fn(&str) -> Option<Found>) -> Option<Finding> {
    let path = &command.command;
    if path.starts_with('/') {
        return None;
    }
    match at(path) {
        Some(Found::File { is_executable: true } | Found::Link) => None,
        Some(Found::File { is_executable: false }) => {
            Some(packages::COMMAND_MODE.at(Place::of(path), format!("{key}: {path:?} may not be run by anyone")))
        }
        Some(Found::Folder) | None => {
            let message = format!("{key}: {path:?} is not a file of the package");
            Some(packages::COMMAND_MISSING.at(Place::of(FILE_NAME), message))
        }
    }
}

/// Commands for which more than one file stands by convention, and the manifest does not choose.
fn ambiguities(given: &Lifecycle, at: &dyn Fn(&str) -> Option<Found>) -> Vec<Finding> {
    let chosen: Vec<&str> = given.named().map(|(name, _)| name).collect();
    let open = Lifecycle::names().into_iter().filter(|name| !chosen.contains(name));
    open.filter_map(|name| {
        let files: Vec<String> =
            conventional_files(name).filter(|path| matches!(at(path), Some(Found::File { .. }))).collect();
        let [used, others @ ..] = &files[..] else { return None };
        if others.is_empty() {
            return None;
        }
        let message = format!("lifecycle.{name}: {used:?} is used, and {:?} stands for the same", others.join(", "));
        Some(packages::COMMAND_AMBIGUOUS.at(Place::of(used), message))
    })
    .collect()
}

/// What a package that runs should say and does not.
fn omissions(filled: &Manifest) -> Vec<Finding> {
    let Lifecycle { start, stop, validate, .. } = &filled.lifecycle;
    if start.is_none() {
        let message = "the package has no start command, so that a deployment only puts its files in place";
        return vec![packages::NO_START.broken(message)];
    }
    let mut findings = Vec::new();
    if stop.is_none() {
        findings.push(packages::NO_STOP.broken("the package can be started and not stopped"));
    }
    if filled.health.is_empty() && validate.is_none() {
        let message = "the package has no health check, so that a version that starts and then fails is not noticed";
        findings.push(packages::NO_HEALTH_CHECK.broken(message));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: Option<Found> = Some(Found::File { is_executable: true });

    fn rules(manifest: &str, at: impl Fn(&str) -> Option<Found>) -> String {
        let findings = content(&Manifest::parse(manifest).unwrap(), PackageKind::File, &at);
        let place = |finding: &Finding| finding.place.as_ref().map_or("-".to_owned(), ToString::to_string);
        findings.iter().map(|f| format!("{} {} {}", f.rule, place(f), f.message)).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_package_that_says_all_is_not_complained_about() {
        let manifest = "render = ['a.conf']\n[[health]]\nport = 80";
        assert_eq!(
            rules(manifest, |path| if ["a.conf", "bin/start.sh", "bin/stop.sh"].contains(&path) { RUN } else { None }),
            ""
        );
    }

    #[test]
    fn what_does_not_fit_the_files_is_named() {
        let manifest = "render = ['a.conf']\n[lifecycle.start]\ncommand = 'run'\n[lifecycle.stop]\ncommand = '/bin/true'\n[[health]]\ncommand = 'check'";
        let at = |path: &str| match path {
            "check" => Some(Found::File { is_executable: false }),
            "scripts/post_start.sh" | "bin/post-start.sh" => RUN,
            "a.conf" => Some(Found::Folder),
            _ => None,
        };
        insta::assert_snapshot!(rules(manifest, at), @r#"
        COMMAND_MISSING packhorse.toml lifecycle.start: "run" is not a file of the package
        COMMAND_AMBIGUOUS scripts/post_start.sh lifecycle.post_start: "scripts/post_start.sh" is used, and "bin/post-start.sh" stands for the same
        RENDER_MISSING packhorse.toml "a.conf" is not a file of the package
        COMMAND_MODE check health.command: "check" may not be run by anyone
        "#);
    }

    #[test]
    fn silence_about_health_is_pointed_out() {
        insta::assert_snapshot!(rules("", |path| if path == "scripts/start.sh" { RUN } else { None }), @r"
        NO_STOP - the package can be started and not stopped
        NO_HEALTH_CHECK - the package has no health check, so that a version that starts and then fails is not noticed
        ");
    }

    #[test]
    fn names_are_looked_at() {
        let rules = |name: &str| match FileName::parse(name) {
            Ok(name) => file_name(&name).into_iter().map(|finding| finding.rule).collect::<Vec<_>>(),
            Err(error) => vec![file_name_fault(&error).rule],
        };
        assert_eq!(rules("shop_1.0.0_1.zip"), Vec::<String>::new());
        assert_eq!(rules("shop_1.0.zip"), ["NAME_VERSION", "NAME_BUILD"]);
        assert_eq!(rules("shop.zip"), ["NAME_FORM"]);
        assert_eq!(rules("shop_1.0.0.rar"), ["NAME_EXTENSION"]);
    }
}
