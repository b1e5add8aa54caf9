//! How a run ends, as a number that scripts can rely on.

use std::process::ExitCode;

/// How a run ended. The numbers are part of the interface and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done as asked.
    Done,
    /// Failed: the request, or the deployment that was watched.
    Failed,
    /// The command line was not understood.
    Usage,
    /// Of `plan` alone: it would change something.
    Changes,
    /// The server refuses this to this caller.
    Refused,
    /// What was named does not exist.
    NotFound,
    /// The server could not be reached.
    Unreachable,
    /// Ended by Ctrl-C.
    Interrupted,
}

impl Exit {
    /// The number.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage | Self::Changes => 2,
            Self::Refused => 3,
            Self::NotFound => 4,
            Self::Unreachable => 5,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.number().into()
    }
}
