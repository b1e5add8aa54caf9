//! Drafts: versions that are being made, by several people at once.
//!
//! - `steps`, `apply`, `slice` and `refusal` decide, and touch nothing: what an operation does to the part of a draft that it can see.
//! - `commit` loads that part, writes what changed, and records it so that it can be undone. The row of the draft is locked while it does, so
//!   that changes of one draft happen one after the other.
//! - Contents are stored first, outside of any transaction; only then do rows name them.
//! - `spool` holds bytes that are being uploaded.

mod apply;
mod commit;
mod conflict;
mod contents;
mod expiry;
mod frozen;
mod lint;
mod manifest_text;
mod publish;
mod refusal;
mod slice;
mod spool;
mod steps;
#[cfg(test)]
mod tests;
mod undo;

use std::path::PathBuf;

pub(crate) use crate::intake::stored;
use tokio::sync::watch;

pub(crate) use commit::{Edit, begin, edit, find, find_open, lock, settings};
pub(crate) use conflict::DraftError;
pub(crate) use contents::{store_archive, store_body, store_spooled, store_texts};
pub use expiry::forget_expired_now;
pub(crate) use expiry::{UPLOADS_KEPT, forget_expired};
pub(crate) use frozen::entry_tree;
pub(crate) use lint::lint;
pub(crate) use manifest_text::{read_manifest, rewrite, wrong as wrong_manifest};
pub(crate) use publish::publish;
pub(crate) use refusal::Refusal;
pub(crate) use slice::state_of;
pub(crate) use spool::{Ended, Hold, Spool};
pub(crate) use steps::{Step, checked, mode, place, texts, title};
pub(crate) use undo::{redo, undo};

/// What drafts need in memory: where uploads are spooled, and a bell for those who wait for changes.
pub(crate) struct Drafts {
    pub(crate) spool: Spool,
    changed: watch::Sender<u64>,
}

impl Drafts {
    /// Drafts whose uploads lie in this directory.
    pub(crate) fn new(uploads: PathBuf) -> Self {
        Self { spool: Spool::new(uploads), changed: watch::Sender::new(0) }
    }

    /// Tells those who wait that some draft has changed.
    pub(crate) fn tell(&self) {
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Rings whenever some draft has changed in this server.
    pub(crate) fn listen(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}
