//! Where something is in a package.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A file or folder of a package, and a place in it if one is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    /// Relative to the top of the package; empty for a text that is no file of one.
    pub path: String,
    /// Counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Counted from 1, in UTF-16 code units, as editors count. Never without a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
}

impl Place {
    /// A file or a folder as a whole.
    #[must_use]
    pub fn of(path: impl Into<String>) -> Self {
        Self { path: path.into(), line: None, column: None }
    }

    /// A line of a file; the file as a whole if the line is 0.
    #[must_use]
    pub fn line(path: impl Into<String>, line: usize) -> Self {
        Self { path: path.into(), line: u32::try_from(line).ok().filter(|line| *line > 0), column: None }
    }

    /// A column of a line of a file.
    #[must_use]
    pub fn column(path: impl Into<String>, line: u32, column: u32) -> Self {
        Self { path: path.into(), line: Some(line), column: Some(column) }
    }
}

/// `conf/a.json:2:1`, with as much as is known.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        [self.line, self.column].into_iter().flatten().try_for_each(|number| write!(f, ":{number}"))
    }
}
