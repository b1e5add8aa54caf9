//! What the agent decides, apart from doing it: a fold over the records of the journal, and from that the next thing to do.
//!
//! Nothing here reads a clock, a disk or the network. So a restarted agent that has read its journal decides as the one would
//! have that was killed.

mod book;
mod next;
mod record;

pub use book::{Attempt, Book, Refusal};
pub use next::{How, Link, Next, next};
pub use record::Record;

#[cfg(test)]
mod tests;
