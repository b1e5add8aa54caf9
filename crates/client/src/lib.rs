//! A thin HTTP client over the wire types of `packhorse-model`, for the command line and the agent.
//!
//! One file per noun, one function per endpoint, nothing decided here: what the server says is returned as it was said. Three
//! things happen beside that. A request whose connection broke is sent again, which is safe because every POST carries an
//! [`IdempotencyKey`] and everything else is idempotent by itself. Lists come page by page as streams. Bytes go to and from
//! files, never whole through memory. Nothing here prints, reads the environment, or takes randomness or the time of day.

mod access;
pub mod agent_api;
mod attempts;
mod audit;
mod bindings;
mod client;
mod database;
mod database_targets;
mod deployments;
mod download;
mod draft_uploads;
mod drafts;
mod error;
mod events;
mod guard_rails;
mod hosts;
mod instances;
mod key;
mod objects;
mod overview;
mod packages;
mod paging;
mod plans;
mod progress;
mod retention;
mod script_outputs;
mod scripts;
mod sessions;
mod slim;
mod sse;
mod storage;
mod strategies;
mod tokens;
mod topology;
mod units;
mod uploads;
mod users;
mod variable_values;
mod variables;
mod vault;
mod version_files;
mod version_states;
mod versions;

pub use access::{Access, Secret};
pub use attempts::OutputChunk;
pub use audit::AuditFilter;
pub use client::Client;
pub use database_targets::DatabaseTargetFilter;
pub use deployments::{Awaiting, DeploymentFilter};
pub use draft_uploads::file_sha256;
pub use drafts::{DraftText, EntryFilter};
pub use error::{ClientError, UrlError};
pub use events::Follow;
pub use hosts::HostFilter;
pub use instances::InstanceFilter;
pub use key::{IdempotencyKey, KeyError};
pub use objects::{Load, ObjectFilter};
pub use packages::{EditablePackage, PackageFilter};
pub use paging::Pages;
pub use plans::PlanRequest;
pub use progress::Progress;
pub use script_outputs::OutputFilter;
pub use units::UnitFilter;
pub use uploads::{Push, PushAttributes};
pub use variable_values::VariableFilter;
pub use version_files::PackedAs;
pub use version_states::{Protection, VersionChange};
pub use versions::VersionFilter;

/// Why a stream of bytes broke off.
pub use reqwest::Error as TransferError;
/// The address of a server.
pub use reqwest::Url;
