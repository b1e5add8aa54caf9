//! Packs in an object store, for blocking threads.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt as _;
use jiff::Timestamp;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use packhorse_content::pack::PackStore;
use packhorse_crashpoint as crashpoint;
use packhorse_model::Digest;
use tokio::runtime::Handle;

use super::io_error;

/// Packs in an object store: `ab/abcdef….pack`. Used from blocking threads only: it waits for the store.
#[derive(Clone)]
pub(crate) struct Packs {
    store: Arc<dyn ObjectStore>,
    /// Where a pack is looked for that is not there.
    beside: Option<Arc<dyn ObjectStore>>,
    /// Ingest writes from threads of its own, which know no runtime.
    runtime: Handle,
}

impl Packs {
    pub(super) fn new(store: Arc<dyn ObjectStore>, runtime: Handle) -> Self {
        Self { store, beside: None, runtime }
    }

    /// These packs, and beside them others, to read from.
    pub(crate) fn beside(&self, others: &Self) -> Self {
        Self { beside: Some(Arc::clone(&others.store)), ..self.clone() }
    }

    /// Removes a pack. One that is gone already is fine.
    pub(crate) async fn remove(&self, pack: &Digest) -> io::Result<()> {
        match self.store.delete(&path(pack)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(io_error(error)),
        }
    }

    /// Removes what was written before `before`.
    pub(crate) async fn remove_older(&self, before: Timestamp) -> io::Result<()> {
        let mut found = self.store.list(None);
        while let Some(object) = found.try_next().await.map_err(io_error)? {
            if object.last_modified.timestamp() < before.as_second() {
                self.store.delete(&object.location).await.map_err(io_error)?;
            }
        }
        Ok(())
    }

    fn wait<T>(&self, work: impl Future<Output = Result<T, object_store::Error>>) -> io::Result<T> {
        self.runtime.block_on(work).map_err(io_error)
    }
}

fn path(pack: &Digest) -> Path {
    let name = pack.to_string();
    Path::from(format!("{}/{name}.pack", &name[..2]))
}

impl PackStore for Packs {
    fn write(&self, pack: &Digest, bytes: &[u8]) -> io::Result<()> {
        crashpoint::write("pack.put")?;
        // A name is a digest: whoever wrote it before wrote the same.
        self.wait(self.store.put(&path(pack), Bytes::copy_from_slice(bytes).into())).map(drop)
    }

    fn read_range(&self, pack: &Digest, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let range = offset..offset.saturating_add(len as u64);
        let bytes = self.wait(async {
            match (self.store.get_range(&path(pack), range.clone()).await, &self.beside) {
                (Err(object_store::Error::NotFound { .. }), Some(beside)) => beside.get_range(&path(pack), range).await,
                (read, _) => read,
            }
        })?;
        if bytes.len() == len { Ok(bytes.into()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    fn size(&self, pack: &Digest) -> io::Result<u64> {
        self.wait(self.store.head(&path(pack))).map(|meta| meta.size)
    }
}
