//! The store's functions on both databases: every test runs on SQLite and on a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod audit;
mod collection;
mod database_targets;
mod deployment_parts;
mod drafts;
mod engine;
mod guard_rails;
mod harness;
mod idempotency;
mod package_list;
mod platform;
mod retention;
mod rollouts;
mod schema;
mod script_results;
mod scripts;
mod staged;
mod transactions;
mod variable_values;
mod variables;
mod version_list;
