//! The delta transfer: what a host that has one tree needs to build another.
//!
//! [`make_delta`] writes it from stored content; [`Delta`] reads it on the host, where the old tree is installed.
//!
//! # Format, version 1
//! ```text
//! "PHdelta" 0x01 | digest of the old tree | digest of the new tree | one zstd frame, window ≤ 8 MiB, with checksum:
//!     list      the new tree's entries against the old one's (module `list`)
//!     block*    varint n > 0 | varint a | varint l | n bytes of operations | a bytes of differences | l bytes of literals
//!     varint 0
//! ```
//! Numbers are LEB128. What the two lists imply is not said: an empty file, a file whose content the old tree has, and a content that
//! an earlier new file has, too. All other files come in the order of the tree, each as operations that give its bytes from first to
//! last. An operation is a varint, length × 4 + kind, where the kind is:
//!
//! | kind | means |
//! |---|---|
//! | 0 | literal: `length` bytes from the block's literals |
//! | 1 | copy: a signed varint moves the position in the old file, then `length` bytes from there |
//! | 2 | add: as copy, and to each byte the next of the block's differences is added, modulo 256 |
//! | 3 | source: from now on the old file is entry `length` of the old tree, position 0 |
//!
//! A copy or an add leaves the position behind what it read. The position and the source are kept from block to block and from file to
//! file. No operation goes over the end of its file, and no part of a block has more than 8 MiB.
//!
//! # What must hold
//! - Whatever the delta says, and whatever the old files hold by now, a file ends in the stage only with the content that its
//!   entry in the new tree has, and the new tree is the one whose digest the plan names.
//! - If an old file was altered by hand, the new files that need it are reported, and nothing else fails. If no old file was, a wrong result
//!   means that the delta is damaged.
//! - Applying holds a zstd window, one block and some buffers: under 64 MB besides the two lists, whatever the size of the
//!   files. Making holds under 128 MB: old content in windows of 32 MiB, new in pieces of 16 MiB.
//! - Reading never panics, never reserves what is only announced, and loops no longer than the input is long.

mod anchor;
mod apply;
mod block;
mod body;
mod held;
mod input;
mod list;
mod make;
mod making;
mod ops;
mod pair;
mod rest;
mod shared;
mod window;

pub use apply::{Delta, DeltaError};
pub use make::{DeltaSummary, make_delta};

/// The version of the format.
pub const DELTA_FORMAT: u8 = 1;

/// What a delta begins with.
const MAGIC: &[u8; 8] = &[b'P', b'H', b'd', b'e', b'l', b't', b'a', DELTA_FORMAT];
/// A word for messages.
const WHAT: &str = "delta";
/// The most bytes in one part of a block.
const BLOCK_LIMIT: usize = 8 << 20;
/// The power of two that is the largest zstd window.
const WINDOW_LOG: u32 = 23;

#[cfg(test)]
mod tests;
