//! The server: the API of people and agents, the reconcilers, the objects, and the console that is built in.
//!
//! Handlers read and write through `packhorse-store`, decide by `packhorse-planner`, and hold content through `packhorse-content`. Nothing
//! here prints: what a person must see at the start is returned to the caller.

mod access;
mod agent_api;
mod api;
mod app;
mod clock;
mod config;
mod connections;
mod danger;
mod download;
mod drafts;
mod engine;
mod envelope;
mod error;
mod extract;
mod health;
mod intake;
mod jobs;
mod limits;
mod metrics;
mod objects;
mod paging;
mod presence;
mod random;
mod reconcilers;
mod retention;
mod router;
mod script_outputs;
mod serve;
mod start_error;
mod storage;
mod streams;
mod tls;
mod transfers;
mod vault;
mod wake;
mod web;

pub use access::{AgentIdentity, ExpiredIdentity};
pub use app::{App, Shared};
pub use clock::Clock;
pub use config::{Config, ConfigError, Fragment};
pub use drafts::forget_expired_now as forget_expired;
pub use presence::{Presence, flush};
pub use random::Random;
pub use reconcilers::reconcile;
pub use retention::apply_if_due as apply_retention;
pub use router::{agents, document, people};
pub use script_outputs::drop_old as drop_old_outputs;
pub use serve::{FirstAdmin, Server};
pub use start_error::StartError;
pub use tls::Authority;
