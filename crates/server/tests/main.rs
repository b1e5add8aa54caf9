//! The server's API through its real routers, over a real store in a temporary directory.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod audit;
mod controltier;
mod drafts;
mod engine;
mod harness;
mod hosts;
mod openapi;
mod packages;
mod projects;
mod recognition;
mod registry;
mod retention;
mod scripts;
mod serve;
mod sessions;
mod slim;
mod storage;
mod tokens;
mod topology;
mod versions;
mod web;
