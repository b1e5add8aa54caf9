//! The full transfer: a whole tree as one stream, which anything that knows tar and zstd can unpack.
//!
//! `curl URL | tar --zstd -x` lays the tree down; an agent reads it with [`read_full`], which accepts this form and no other.
//!
//! # Format
//! A zstd frame (level 3, with checksum) around a canonical tar: the entries in the order of the tree, in ustar form with times 0,
//! owner 0:0 without names, and the mode of the entry. A folder's name ends in `/`. What ustar has no room for (names and
//! targets over 100 bytes that it can't split, files of 8 GiB and more) is said by a pax header of its own before the entry. The end
//! is two blocks of zeros, with nothing behind. The tar is a function of the tree alone; the frame also of the zstd that is linked.
//!
//! # What must hold
//! - The same tree gives the same bytes, so that a transfer can be cached anywhere and resumed by range. [`FULL_FORMAT`] goes up
//!   whenever any byte would change; golden tests notice.
//! - The reader parses no tar: it knows the tree, so it knows every header to the byte, and compares. What differs is refused.
//! - Both sides hold one piece of one file at a time.

mod ahead;
mod header;
mod read;
mod write;

pub use read::{FullError, read_full};
pub(crate) use write::write_tar_from;
pub use write::{write_full, write_tar};

/// The version of the bytes that [`write_full`] makes for a given tree.
pub const FULL_FORMAT: u32 = 1;

/// No frame that [`write_full`] makes needs a larger window than this power of two; a reader that is asked for more refuses.
const WINDOW_LOG_MAX: u32 = 22;

#[cfg(test)]
mod tests;
