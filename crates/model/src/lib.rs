//! The words of Packhorse as types: names, versions, ids, digests, manifests, topology, plans, orders, and what travels over the wire.
//!
//! Everything here is pure: no clock, no randomness, no file system, no network. Types that can be wrong are validated where
//! they are made, so that the rest of the code need not look again.

pub mod api;
pub mod danger;
pub mod database;
pub mod deployment;
pub mod digest;
pub mod distribution;
pub mod filename;
pub mod foreign;
pub mod guard;
pub mod ids;
pub mod kind;
pub mod label;
pub mod layout;
pub mod lint;
pub mod manifest;
pub mod name;
pub mod order;
pub mod part;
pub mod problem;
pub mod project;
pub mod run;
#[cfg(feature = "openapi")]
mod schema;
pub mod selector;
pub mod step;
pub mod strategy;
pub mod syntax;
pub mod tag;
pub mod topology;
pub mod variables;
pub mod version;

pub use digest::Digest;
pub use kind::{PackageKind, VersionState};
pub use layout::Layout;
pub use name::{HostName, PackageName, TopologyName, UserName};
pub use version::VersionNumber;
