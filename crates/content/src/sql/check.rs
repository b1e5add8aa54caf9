//! A whole text of SQL: its statements, and what speaks against running it.

use packhorse_model::api::packages::Severity;
use packhorse_model::manifest::Engine;

use super::fault::SqlFault;
use super::judge::judge;
use super::split::Splitter;
use super::statement::Statement;

/// The most bytes that a file of SQL may have.
pub const MAX_FILE_BYTES: u64 = 8 << 20;

/// Something that speaks against a text of SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concern {
    /// The stable name of the rule.
    pub rule: String,
    /// Whether it refuses the text.
    pub severity: Severity,
    /// The byte at which it begins.
    pub start: usize,
    /// The byte before which it ends.
    pub end: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Concern {
    pub(super) fn of_fault(fault: &SqlFault) -> Self {
        Self {
            rule: fault.rule().to_owned(),
            severity: Severity::Error,
            start: fault.at(),
            end: fault.at() + 1,
            message: fault.to_string(),
            hint: fault.hint().to_owned(),
        }
    }

    pub(super) fn moved(mut self, offset: usize) -> Self {
        self.start += offset;
        self.end += offset;
        self
    }
}

/// What reading a text came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// All of it was read.
    Whole,
    /// A fault ended it; the last concern says which.
    Part,
}

/// The text of a file: UTF-8, with its byte order mark taken off and without NUL.
///
/// # Errors
/// For any other encoding, and for more than 8 MiB.
pub fn decode(bytes: &[u8]) -> Result<&str, SqlFault> {
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(SqlFault::TooLarge);
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(SqlFault::Encoding { what: "this is UTF-16", at: 0 });
    }
    if let Some(at) = memchr::memchr(0, bytes) {
        return Err(SqlFault::Encoding { what: "this holds a NUL", at });
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| SqlFault::Encoding { what: "this is not UTF-8", at: error.valid_up_to() })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Goes through a text, gives each statement to `each`, and everything that speaks against the text to `concern`.
pub fn check<'t>(
    text: &'t str,
    engine: Engine,
    mut each: impl FnMut(&Statement<'t>),
    mut concern: impl FnMut(Concern),
) -> Read {
    // A text that did not come from a file may hold one as well.
    if let Some(at) = memchr::memchr(0, text.as_bytes()) {
        concern(Concern::of_fault(&SqlFault::Encoding { what: "this holds a NUL", at }));
        return Read::Part;
    }
    for statement in Splitter::new(text, engine) {
        match statement {
            Ok(statement) => {
                judge(&statement).into_iter().for_each(&mut concern);
                each(&statement);
            }
            Err(fault) => {
                concern(Concern::of_fault(&fault));
                return Read::Part;
            }
        }
    }
    Read::Whole
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
