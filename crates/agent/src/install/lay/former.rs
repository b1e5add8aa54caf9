//! Bytes that were replaced or removed: kept under their digest until nothing leads back to them.

use std::fs::File;
use std::io;

use packhorse_content::EntryPath;
use packhorse_content::stage::{Walk, discard};
use packhorse_model::Digest;

use super::bytes::{copy, digest};
use super::ground::Ground;
use super::state::State;
use crate::install::{Site, SiteError};

/// Folder of what was replaced or removed.
pub(super) const FORMER: &str = "former";

impl Site {
    /// Keeps the bytes of a file that lies on the ground. They are durable after the next sync of the file system.
    pub(super) fn keep_former(&self, ground: &Ground, path: &EntryPath, state: &State) -> Result<(), SiteError> {
        let Some(content) = state.content() else { return Ok(()) };
        let into = self.own(FORMER)?;
        let (name, new) = (content.to_string(), format!("{content}.new"));
        let put = || {
            // One that was not on disk yet when the machine went down may have its name and not its bytes.
            if into.look_up(&name)?.is_some() && digest(&into.open_file(&name)?)? == content {
                return Ok(());
            }
            discard(&into, &new)?;
            let from = Walk::new(ground.folder()).parent(path)?.open_file(path.name())?;
            if copy(&from, &into.create_file(&new)?)? != content {
                return Err(io::Error::other("it is being changed at this very moment: retry"));
            }
            into.rename(&new, &into, &name)
        };
        put().map_err(ground.wrong(path))
    }

    /// Makes all bytes durable that were kept.
    pub(super) fn sync_former(&self) -> Result<(), SiteError> {
        let folder = self.own(FORMER)?;
        folder.sync_file_system().map_err(self.wrong(FORMER))
    }

    /// Opens bytes that were kept.
    pub(super) fn former(&self, content: Digest) -> io::Result<File> {
        self.own(FORMER).map_err(io::Error::other)?.open_file(content.to_string())
    }

    /// Forgets bytes to which nothing leads back any more.
    ///
    /// # Errors
    /// [`SiteError::Io`].
    pub fn forget_former(&self, is_needed: impl Fn(&str) -> bool) -> Result<(), SiteError> {
        self.empty(FORMER, is_needed)
    }
}
