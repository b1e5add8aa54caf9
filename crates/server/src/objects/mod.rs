//! Content: packs of segments, and archives that are kept as they came. Both lie in an object store below `DATA/objects`.
//!
//! - Objects are written once, whole, and durable when the write returns; rows name them only afterwards. So what a crash leaves is
//!   garbage that no row names, never a row without its object.
//! - Everything in `content` is synchronous; it runs on blocking threads, which may wait for the object store.

mod announced;
mod files;
mod index;
mod library;
mod original;
mod originals;
mod packs;

use std::path::Path;
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;
use tokio::runtime::Handle;

pub(crate) use announced::AnnouncedPacks;
pub(crate) use files::StoredFiles;
pub(crate) use index::StoredSegments;
pub(crate) use library::{Library, content_of, files_of, location};
pub(crate) use original::{open_archive, with_gzip, write_archive};
pub(crate) use originals::{IncomingOriginal, Originals};
pub(crate) use packs::Packs;

/// Where content is.
#[derive(Clone)]
pub(crate) struct Objects {
    /// Packs of segments.
    pub(crate) packs: Packs,
    /// Packs that were sent for versions that are not there yet.
    pub(crate) staged: Packs,
    /// Archives as they came.
    pub(crate) originals: Originals,
}

impl Objects {
    /// Objects in a directory, which is made if it is not there. Called on the runtime.
    ///
    /// # Errors
    /// If the directory cannot be made.
    pub(crate) fn open(directory: &Path) -> Result<Self, object_store::Error> {
        std::fs::create_dir_all(directory)
            .map_err(|error| object_store::Error::Generic { store: "directory", source: error.into() })?;
        let store: Arc<dyn ObjectStore> = Arc::new(LocalFileSystem::new_with_prefix(directory)?.with_fsync(true));
        Ok(Self {
            packs: Packs::new(Arc::new(PrefixStore::new(Arc::clone(&store), "packs")), Handle::current()),
            staged: Packs::new(Arc::new(PrefixStore::new(Arc::clone(&store), "staged")), Handle::current()),
            originals: Originals::new(Arc::new(PrefixStore::new(store, "archives")), Handle::current()),
        })
    }
}

/// What an object store says, as an I/O error whose kind is kept where there is one.
fn io_error(error: object_store::Error) -> std::io::Error {
    use std::io::{Error, ErrorKind};
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    let mut kind = match &error {
        object_store::Error::NotFound { .. } => ErrorKind::NotFound,
        object_store::Error::AlreadyExists { .. } => ErrorKind::AlreadyExists,
        _ => ErrorKind::Other,
    };
    while let (ErrorKind::Other, Some(inner)) = (kind, cause) {
        if let Some(io) = inner.downcast_ref::<Error>() {
            kind = io.kind();
        }
        cause = inner.source();
    }
    Error::new(kind, error)
}
