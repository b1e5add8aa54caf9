//! Manifests of other systems, as far as `packhorse.toml` can say the same: TARS's `init.xml` with `service.yaml` and `clear.conf`, and
//! ServiceStage's `appspec.yml`.
//!
//! What is not taken over is said, by line; nothing of it is lost in silence, and nothing is guessed.

mod appspec;
mod clear;
mod tars;

use std::borrow::Cow;
use std::collections::BTreeMap;

use packhorse_model::api::Place;
use packhorse_model::api::packages::Finding;
use packhorse_model::lint::rules::packages;
use packhorse_model::manifest::Manifest;

use crate::syntax::SyntaxError;

/// The names of the files that are understood, in the order in which they are looked for.
pub const FILES: [&str; 3] = ["init.xml", "appspec.yml", "appspec.yaml"];

/// Files that say more beside them.
pub const COMPANIONS: [&str; 4] = ["service.yaml", "conf/service.yaml", "clear.conf", "admin/data/clear.conf"];

/// What was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The same in our words.
    pub manifest: Manifest,
    /// What was taken and what was not.
    pub findings: Vec<Finding>,
}

/// A file that cannot be understood at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Not one of [`FILES`].
    #[error("{0:?} is not a manifest that is understood: init.xml or appspec.yml")]
    Unknown(String),
    /// Larger than anything that people write.
    #[error("{0} has more than 1 MiB")]
    TooLarge(String),
    /// Not what it should be.
    #[error("{file}, {error}")]
    Syntax {
        /// The file.
        file: String,
        /// Where and why.
        error: SyntaxError,
    },
}

/// Reads the manifest `name` out of `files`, which has it and what lies beside it. `has_file` tells what the package holds.
///
/// # Errors
/// When it cannot be understood at all.
pub fn import(
    name: &str,
    files: &BTreeMap<String, Vec<u8>>,
    has_file: &dyn Fn(&str) -> bool,
) -> Result<Imported, ImportError> {
    let text = |file: &str| -> Result<Option<Cow<'_, str>>, ImportError> {
        match files.get(file) {
            Some(bytes) if bytes.len() > crate::syntax::MAX_BYTES => Err(ImportError::TooLarge(file.to_owned())),
            Some(bytes) => Ok(Some(decode(bytes))),
            None => Ok(None),
        }
    };
    let unknown = || ImportError::Unknown(name.to_owned());
    let mut notes = Notes { file: name.to_owned(), findings: Vec::new() };
    let mut manifest = Manifest::default();
    let main = text(name)?.ok_or_else(unknown)?;
    match name.rsplit('/').next().unwrap_or_default() {
        "init.xml" => {
            tars::init(&main, has_file, &mut manifest, &mut notes);
            for companion in COMPANIONS {
                let Some(text) = text(companion)? else { continue };
                notes.file = companion.to_owned();
                if companion.ends_with(".conf") {
                    clear::rules(text.lines().enumerate(), &mut manifest, &mut notes);
                } else {
                    let error = |error| ImportError::Syntax { file: companion.to_owned(), error };
                    tars::service(&text, &mut manifest, &mut notes).map_err(error)?;
                }
            }
        }
        "appspec.yml" | "appspec.yaml" => {
            let error = |error| ImportError::Syntax { file: name.to_owned(), error };
            appspec::read(&main, &mut manifest, &mut notes).map_err(error)?;
        }
        _ => return Err(unknown()),
    }
    Ok(Imported { manifest, findings: notes.findings })
}

/// The text of a file that is UTF-8, or else GB18030, as files of these systems are.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::GB18030.decode(bytes).0,
    }
}

/// Says what was taken and what was not.
struct Notes {
    file: String,
    findings: Vec<Finding>,
}

impl Notes {
    /// Something was taken over.
    fn taken(&mut self, line: usize, what: &str) {
        self.findings.push(packages::IMPORT_TAKEN.at(Place::line(&self.file, line), format!("taken over: {what}")));
    }

    /// Something was not taken over.
    fn left(&mut self, line: usize, what: &str, hint: &str) {
        let finding = packages::IMPORT_LEFT.at(Place::line(&self.file, line), format!("not taken over: {what}"));
        self.findings.push(Finding { hint: hint.to_owned(), ..finding });
    }
}
