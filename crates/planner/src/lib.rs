//! Decisions: which hosts change when, and what a host does to get from one version to another.
//!
//! [`fleet`] decides over all hosts of a deployment, on the server; [`host`] decides the steps on one host, in the preview of a
//! plan and on the agent alike.
//!
//! Everything here is a pure, synchronous function of its arguments: no clock, no randomness, no file system, no network. The same
//! input gives the same output, in the same order.

pub mod fleet;
pub mod host;
