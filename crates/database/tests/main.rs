//! Database packages applied to real databases: PostgreSQL, MariaDB and SQLite.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

mod edges;
mod failures;
mod harness;
mod lost;
mod probe;
mod way;
