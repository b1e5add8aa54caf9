//! Why a text of SQL cannot be split with certainty. Whatever is in doubt is refused.

/// What is wrong, and at which byte.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SqlFault {
    /// Something that was begun does not end.
    #[error("{what} is not closed")]
    Unterminated {
        /// What was begun.
        what: &'static str,
        /// Where.
        at: usize,
    },
    /// Servers, or settings of a server, would read this differently.
    #[error("{what}")]
    Ambiguous {
        /// What is in doubt.
        what: &'static str,
        /// Where.
        at: usize,
    },
    /// A `DELIMITER` line that cannot be meant.
    #[error("{text:?} cannot be a delimiter")]
    Delimiter {
        /// What stands behind DELIMITER.
        text: String,
        /// Where.
        at: usize,
    },
    /// A routine whose body holds semicolons, without a delimiter that tells it from its end.
    #[error("a routine with BEGIN needs a DELIMITER of its own, since its body holds semicolons")]
    NeedsDelimiter {
        /// Where the statement begins.
        at: usize,
    },
    /// More than a file of SQL may have.
    #[error("the file has more than 8 MiB")]
    TooLarge,
    /// Not UTF-8.
    #[error("{what}")]
    Encoding {
        /// What it is instead.
        what: &'static str,
        /// Where.
        at: usize,
    },
}

impl SqlFault {
    /// The stable name of the rule that is broken.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Unterminated { .. } => "SQL_UNTERMINATED",
            Self::Ambiguous { .. } => "SQL_AMBIGUOUS",
            Self::Delimiter { .. } | Self::NeedsDelimiter { .. } => "SQL_DELIMITER",
            Self::TooLarge => "SQL_SIZE",
            Self::Encoding { .. } => "SQL_ENCODING",
        }
    }

    /// What to do.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unterminated { .. } => "close it; nothing behind it was looked at",
            Self::Ambiguous { .. } => {
                "write it so that it can be read in one way only; nothing behind it was looked at"
            }
            Self::Delimiter { .. } => "use one to eight punctuation characters alone on the line, such as DELIMITER //",
            Self::NeedsDelimiter { .. } => "put DELIMITER // before it, // behind its END, and DELIMITER ; after that",
            Self::TooLarge => "split it into several files, or load large data by other means",
            Self::Encoding { .. } => "save the file as UTF-8",
        }
    }

    /// The byte at which it is.
    #[must_use]
    pub fn at(&self) -> usize {
        match self {
            Self::Unterminated { at, .. }
            | Self::Ambiguous { at, .. }
            | Self::Delimiter { at, .. }
            | Self::NeedsDelimiter { at }
            | Self::Encoding { at, .. } => *at,
            Self::TooLarge => 0,
        }
    }

    /// The same, of a text that begins at `offset` of another.
    #[must_use]
    pub(super) fn moved(mut self, offset: usize) -> Self {
        match &mut self {
            Self::Unterminated { at, .. }
            | Self::Ambiguous { at, .. }
            | Self::Delimiter { at, .. }
            | Self::NeedsDelimiter { at }
            | Self::Encoding { at, .. } => *at += offset,
            Self::TooLarge => {}
        }
        self
    }
}
