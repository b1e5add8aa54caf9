//! The whole system: a real server, real agents, the real client, and the rules of the source tree.

mod bad_input;
mod collection;
mod crash;
mod crash_points;
mod database_shards;
mod database_tests;
mod databases;
mod guard_rails;
mod idle;
mod lint;
mod partition;
mod scripts;
mod spine;
mod stalled;
mod stops;
mod tidy;
mod together;
