//! What is wrong, or should be better, about a version before it is pushed: its name, its manifest, and whether the one fits the
//! files that it speaks of. Rules of archives themselves are `packhorse-content`'s.
//!
//! A rule's name is stable, so that scripts and documentation can refer to it.

use crate::api::packages::{Finding, Severity};
use crate::filename::{FileName, FileNameError};
use crate::manifest::{Command, FILE_NAME, Lifecycle, Manifest, ManifestError, Probe, conventional_files};
use crate::version::VersionNumber;

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
    let (rule, hint) = match error {
        FileNameError::Extension { .. } => {
            ("NAME_EXTENSION", "pack it as one of these; the extension must say what the bytes are")
        }
        FileNameError::Form { .. } => ("NAME_FORM", "rename the file, or say both with --name and --version"),
    };
    finding(rule, Severity::Error, "", error.to_string(), hint)
}

/// What should be better about a file name that can be read.
#[must_use]
pub fn file_name(name: &FileName) -> Vec<Finding> {
    let mut findings = version(&name.version);
    if name.build.is_none() {
        findings.push(finding(
            "NAME_BUILD",
            Severity::Advice,
            "",
            "the name does not say the build".to_owned(),
            "add it behind the version, as in shop-web_1.0.0_20261101001.tar.gz, so that two builds can be told apart",
        ));
    }
    findings
}

/// What should be better about a version number.
#[must_use]
pub fn version(number: &VersionNumber) -> Vec<Finding> {
    if number.is_three_groups() {
        return Vec::new();
    }
    vec![finding(
        "NAME_VERSION",
        Severity::Advice,
        "",
        format!("the version {number} is not of three groups of digits"),
        "number releases as 1.0.0 if tools of the application release specification read them",
    )]
}

/// Why a manifest cannot be read.
#[must_use]
pub fn manifest_fault(error: &ManifestError) -> Finding {
    let rule = match error {
        ManifestError::Syntax { .. } => "MANIFEST_SYNTAX",
        ManifestError::TooLarge => "MANIFEST_SIZE",
        ManifestError::Value { .. } => "MANIFEST_VALUE",
    };
    finding(rule, Severity::Error, FILE_NAME, error.to_string(), "correct packhorse.toml at the top of the package")
}

/// Whether the manifest fits the files of the package. `at` tells what lies at a path.
#[must_use]
pub fn content(manifest: &Manifest, at: impl Fn(&str) -> Option<Found>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut filled = manifest.clone();
    filled.fill_by_convention(|path| matches!(at(path), Some(Found::File { .. })));
    for (name, command) in filled.lifecycle.named() {
        findings.extend(command_fault(&format!("lifecycle.{name}"), command, &at));
    }
    findings.extend(ambiguities(&manifest.lifecycle, &at));
    for path in &manifest.render {
        if !matches!(at(path), Some(Found::File { .. })) {
            findings.push(finding(
                "RENDER_MISSING",
                Severity::Error,
                "render",
                format!("{path:?} is not a file of the package"),
                "correct the path, which is relative to the top of the package, or add the file",
            ));
        }
    }
    for check in &manifest.health {
        if let Probe::Command(path) = &check.probe {
            findings.extend(command_fault("health.command", &Command::of_file(path), &at));
        }
    }
    findings.extend(omissions(&filled));
    findings
}

fn command_fault(place: &str, command: &Command, at: &impl Fn(&str) -> Option<Found>) -> Option<Finding> {
    let path = &command.command;
    if path.starts_with('/') {
        return None;
    }
    match at(path) {
        Some(Found::File { is_executable: true } | Found::Link) => None,
        Some(Found::File { is_executable: false }) => Some(finding(
            "COMMAND_MODE",
            Severity::Error,
            place,
            format!("{path:?} may not be run by anyone"),
            "set its mode before packing: chmod 755",
        )),
        Some(Found::Folder) | None => Some(finding(
            "COMMAND_MISSING",
            Severity::Error,
            place,
            format!("{path:?} is not a file of the package"),
            "correct the path, which is relative to the top of the package, or add the file",
        )),
    }
}

/// Commands for which more than one file stands by convention, and the manifest does not choose.
fn ambiguities(given: &Lifecycle, at: &impl Fn(&str) -> Option<Found>) -> Vec<Finding> {
    let chosen: Vec<&str> = given.named().map(|(name, _)| name).collect();
    let open = Lifecycle::names().into_iter().filter(|name| !chosen.contains(name));
    open.filter_map(|name| {
        let files: Vec<String> =
            conventional_files(name).filter(|path| matches!(at(path), Some(Found::File { .. }))).collect();
        let [used, others @ ..] = &files[..] else { return None };
        if others.is_empty() {
            return None;
        }
        Some(finding(
            "COMMAND_AMBIGUOUS",
            Severity::Warning,
            &format!("lifecycle.{name}"),
            format!("{used:?} is used, and {:?} stands for the same", others.join(", ")),
            "keep one of them, or name the command in packhorse.toml",
        ))
    })
    .collect()
}

/// What a package that runs should say and does not.
fn omissions(filled: &Manifest) -> Vec<Finding> {
    let Lifecycle { start, stop, validate, .. } = &filled.lifecycle;
    if start.is_none() {
        let message = "the package has no start command, so that a deployment only puts its files in place".to_owned();
        let hint = "add scripts/start.sh and scripts/stop.sh, or lifecycle.start to packhorse.toml";
        return vec![finding("NO_START", Severity::Advice, "", message, hint)];
    }
    let mut findings = Vec::new();
    if stop.is_none() {
        let message = "the package can be started and not stopped".to_owned();
        findings.push(finding("NO_STOP", Severity::Warning, "", message, "add scripts/stop.sh"));
    }
    if filled.health.is_empty() && validate.is_none() {
        let message = "the package has no health check, so that a version that starts and then fails is not noticed";
        let hint = "add [[health]] with http, port, process or command to packhorse.toml";
        findings.push(finding("NO_HEALTH_CHECK", Severity::Warning, FILE_NAME, message.to_owned(), hint));
    }
    findings
}

fn finding(rule: &str, severity: Severity, place: &str, message: String, hint: &str) -> Finding {
    Finding { rule: rule.to_owned(), severity, place: place.to_owned(), message, hint: hint.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: Option<Found> = Some(Found::File { is_executable: true });

    fn rules(manifest: &str, at: impl Fn(&str) -> Option<Found>) -> String {
        let findings = content(&Manifest::parse(manifest).unwrap(), at);
        findings.iter().map(|f| format!("{} {}: {}", f.rule, f.place, f.message)).collect::<Vec<_>>().join("\n")
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
        COMMAND_MISSING lifecycle.start: "run" is not a file of the package
        COMMAND_AMBIGUOUS lifecycle.post_start: "scripts/post_start.sh" is used, and "bin/post-start.sh" stands for the same
        RENDER_MISSING render: "a.conf" is not a file of the package
        COMMAND_MODE health.command: "check" may not be run by anyone
        "#);
    }

    #[test]
    fn silence_about_health_is_pointed_out() {
        insta::assert_snapshot!(rules("", |path| if path == "scripts/start.sh" { RUN } else { None }), @r"
        NO_STOP : the package can be started and not stopped
        NO_HEALTH_CHECK packhorse.toml: the package has no health check, so that a version that starts and then fails is not noticed
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
