//! The release engine between the rows and the planner: loads what a decision needs, lets `packhorse-planner` decide, and writes what it
//! decided in one short transaction.
//!
//! - Whoever changes a deployment or its units takes the deployment's row first, by its revision. So changes form one line, and
//!   two servers, a report and a person never decide on the same state.
//! - Nothing here holds truth in memory. What is remembered is immutable, or a hint.

mod binding;
mod config_targets;
pub(crate) mod databases;
pub(crate) mod detail;
pub(crate) mod diff;
pub(crate) mod feed;
pub(crate) mod file_diff;
pub(crate) mod fleet;
pub(crate) mod fold;
pub(crate) mod guard;
mod host_values;
pub(crate) mod inventory;
mod metadata;
mod needs;
pub(crate) mod operation;
pub(crate) mod parts;
pub(crate) mod places;
pub(crate) mod planning;
pub(crate) mod preview;
pub(crate) mod rendered;
pub(crate) mod replan;
pub(crate) mod script;
mod sealing;
pub(crate) mod stale;
pub(crate) mod strategy;
pub(crate) mod trees;
pub(crate) mod uses;
pub(crate) mod values;
pub(crate) mod way_back;
pub(crate) mod write;
