//! SQL as far as it must be understood before it is run: where statements begin and end, and which of them no package may hold.
//!
//! Nothing here parses SQL into a tree: each engine's grammar is too large and too alive for that. The lexical rules of each engine are
//! few and stable, and they decide where a statement ends and what is text. Where they would be in doubt, nothing is guessed: the
//! text is refused.
//!
//! This is a guard rail against mistakes and careless packages. The boundary is what the database user may do.

mod check;
mod fault;
mod forbidden;
mod judge;
mod lexer;
mod quote;
mod split;
mod statement;

pub use check::{Concern, MAX_FILE_BYTES, Read, check, decode};
pub use fault::SqlFault;
pub use split::Splitter;
pub use statement::Statement;
