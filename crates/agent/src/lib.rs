//! The agent: a small daemon on each host that carries out what the server assigns, and remembers what it has done.
//!
//! It never listens. It asks its server for the host's whole assignment ([`daemon`]), decides by a pure function of its journal what
//! comes next ([`core`]), does that ([`steps`]), and reports it. Commands of packages run in [runners](runner) that outlive it, and so do
//! the applications: an agent can be killed, replaced or upgraded at any moment.
//!
//! # What must hold
//! - What was acknowledged or reported is on disk ([`journal`]).
//! - A command runs at most once in an attempt, whatever is killed when.
//! - Nothing outside the state directory and the install roots is written, and only content whose digest is in the order ([`install`]).

pub mod args;
pub mod backoff;
pub mod clock;
pub mod command;
pub mod core;
pub mod daemon;
pub mod facts;
pub mod files;
pub mod health;
pub mod identity;
pub mod install;
pub mod journal;
pub mod output;
pub mod paths;
pub mod runner;
pub mod steps;
pub mod systemd;
pub mod users;
