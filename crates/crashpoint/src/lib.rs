//! Crash points: the places at which something becomes durable, and at which a test can let the process die or the disk fail.
//!
//! Code that writes names each of its effects just before it: [`write`] where the disk may say no, [`reach`] where only a crash is
//! of interest. A test starts the process with `PACKHORSE_FAULT=ACTION@N`, and at the N-th place that the process comes to, the action
//! happens: `abort` ends it as a power cut would, `stop` holds it there until it gets the signal to go on, `eio` and `enospc` make the one
//! effect fail. `PACKHORSE_FAULT_LOG=FILE` writes down every place that was come to, one name in a line, so that a test knows how many
//! there are.
//!
//! # What must hold
//! - A release build has none of it: both functions are empty there, and the environment is not looked at.
//! - A fault happens once. What the code does about it is not disturbed by a second one.

use std::io;

#[cfg(debug_assertions)]
mod fault;

/// Nothing, for those who use it.
#[cfg(not(debug_assertions))]
mod fault {
    use std::io;

    #[inline]
    pub(super) fn write(_: &'static str) -> io::Result<()> {
        Ok(())
    }

    #[inline]
    pub(super) fn reach(_: &'static str) {}
}

/// Names an effect that may fail, just before it.
///
/// # Errors
/// What the test asked for; never in a release build.
#[inline]
pub fn write(place: &'static str) -> io::Result<()> {
    fault::write(place)
}

/// Names a place where a crash is of interest and nothing can fail.
#[inline]
pub fn reach(place: &'static str) {
    fault::reach(place);
}
