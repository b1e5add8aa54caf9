//! Trees on a host: laying one down beside what is installed, checking one that is, and switching between them.
//!
//! [`Stage`] writes a tree into a new directory. [`verify()`] compares a directory with the tree that should be in it.
//! [`place()`] and [`point`] put a staged tree where it is used, each by one rename, so that a host is at every moment
//! either before or after.
//!
//! # What must hold
//! - Nothing is reached by a path that the kernel resolves: each folder is opened from the one above it, name by name, and
//!   never through a link ([`Folder`]). So no link, ours or planted, leads a write or a read out of the tree.
//! - Only what is in the tree is written (invariant I11), each file once, and its size and BLAKE3 are checked on the very
//!   handle that was written. [`Stage::finish`] succeeds only if everything is there.
//! - One `syncfs` makes all of it durable before anything points to it, since a sync of each file costs twenty times as much.
//!
//! # What it must not do
//! Fetch, choose or delete versions, or know what a package is: that is the agent's.

mod copy;
mod folder;
mod place;
mod verify;
mod writer;

pub use folder::{Folder, Walk};
pub use place::{discard, link_target, place, point};
pub(crate) use verify::has_content;
pub use verify::{Difference, Fault, verify};
pub use writer::{FileWriter, Hand, Stage, StageError};

#[cfg(test)]
pub(crate) mod tests;
