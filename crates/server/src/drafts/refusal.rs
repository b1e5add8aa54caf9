//! Why a change of a draft is refused.

use packhorse_content::archive::Refused;
use packhorse_content::path::PathError;

use crate::error::ApiError;

/// Why a change is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Something else is at these paths than was expected.
    Conflict(Vec<String>),
    /// What no package may hold, by the same rules as for archives.
    Rule(Refused),
    /// A mode that is none.
    Mode(String),
    /// A link has no mode of its own.
    ModeOfLink(String),
    /// Only a file can be written.
    NotAFile(String),
    /// Only a directory can hold others.
    NotADirectory(String),
    /// A directory cannot be moved or copied into itself.
    IntoItself(String),
    /// The top of a package is always there.
    Top,
    /// No operation, or too many.
    Count,
}

/// The most operations of one batch.
pub(crate) const MOST_OPERATIONS: usize = 1000;

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        Self::Rule(refused)
    }
}

impl From<PathError> for Refusal {
    fn from(error: PathError) -> Self {
        Self::Rule(packhorse_content::archive::Fault::from(error).into())
    }
}

/// A rule of archives that was broken, as clients are told.
pub(crate) fn broken_rule(refused: &Refused) -> ApiError {
    ApiError::invalid(refused.fault.code(), refused.to_string()).hint(refused.fault.hint())
}

impl Refusal {
    /// As clients are told; for conflicts, see [`super::DraftError`].
    pub(crate) fn into_api(self) -> ApiError {
        match self {
            Self::Conflict(paths) => {
                ApiError::conflict("draft_conflict", "somebody else changed the same paths").detail(paths.join(", "))
            }
            Self::Rule(refused) => broken_rule(&refused),
            Self::Mode(mode) => ApiError::invalid("draft_mode", format!("{mode:?} is not a mode"))
                .hint("write it in octal, as in 644 or 755"),
            Self::ModeOfLink(path) => ApiError::invalid("draft_mode", format!("{path:?} is a link, which has no mode"))
                .hint("change the mode of what it leads to"),
            Self::NotAFile(path) => ApiError::invalid("draft_not_a_file", format!("{path:?} is not a file"))
                .hint("delete or move what is there first, or choose another path"),
            Self::NotADirectory(path) => {
                ApiError::invalid("draft_not_a_directory", format!("{path:?} is not a directory"))
                    .hint("delete or move what is there first, or choose another path")
            }
            Self::IntoItself(path) => ApiError::invalid("draft_into_itself", format!("{path:?} cannot go into itself"))
                .hint("choose a directory outside of it"),
            Self::Top => ApiError::invalid(
                "draft_top",
                "the top of the package cannot be moved, copied, deleted or given a mode",
            )
            .hint("name an entry in it; clear_directory with an empty path empties the package"),
            Self::Count => {
                ApiError::invalid("draft_operations", format!("a batch has 1 to {MOST_OPERATIONS} operations"))
                    .hint("send several batches")
            }
        }
    }
}
