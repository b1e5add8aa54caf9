//! Packhorse's bytes: archives in and out, trees, segments, recipes, packs, transfers.
//!
//! Everything here is synchronous and works over [`std::io::Read`], [`std::io::Write`] and a few small traits; nothing here
//! knows HTTP or a database. Input is hostile until it has been checked, and no input makes it panic, loop, or take more
//! memory than its limits say.

pub mod archive;
pub mod archive_out;
pub mod codec;
pub mod compare;
pub mod danger;
pub mod database;
pub mod delta;
pub mod gzip;
pub mod headers;
pub mod import;
pub mod ingest;
pub mod inspect;
mod links;
pub mod local;
pub mod pack;
pub mod path;
pub mod segment;
pub mod slim;
pub mod source;
pub mod sql;
pub mod stage;
pub mod syntax;
pub mod text;
pub mod transfer;
pub mod tree;

pub use codec::{FormatError, digest_of};
pub use links::LinkFault;
pub use segment::{Recipe, Segment};
pub use source::{ContentSource, MemorySource};
pub use tree::{Entry, EntryKind, EntryPath, LinkTarget, Tree};
