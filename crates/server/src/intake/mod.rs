//! Taking a version in: from the bytes of an archive to a version that can be deployed.
//!
//! `receive` streams the archive into packs and, where it must be kept as it came, into the originals. `recognise` finds out what the package says
//! about itself. `publish` writes the rows, in one transaction and as the last thing.

mod object;
mod publish;
mod receive;
mod recognise;

pub(crate) use publish::{Intake, publish};
pub(crate) use receive::receive;
pub(crate) use recognise::recognise;
