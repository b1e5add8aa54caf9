//! Variables in files: `[@name]` and its relatives, as the application release specification has them, and what only looks like one;
//! and which of a variable's values holds where.
//!
//! The scanner works on bytes, whatever their encoding, so that everything around a variable can stay as it is. It decides what a
//! variable is; putting values in is not its business.

mod doubt;
mod prefixes;
mod resolve;
mod scan;
mod scope;
mod value;

pub use doubt::Doubt;
pub use prefixes::{PrefixError, PrefixTable, Prefixes, VariableKind};
pub use resolve::{Definitions, Given, Resolved, Standpoint, provenance, resolve};
pub use scan::{LONGEST_NAME, Token, scan};
pub use scope::{Scope, ScopeError, ScopeKind};
pub use value::{LONGEST_VALUE, ValueError, VariableType, VariableValue};
