//! Who is calling. A handler that takes one of these extractors is reached only by those it is for, and there is no way to
//! the data around them:
//!
//! - [`CallerTx`]: a person or CI, with the body read and an open transaction. For everything that changes rows.
//! - [`CallerRequest`]: the same before its transaction. For what has slow work to do first.
//! - [`Caller`]: a person or CI, without a transaction. For reading, and for whatever streams or takes long.
//! - [`Agent`]: a host, known by its certificate. Never by anything that it says about itself.

mod agent;
mod caller;
mod caller_tx;
mod expired;
mod passwords;
mod secret;
mod throttle;
mod usage;

pub(crate) use agent::Agent;
pub use agent::AgentIdentity;
pub(crate) use caller::{ABSOLUTE, COOKIE_NAME, Caller, Via, require_same_origin, session_cookie};
pub(crate) use caller_tx::{CallerRequest, CallerTx, DocumentRequest, read_body};
pub use expired::ExpiredIdentity;
pub(crate) use expired::Renewing;
pub(crate) use passwords::Passwords;
pub(crate) use secret::{Secret, SecretKind};
pub(crate) use throttle::Throttles;
pub(crate) use usage::{Usage, flush as flush_usage};
