//! Archives that are kept as they came: until a recipe is proven for them, or for good.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt as _, WriteMultipart};
use packhorse_crashpoint as crashpoint;
use packhorse_model::Digest;
use packhorse_model::ids::UploadId;
use tokio::runtime::Handle;

use super::io_error;

/// Parts that may be on their way to the store at the same time.
const PARTS_AT_ONCE: usize = 4;
/// Bytes of a part.
const PART: usize = 8 << 20;

/// Archives in an object store, named by the BLAKE3 of their bytes.
#[derive(Clone)]
pub(crate) struct Originals {
    store: Arc<dyn ObjectStore>,
    /// Archives are written from threads that know no runtime.
    runtime: Handle,
}

fn path(archive: &Digest) -> Path {
    let name = archive.to_string();
    Path::from(format!("{}/{name}", &name[..2]))
}

impl Originals {
    pub(super) fn new(store: Arc<dyn ObjectStore>, runtime: Handle) -> Self {
        Self { store, runtime }
    }

    /// Begins to take an archive in, under a name of its own until its digest is known.
    pub(crate) async fn begin(&self, upload: UploadId) -> io::Result<IncomingOriginal> {
        let path = Path::from(format!("incoming/{upload}"));
        let upload = self.store.put_multipart(&path).await.map_err(io_error)?;
        let writer = WriteMultipart::new_with_chunk_size(upload, PART);
        Ok(IncomingOriginal { originals: self.clone(), path, writer })
    }

    /// Streams a part of an archive.
    pub(crate) async fn read(
        &self,
        archive: &Digest,
        range: Range<u64>,
    ) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
        let options = GetOptions { range: Some(range.into()), ..GetOptions::default() };
        let found = self.store.get_opts(&path(archive), options).await.map_err(io_error)?;
        Ok(found.into_stream().map_err(io_error).boxed())
    }

    /// Reads a part of an archive that fits into memory.
    pub(crate) async fn read_range(&self, archive: &Digest, range: Range<u64>) -> io::Result<Vec<u8>> {
        self.store.get_range(&path(archive), range).await.map(Vec::from).map_err(io_error)
    }

    /// Removes an archive that no version needs any more. One that is gone already is fine.
    pub(crate) async fn remove(&self, archive: &Digest) -> io::Result<()> {
        match self.store.delete(&path(archive)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(io_error(error)),
        }
    }
}

/// An archive that is being taken in. Dropped without [`IncomingOriginal::keep`], nothing of it is kept.
pub(crate) struct IncomingOriginal {
    originals: Originals,
    path: Path,
    writer: WriteMultipart,
}

impl IncomingOriginal {
    /// Appends bytes. On a blocking thread; waits when the store is behind.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        // Writing a part begins on the runtime.
        let _context = self.originals.runtime.enter();
        self.originals.runtime.block_on(self.writer.wait_for_capacity(PARTS_AT_ONCE)).map_err(io_error)?;
        self.writer.write(bytes);
        Ok(())
    }

    /// Makes it durable under the name of its digest.
    pub(crate) async fn keep(self, archive: &Digest) -> io::Result<()> {
        self.writer.finish().await.map_err(io_error)?;
        crashpoint::reach("original.rename");
        self.originals.store.rename(&self.path, &path(archive)).await.map_err(io_error)
    }

    /// Throws away what has come so far.
    pub(crate) async fn abandon(self) -> io::Result<()> {
        self.writer.abort().await.map_err(io_error)
    }
}
