//! The agent as a real process, against a small server that speaks the agent protocol over real TLS.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

mod agent;
mod config;
mod crash_points;
mod deploy;
mod durable;
mod joining;
mod laid_points;
mod layouts;
mod package;
mod runner;
mod scripts;
mod server;
mod values;
