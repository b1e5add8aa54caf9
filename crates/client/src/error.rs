//! What can go wrong between a client and a server: the server said so, the server could not be reached, or what came back
//! is nothing that this client understands.

use std::error::Error;
use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

use packhorse_model::problem::Problem;

/// Why a request came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server refused or failed, and says why.
    #[error("{}", .0.title)]
    Problem(Box<Problem>),
    /// No answer: no connection, or the connection broke.
    #[error("could not reach the server at {url}")]
    Unreachable {
        /// The server.
        url: String,
        /// What happened, from the outermost to the innermost cause.
        cause: String,
    },
    /// An answer that a Packhorse server does not give.
    #[error("{url} answered with something that is not Packhorse's: {message}")]
    Unexpected {
        /// What was asked.
        url: String,
        /// What is strange about the answer.
        message: String,
    },
    /// A local file could not be read or written.
    #[error("could not {doing} {}", path.display())]
    File {
        /// `read`, `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another process downloads to the same file.
    #[error("another download to {} is running", path.display())]
    Busy {
        /// The file that both write.
        path: PathBuf,
    },
    /// All bytes came, and they are not the ones that were asked for.
    #[error("the bytes that came for {what} are not the right ones: SHA-256 is {found}, not {expected}")]
    Corrupt {
        /// What was asked for.
        what: String,
        /// What its SHA-256 should be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// No HTTP client could be made.
    #[error("could not set up HTTP: {0}")]
    Setup(String),
}

/// Why a text is not the address of a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not the address of a server: {rule}")]
pub struct UrlError {
    pub(crate) text: String,
    pub(crate) rule: &'static str,
}

impl ClientError {
    /// The problem, if the server named one.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            _ => None,
        }
    }

    pub(crate) fn unreachable(url: &reqwest::Url, error: &reqwest::Error) -> Self {
        Self::Unreachable { url: url.origin().ascii_serialization(), cause: causes(error) }
    }

    pub(crate) fn unexpected(url: &reqwest::Url, message: impl Into<String>) -> Self {
        let mut url = url.clone();
        url.set_query(None);
        Self::Unexpected { url: url.to_string(), message: message.into() }
    }
}

/// The causes below an error, without what repeats the one above or names only the layer that it passed; the error's own text
/// names only the request.
fn causes(error: &dyn Error) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        let line = error.to_string();
        if !text.ends_with(&line) && !line.starts_with("client error (") {
            let separator = if text.is_empty() { "" } else { ": " };
            let _ = write!(text, "{separator}{line}");
        }
        cause = error.source();
    }
    if text.is_empty() { error.to_string() } else { text }
}
