//! Which segments are stored, for an ingest on a blocking thread.

use std::collections::HashSet;
use std::io;

use packhorse_content::ingest::SegmentIndex;
use packhorse_model::Digest;
use packhorse_store::{Store, segments};
use tokio::runtime::Handle;

/// The index of segments in the database.
pub(crate) struct StoredSegments {
    store: Store,
    /// Ingest asks from threads of its own, which know no runtime.
    runtime: Handle,
}

impl StoredSegments {
    pub(crate) fn new(store: Store, runtime: Handle) -> Self {
        Self { store, runtime }
    }
}

impl SegmentIndex for StoredSegments {
    fn missing(&self, digests: &[Digest]) -> io::Result<Vec<bool>> {
        let stored: HashSet<Digest> = self
            .runtime
            .block_on(async { segments::stored(&mut *self.store.read().await?, digests).await })
            .map_err(io::Error::other)?
            .into_iter()
            .collect();
        Ok(digests.iter().map(|digest| !stored.contains(digest)).collect())
    }
}
