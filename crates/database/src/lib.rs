//! Database packages, applied: brings one database from one version to another, and can always say how far it is.
//!
//! Every statement that is run is written into a ledger, a table of the database itself. What is to be done follows from the ledger and the
//! migration by a pure function ([`decide`]); [`apply`] does it, and [`probe`] tells beforehand what is in its way. A
//! further attempt goes on where the ledger says that the one before stopped.
//!
//! # What must hold
//! - No statement is run twice. Where an engine can do so, a statement and its row in the ledger are one transaction, and where it can do that for
//!   a whole script, they all are. Any other statement has a row that says that it was begun before it begins: if nobody can say how it ended, a person does.
//! - A migration is only run from the version that the ledger tells, and never after scripts that were edited since they were run.
//! - One migration is run in a database at a time: it holds a lock of the database.
//! - Only scripts whose digest is in the migration are run, and only after all of them were read, and found to hold nothing that no package may hold.
//!
//! It fetches nothing and knows no server: whoever calls it has the scripts.

mod apply;
mod decide;
mod ledger;
mod place;
mod probe;
mod runner;
mod script;
mod session;
mod table;

pub use apply::{Applied, NotReady, Outcome, Run, apply, check};
pub use decide::{Refusal, Todo, Work, decide};
pub use ledger::{Entry, Ledger};
pub use probe::probe;
