//! Variables in files: `[@name]` and its relatives, as the application release specification has them, and what only looks like one.
//!
//! The scanner works on bytes, whatever their encoding, so that everything around a variable can stay as it is. It decides what a
//! variable is; where values come from, and putting them in, is not its business.

mod doubt;
mod prefixes;
mod scan;

pub use doubt::Doubt;
pub use prefixes::{PrefixError, Prefixes, VariableKind};
pub use scan::{LONGEST_NAME, Token, scan};
