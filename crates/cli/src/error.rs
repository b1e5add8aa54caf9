//! An error as a person reads it: what, where, and what to do next; with the exit code that a script reads.

use std::io;

use packhorse_client::ClientError;
use packhorse_model::problem::Problem;

use crate::exit::Exit;

/// Why a command came to nothing.
#[derive(Debug)]
pub(crate) enum CommandError {
    /// To be shown.
    Shown(Box<Shown>),
    /// Whoever read our output has gone; there is nobody to tell.
    BrokenPipe,
}

/// An error to be shown.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    pub(crate) detail: Option<String>,
    pub(crate) hint: Option<String>,
}

impl CommandError {
    /// A failure in a sentence.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self::Shown(Box::new(Shown { exit, message: message.into(), detail: None, hint: None }))
    }

    /// A failure with exit code 1.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    /// A local file that could not be read or written.
    pub(crate) fn file(doing: &str, path: &std::path::Path, error: &io::Error) -> Self {
        Self::failed(format!("could not {doing} {}", path.display())).detailed(error.to_string())
    }

    /// What exactly, and where.
    pub(crate) fn detailed(mut self, detail: impl Into<String>) -> Self {
        if let Self::Shown(shown) = &mut self {
            shown.detail = Some(detail.into());
        }
        self
    }

    /// What to do next.
    pub(crate) fn hinted(mut self, hint: impl Into<String>) -> Self {
        if let Self::Shown(shown) = &mut self {
            shown.hint = Some(hint.into());
        }
        self
    }
}

impl From<ClientError> for CommandError {
    fn from(error: ClientError) -> Self {
        let message = error.to_string();
        match error {
            ClientError::Problem(problem) => Self::from(*problem),
            ClientError::Unreachable { cause, .. } => Self::new(Exit::Unreachable, message).detailed(cause).hinted(
                "look whether the server runs (`packhorse serve --data DIR` starts one) and whether the address is right: \
                 --url, PACKHORSE_URL or `packhorse login URL` says it",
            ),
            ClientError::Unexpected { .. } => Self::failed(message).hinted(
                "look whether the address is that of a Packhorse server, and whether server and client have the same version",
            ),
            ClientError::File { source, .. } => Self::failed(message).detailed(source.to_string()),
            ClientError::Busy { .. } => Self::failed(message).hinted("wait for it, or choose another file with -O"),
            ClientError::Corrupt { .. } => Self::failed(message)
                .hinted("nothing was kept; download again, and look at what lies between this machine and the server"),
            ClientError::Setup(_) => Self::failed(message).hinted(
                "for an https address, install the certificates of authorities (the package ca-certificates), or name a file of them in SSL_CERT_FILE",
            ),
        }
    }
}

impl From<Problem> for CommandError {
    fn from(problem: Problem) -> Self {
        let exit = match problem.status {
            401 | 403 => Exit::Refused,
            404 => Exit::NotFound,
            _ => Exit::Failed,
        };
        let hint = match problem.code.as_str() {
            // The server's own words are for whoever speaks HTTP.
            "unauthenticated" => Some("sign in with `packhorse login URL`, or set PACKHORSE_TOKEN".to_owned()),
            _ if problem.hint.is_none() && problem.status == 404 => {
                Some("look at the spelling; `packhorse NOUN list` shows what there is".to_owned())
            }
            _ => problem.hint,
        };
        Self::Shown(Box::new(Shown { exit, message: problem.title, detail: problem.detail, hint }))
    }
}

/// For writing to standard output, the only thing that is written without a path.
impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::BrokenPipe
        } else {
            Self::failed("could not write to standard output").detailed(error.to_string())
        }
    }
}
