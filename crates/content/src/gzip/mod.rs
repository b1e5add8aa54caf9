//! Gzip recipes: how to make a `.gz` file again, bit for bit, from what it holds.
//!
//! An uploaded `.tar.gz` need not be kept beside its tree when stock zlib at one of its levels makes exactly the same
//! bytes: then the header, the level and the inflated stream say everything. [`prove`] finds the level, or finds that
//! there is none: GNU gzip, pigz, Go and others have compressors of their own, and such an original has to be kept.
//!
//! # What must hold
//! - A [`GzipRecipe`] is only made after the whole file was compared; nothing is assumed from its beginning.
//! - Both directions stream. A proof holds some megabytes, whatever the size of the file.
//! - The zlib that is linked is stock zlib (`libz-sys`, built from its own sources and never the system's, which may be
//!   another implementation under the same name). A test with golden bytes guards it, since recipes are stored data.
//!
//! # What it must not do
//! Judge archives. A file that is not one whole gzip member simply has no recipe.

mod header;
mod proof;
mod recipe;

pub use proof::prove;
pub use recipe::{GzipRecipe, Level, LevelError};

#[cfg(test)]
mod tests;
