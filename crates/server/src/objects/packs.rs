//! Packs in an object store, for blocking threads.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use packhorse_content::pack::PackStore;
use packhorse_model::Digest;
use tokio::runtime::Handle;

use super::io_error;

/// Packs in an object store: `ab/abcdef….pack`. Used from blocking threads only: it waits for the store.
#[derive(Clone)]
pub(crate) struct Packs {
    store: Arc<dyn ObjectStore>,
    /// Ingest writes from threads of its own, which know no runtime.
    runtime: Handle,
}

impl Packs {
    pub(super) fn new(store: Arc<dyn ObjectStore>, runtime: Handle) -> Self {
        Self { store, runtime }
    }

    /// Removes a pack. One that is gone already is fine.
    pub(crate) async fn remove(&self, pack: &Digest) -> io::Result<()> {
        match self.store.delete(&path(pack)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(io_error(error)),
        }
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
        // A name is a digest: whoever wrote it before wrote the same.
        self.wait(self.store.put(&path(pack), Bytes::copy_from_slice(bytes).into())).map(drop)
    }

    fn read_range(&self, pack: &Digest, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let range = offset..offset.saturating_add(len as u64);
        let bytes = self.wait(self.store.get_range(&path(pack), range))?;
        if bytes.len() == len { Ok(bytes.into()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    fn size(&self, pack: &Digest) -> io::Result<u64> {
        self.wait(self.store.head(&path(pack))).map(|meta| meta.size)
    }
}
