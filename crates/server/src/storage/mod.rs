//! Looking after the storage: collecting garbage, verifying what is on disk, and the jobs in which that runs, one at a time.

mod compact;
mod gc;
mod leftovers;
mod repair;
mod runner;
mod verify;

use std::io;

use packhorse_model::Digest;
use packhorse_store::originals;

pub(crate) use runner::{daily, lost, start};

use crate::app::App;

/// Removes the object of an archive whose row says that it goes, and then the row.
pub(crate) async fn remove_original(app: &App, archive: &Digest) -> io::Result<()> {
    app.objects.originals.remove(archive).await?;
    let mut tx = app.store.write().await.map_err(io::Error::other)?;
    originals::forget(&mut tx, archive).await.map_err(io::Error::other)?;
    tx.commit().await.map_err(io::Error::other)
}
