//! Slim pushes: sending only what the other side lacks, and a list of what to make of it.
//!
//! The client cuts an archive as the server would ([`SlimArchive`]), finds out which files and segments the server lacks, sends those in packs, and
//! last a [`SlimList`]. From that list and from what is stored the server makes the archive again, byte for byte, and takes it in as if it had been
//! pushed whole. So the list is a way to write the archive down and nothing else: no digest, path or size in it is believed, and whatever a
//! hostile list makes is judged by the same rules as a hostile archive.

mod archive;
mod list;
#[cfg(test)]
mod tests;

pub use archive::{SlimArchive, SlimError};
pub use list::SlimList;
