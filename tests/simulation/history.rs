//! What happened, in order: the digest by which two runs are compared, and the end of it for whoever looks for the cause of a failure.

use std::collections::VecDeque;
use std::fmt::{self, Write as _};
use std::time::Duration;

/// Lines that are kept for the message of a failure.
const KEPT: usize = 400;

/// The log of a run.
pub(crate) struct History {
    hasher: blake3::Hasher,
    lines: VecDeque<String>,
    pub(crate) count: u64,
}

impl History {
    pub(crate) fn new() -> Self {
        Self { hasher: blake3::Hasher::new(), lines: VecDeque::new(), count: 0 }
    }

    /// Something has happened at this time of the simulation.
    pub(crate) fn note(&mut self, at: Duration, what: fmt::Arguments<'_>) {
        let mut line = format!("{:>8.2}  ", at.as_secs_f64());
        // Writing to a text cannot fail.
        let _ = line.write_fmt(what);
        self.hasher.update(line.as_bytes());
        self.count += 1;
        if self.lines.len() == KEPT {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }

    /// What two runs of the same seed have in common.
    pub(crate) fn digest(&self) -> String {
        self.hasher.finalize().to_hex().to_string()
    }

    /// The last lines.
    pub(crate) fn end(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }
}
