//! What is sent to hosts: full transfers and deltas, made once, kept as files under `DATA/cache/transfers`, and sent as often as asked for.
//!
//! A transfer is a function of the digests in its name, so that any cache may keep it for ever. The folder may be deleted at any time.

mod cache;
mod send;

pub(crate) use cache::{Transfers, TreeRef};
pub(crate) use send::send;
