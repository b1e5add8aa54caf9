//! Install roots: what lies in them, and who knows it.
//!
//! ```text
//! ROOT/                       e.g. /data/app/shop-web
//!   shop-web_1.0.0/           a version, complete
//!   shop-web_1.0.1/
//!   current -> shop-web_1.0.1
//!   .packhorse/               0700
//!     installed.json          which versions lie here, and with what they were rendered
//!     trees/DIGEST            the list of what each version consists of
//!     originals/DIGEST        files as they came, where rendering changed them
//!     staging/                what is not complete yet
//!     trash/                  what is being removed
//! ```
//!
//! # What must hold
//! - `current` always leads to a complete, verified directory (I3): it is changed by one rename, to a directory that was renamed
//!   into its place after all of it was on disk.
//! - `installed.json` is written before what it speaks of becomes visible, and read against what is really there: a directory
//!   that it names and that is not there does not count, and `current` is what the link says.
//! - Only directories that `installed.json` names are ever removed, and nothing outside the root is touched.

mod record;
mod site;
mod survey;

pub use record::{Held, Instances, Record, RenderedFile};
pub use site::{CURRENT, ORIGINALS, STAGING, Site, SiteError, TRASH, TREES};
pub use survey::{Survey, drift, survey};

#[cfg(test)]
mod tests;
