//! The command line as its users meet it: the real binary, its output, its exit codes, and a real server where one is needed.

#![expect(clippy::unwrap_used, reason = "a helper of tests ends the test where it fails")]

mod builds;
mod danger;
mod drafts;
mod environment;
mod guard_rails;
mod help;
mod lint;
mod login;
mod manifest;
mod manifest_reference;
mod oversight;
mod projects;
mod push;
mod retention;
mod server;
mod slim;
mod storage;
mod usage;
mod variables;
mod versions;
