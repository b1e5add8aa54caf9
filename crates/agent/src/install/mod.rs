//! Install roots: what lies in them, and who knows it.
//!
//! ```text
//! ROOT/                       e.g. /data/app/shop-web
//!   shop-web_1.0.0/           a version, complete
//!   shop-web_1.0.1/
//!   current -> shop-web_1.0.1 only in the layout symlink
//!   .packhorse/               0700
//!     installed.json          which versions lie here, and with what they were rendered
//!     trees/DIGEST            the list of what each version consists of
//!     originals/DIGEST        files as they came, where rendering changed them
//!     staging/                what is not complete yet
//!     trash/                  what is being removed
//! ```
//!
//! In the layout `versioned` there is no link, and `installed.json` alone says which version is used. In the layout `overwrite` the versions
//! lie in `.packhorse/versions/`, and the files of the one that is used in the root itself; those of a config package lie at their targets. How
//! files are laid there, and taken back, is said in [`lay`].
//!
//! # What must hold
//! - The version that is used is always a complete, verified directory (I3): which one it is is changed by one rename, to a directory
//!   that was renamed into its place after all of it was on disk.
//! - `installed.json` is written before what it speaks of becomes visible, and read against what is really there: a directory
//!   that it names and that is not there does not count, and where there is a link, `current` is what the link says.
//! - Only directories that `installed.json` names are ever removed. Nothing outside the root is touched but the targets of a config package.

mod claims;
pub mod lay;
mod record;
mod site;
mod survey;
mod versions;

pub use claims::unclaimed;
pub use record::{Held, Instances, Record, RenderedFile};
pub use site::{CURRENT, ORIGINALS, STAGING, Site, SiteError, TRASH, TREES};
pub use survey::{Survey, drift, survey};

#[cfg(test)]
mod tests;
