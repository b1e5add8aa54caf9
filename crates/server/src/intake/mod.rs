//! Taking a version in: from the bytes of an archive to a version that can be deployed.
//!
//! `receive` streams the archive into packs and, where it must be kept as it came, into the originals. A slim push sends `stage`d packs ahead, and `assemble` makes
//! the archive of them. `inspect` finds out what the package says
//! about itself, and whether anything refuses it. `publish` writes the rows, in one transaction and as the last thing.

mod assemble;
mod content;
mod header;
mod inspect;
mod object;
mod publish;
mod receive;
mod stage;

pub(crate) use assemble::{assemble, unmakeable};
pub(crate) use content::{row as segment_row, write_content};
pub(crate) use inspect::inspect;
pub(crate) use object::usable_root;
pub(crate) use publish::{Intake, publish, write_version};
pub(crate) use receive::{Received, receive, refused, stored};
pub(crate) use stage::{stage, unstage};
