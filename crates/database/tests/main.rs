//! Database packages applied to real databases: PostgreSQL, MariaDB and SQLite.

mod edges;
mod failures;
mod harness;
mod lost;
mod way;
