//! Why an archive is refused: a stable code, the entry, what is wrong, and what to do about it.

use std::io;

use packhorse_model::api::Place;
use packhorse_model::api::packages::{Finding, Severity};

use crate::path::{PathError, PathFault, shorten};
use crate::tree::TreeError;

/// What is wrong with an archive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The extension says one thing, the bytes another.
    #[error("the name says {named}, but the bytes are {found}")]
    Format {
        /// The format by the extension.
        named: &'static str,
        /// The format by the first bytes.
        found: &'static str,
    },
    /// A path that no package may have.
    #[error("{0}")]
    Path(#[from] PathError),
    /// One path twice.
    #[error("the path is there twice")]
    Duplicate,
    /// Two paths that are one on some file system.
    #[error("the path differs from {other:?} only in case or in how its characters are composed")]
    Collision {
        /// The path that was there first.
        other: String,
    },
    /// A symbolic link that leads out, an entry below a link, or a hard link to anything but an earlier regular file.
    #[error("{why}")]
    Link {
        /// What is wrong with it.
        why: String,
    },
    /// A device, a FIFO or a socket.
    #[error("it is a {kind}, which no package may hold")]
    Special {
        /// What it is.
        kind: &'static str,
    },
    /// Two places give two sizes, or the size is not the one that was announced.
    #[error("{why}")]
    Size {
        /// Which sizes.
        why: String,
    },
    /// Valid, perhaps, but nothing that Packhorse reads.
    #[error("{what}")]
    Unsupported {
        /// What it is.
        what: String,
    },
    /// A decompression bomb.
    #[error("it unpacks to more than {} times its packed size", super::limits::MAX_RATIO)]
    Ratio,
    /// More than this server accepts.
    #[error("{what}")]
    Limit {
        /// Of what.
        what: String,
    },
    /// The end is missing.
    #[error("it ends in the middle: {what}")]
    Truncated {
        /// What is missing.
        what: &'static str,
    },
    /// Something follows the end.
    #[error("{what}")]
    Trailing {
        /// What follows.
        what: &'static str,
    },
    /// Damaged.
    #[error("it is damaged: {why}")]
    Corrupt {
        /// How that shows.
        why: String,
    },
    /// The list at the end of a zip does not tell the same as the entries.
    #[error("the zip contradicts itself: {why}")]
    Contradiction {
        /// Where.
        why: String,
    },
    /// No entries.
    #[error("there is nothing in it")]
    Empty,
}

impl Fault {
    /// The stable code, for programs and documentation.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Format { .. } => "PKG_FORMAT",
            Self::Path(error) if error.fault() == PathFault::Marker => "PKG_RESERVED",
            Self::Path(_) => "PKG_PATH",
            Self::Duplicate => "PKG_DUPLICATE",
            Self::Collision { .. } => "PKG_COLLISION",
            Self::Link { .. } => "PKG_LINK",
            Self::Special { .. } => "PKG_SPECIAL",
            Self::Size { .. } => "PKG_SIZE",
            Self::Unsupported { .. } => "PKG_UNSUPPORTED",
            Self::Ratio => "PKG_RATIO",
            Self::Limit { .. } => "PKG_LIMIT",
            Self::Truncated { .. } => "PKG_TRUNCATED",
            Self::Trailing { .. } => "PKG_TRAILING",
            Self::Corrupt { .. } => "PKG_CORRUPT",
            Self::Contradiction { .. } => "PKG_ZIP",
            Self::Empty => "PKG_EMPTY",
        }
    }

    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Format { .. } => "rename the file to what it is, or pack it again in the format that its name says",
            Self::Path(_) => "rename it, then pack the folder again from inside, with relative paths only",
            Self::Duplicate => "pack into a new archive in place of appending to an old one",
            Self::Collision { .. } => "rename one of the two",
            Self::Link { .. } => "use relative links that stay inside the package, and put files in real folders",
            Self::Special { .. } => "let the install script create it on the host",
            Self::Size { .. } | Self::Contradiction { .. } => {
                "pack it again with a common tool such as tar or zip; do not use it as it is: it may show different content to different tools"
            }
            Self::Unsupported { .. } => {
                "pack it again as a plain .tar.gz or .zip, without encryption, sparse files or volumes"
            }
            Self::Ratio => "leave out empty filler files, or create them in the install script",
            Self::Limit { .. } => "split the package, or ask the administrator to raise the limit",
            Self::Truncated { .. } | Self::Corrupt { .. } => {
                "copy or download it again, and compare its SHA-256 with the sender's"
            }
            Self::Trailing { .. } => {
                "pack it again as one stream: cat and parallel packers write several into one file"
            }
            Self::Empty => "check the folder that was packed",
        }
    }
}

/// An archive was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{fault}", .entry.as_ref().map(|entry| format!("{entry:?}: ")).unwrap_or_default())]
pub struct Refused {
    /// The entry that is at fault, if it is one; shortened.
    pub entry: Option<String>,
    /// What is wrong.
    pub fault: Fault,
}

impl Refused {
    /// A fault of one entry.
    #[must_use]
    pub fn entry(entry: impl AsRef<str>, fault: Fault) -> Self {
        Self { entry: Some(shorten(entry.as_ref())), fault }
    }
}

impl From<&Refused> for Finding {
    fn from(refused: &Refused) -> Self {
        Self {
            rule: refused.fault.code().to_owned(),
            severity: Severity::Error,
            place: refused.entry.clone().map(Place::of),
            message: refused.fault.to_string(),
            hint: refused.fault.hint().to_owned(),
        }
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self { entry: None, fault }
    }
}

/// Reading an archive did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The archive is at fault.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The input could not be read, or what was read could not be stored.
    #[error("the archive could not be read or stored: {0}")]
    Io(#[from] io::Error),
}

impl From<Fault> for ArchiveError {
    fn from(fault: Fault) -> Self {
        Self::Refused(fault.into())
    }
}

impl ArchiveError {
    /// Names the entry, if the fault does not name one yet.
    #[must_use]
    pub(crate) fn at(self, entry: &str) -> Self {
        match self {
            // The message of a path shows the path.
            Self::Refused(Refused { entry: None, fault }) if !matches!(fault, Fault::Path(_)) => {
                Self::Refused(Refused::entry(entry, fault))
            }
            other => other,
        }
    }
}

impl From<TreeError> for Refused {
    fn from(error: TreeError) -> Self {
        let why = error.to_string();
        match error {
            TreeError::Duplicate(path) => Self::entry(path.as_str(), Fault::Duplicate),
            TreeError::Link { path, target, fault } => {
                Self::entry(path.as_str(), Fault::Link { why: format!("the link to {:?} {fault}", target.as_str()) })
            }
            TreeError::BelowNonDirectory(path) => Self::entry(path.as_str(), below_non_directory()),
            TreeError::NoParent(path) | TreeError::Mode(path) => Self::entry(path.as_str(), Fault::Corrupt { why }),
            TreeError::TooLarge => Fault::Limit { what: why }.into(),
        }
    }
}

pub(crate) fn below_non_directory() -> Fault {
    Fault::Link { why: "it lies below a file or a link, not in a folder".to_owned() }
}
