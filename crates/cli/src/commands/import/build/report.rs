//! What an import came to, file by file.

use packhorse_model::api::packages::{Finding, Severity};
use packhorse_model::{PackageName, VersionNumber};
use serde::Serialize;

use crate::error::{CommandError, Shown};
use crate::output::{count, harmless};

/// What became of all files.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) directory: String,
    /// Whether this is only what would happen.
    pub(super) is_dry_run: bool,
    /// By path.
    pub(super) files: Vec<FileReport>,
    /// Files whose names are not meant.
    pub(super) others: u64,
}

/// What became of a file.
#[derive(Debug, Serialize)]
pub(super) struct FileReport {
    pub(super) path: String,
    pub(super) package: Option<PackageName>,
    pub(super) version: Option<VersionNumber>,
    pub(super) buildstamp: Option<String>,
    #[serde(rename = "type")]
    pub(super) subtype: Option<&'static str>,
    pub(super) installrank: Option<i64>,
    pub(super) outcome: Outcome,
    /// What should be better about the package.
    pub(super) warnings: Vec<Finding>,
    pub(super) problem: Option<Trouble>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// It is a version now.
    Imported,
    /// It was one; its attributes were changed.
    Updated,
    /// It was one, with these bytes and attributes.
    Unchanged,
    /// It is none.
    Failed,
}

/// Why not.
#[derive(Debug, Serialize)]
pub(super) struct Trouble {
    pub(super) message: String,
    pub(super) detail: Option<String>,
    pub(super) hint: Option<String>,
}

impl From<CommandError> for Trouble {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Shown(shown) => {
                let Shown { message, detail, hint, .. } = *shown;
                Self { message, detail, hint }
            }
            CommandError::BrokenPipe => Self { message: "the output was closed".to_owned(), detail: None, hint: None },
        }
    }
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
        }
    }
}

impl Report {
    /// How many files came to this.
    pub(super) fn number(&self, outcome: Outcome) -> usize {
        self.files.iter().filter(|file| file.outcome == outcome).count()
    }

    /// A line for each file, and why where it failed.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for file in &self.files {
            let version = file.package.as_ref().zip(file.version.as_ref());
            let version = version.map(|(package, version)| format!("{package}@{version}  ")).unwrap_or_default();
            let subtype = file.subtype.map(|subtype| format!("({subtype})  ")).unwrap_or_default();
            let rank = file.installrank.map(|rank| format!("rank {rank}  ")).unwrap_or_default();
            text.push_str(&format!("{:<10} {version}{subtype}{rank}{}\n", file.outcome.word(), harmless(&file.path)));
            for warning in file.warnings.iter().filter(|warning| warning.severity == Severity::Warning) {
                text.push_str(&format!("           warning: {} [{}]\n", harmless(&warning.message), warning.rule));
            }
            let Some(trouble) = &file.problem else { continue };
            text.push_str(&format!("           {}\n", harmless(&trouble.message)));
            for line in trouble.detail.iter().flat_map(|detail| detail.lines()) {
                text.push_str(&format!("           {}\n", harmless(line)));
            }
            if let Some(hint) = &trouble.hint {
                text.push_str(&format!("           hint: {}\n", harmless(hint)));
            }
        }
        text
    }

    /// All of it in a line.
    pub(super) fn summary(&self) -> String {
        let outcomes = [Outcome::Imported, Outcome::Updated, Outcome::Unchanged, Outcome::Failed];
        let parts = outcomes.map(|outcome| (self.number(outcome), outcome.word()));
        let parts: Vec<_> = parts.into_iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
        let others = match self.others {
            0 => String::new(),
            n => format!("; {} not meant", count(n, "file")),
        };
        format!("{}{others}", parts.join(", "))
    }
}
