//! The server's API through its real routers, over a real store in a temporary directory.

mod access;
mod engine;
mod harness;
mod hosts;
mod openapi;
mod registry;
mod serve;
mod sessions;
mod tokens;
mod topology;
mod web;
