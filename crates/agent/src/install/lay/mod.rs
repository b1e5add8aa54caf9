//! Files of a version that lie apart from its directory: in the install root itself (layout `overwrite`), or at targets anywhere on the
//! host (config packages).
//!
//! ```text
//! .packhorse/
//!   laid.json                 the way back to the version before, and what was there before the package came
//!   changes/ATTEMPT.json      what an attempt changes: each path as it was, and as it shall be
//!   former/DIGEST             files that were replaced or removed, byte for byte
//! ```
//!
//! # What must hold
//! - A [`Change`] and all bytes that it takes away are on disk before the first path is touched. So whatever is cut short can be finished
//!   by writing the same change once more, and undone by writing what was there before: never is it a mix for good.
//! - All new files lie complete beside their places before the first of them is renamed into its place.
//! - What a version no longer brings is taken away only if it is still as the version left it. What no version brought is never touched.
//! - Nothing is reached through a link: a place is walked to folder by folder, from the [`Ground`] on.

mod bytes;
mod change;
mod compose;
mod former;
mod ground;
mod look;
mod places;
mod state;
mod wish;
mod write;

pub use change::{Change, Former, Laid, Move, Source};
pub use compose::{Aim, compose, paths};
pub use ground::Ground;
pub use look::{Leaving, displaced, is_in_place, leave};
pub use places::{Places, targets};
pub use state::{State, observe};
pub use wish::{Mode, Wish};
pub use write::{Written, sweep, write};

#[cfg(test)]
mod tests;
