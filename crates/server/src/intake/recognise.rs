//! What a package says about itself: `packhorse.toml`, and what is found by convention.

use std::io::Read as _;

use packhorse_content::{ContentSource, EntryKind, Tree};
use packhorse_model::api::packages::{Finding, Severity};
use packhorse_model::manifest::{self, Manifest};

use crate::error::ApiError;

/// The manifest of a tree, complete; and what should be better.
///
/// On a blocking thread.
pub(crate) fn recognise(tree: &Tree, source: &dyn ContentSource) -> Result<(Manifest, Vec<Finding>), ApiError> {
    let mut manifest = match tree.get(manifest::FILE_NAME).map(|entry| &entry.kind) {
        Some(EntryKind::File { size, digest }) => {
            let mut text = Vec::new();
            let reader = source.read(digest, *size).map_err(ApiError::internal)?;
            // One byte more than is allowed is enough to be refused.
            reader.take(manifest::MAX_BYTES as u64 + 1).read_to_end(&mut text).map_err(ApiError::internal)?;
            let text = String::from_utf8(text).map_err(|_| wrong("packhorse.toml is not UTF-8".to_owned()))?;
            Manifest::parse(&text).map_err(|error| wrong(error.to_string()))?
        }
        Some(_) => return Err(wrong("packhorse.toml is not a file".to_owned())),
        None => Manifest::default(),
    };
    let is_file = |path: &str| matches!(tree.get(path).map(|entry| &entry.kind), Some(EntryKind::File { .. }));
    manifest.fill_by_convention(is_file);
    for path in &manifest.render {
        if !is_file(path) {
            return Err(wrong(format!("packhorse.toml, render: {path:?} is not a file of the package")));
        }
    }
    for (name, command) in manifest.lifecycle.named().filter(|(_, command)| !command.command.starts_with('/')) {
        let path = &command.command;
        match tree.get(path) {
            Some(entry) if !is_file(path) || entry.mode & 0o111 != 0 => {}
            Some(_) => {
                return Err(ApiError::invalid("COMMAND_MODE", format!("{path}: the {name} command is not executable"))
                    .hint(format!("chmod +x {path} and pack again")));
            }
            None => {
                return Err(wrong(format!("packhorse.toml, lifecycle.{name}.command: {path:?} is not in the package")));
            }
        }
    }
    let mut findings = Vec::new();
    if manifest.lifecycle.start.is_none() {
        findings.push(Finding {
            rule: "NO_START".to_owned(),
            severity: Severity::Advice,
            place: String::new(),
            message: "the package has no start command, so a deployment only puts its files in place".to_owned(),
            hint: "add scripts/start.sh and scripts/stop.sh, or lifecycle.start to packhorse.toml".to_owned(),
        });
    } else if manifest.health.is_empty() {
        findings.push(Finding {
            rule: "NO_HEALTH_CHECK".to_owned(),
            severity: Severity::Warning,
            place: manifest::FILE_NAME.to_owned(),
            message: "the package has no health check, so that a version that starts and then fails is not noticed"
                .to_owned(),
            hint: "add [[health]] with http, port, process or command to packhorse.toml".to_owned(),
        });
    }
    Ok((manifest, findings))
}

fn wrong(message: String) -> ApiError {
    ApiError::invalid("MANIFEST", message)
        .hint("mend packhorse.toml and pack again; docs/package.md says what may be in it")
}
