//! Packs that are written for a push: each gets its row before it gets its bytes, so that what a crash leaves can be found.

use std::io;

use packhorse_content::pack::PackStore;
use packhorse_model::Digest;
use packhorse_store::packs::{self, Announced};
use tokio::runtime::Handle;

use crate::app::App;

/// Packs with their rows. Used from blocking threads only.
pub(crate) struct AnnouncedPacks {
    app: App,
    runtime: Handle,
}

impl AnnouncedPacks {
    pub(crate) fn new(app: App, runtime: Handle) -> Self {
        Self { app, runtime }
    }
}

impl PackStore for AnnouncedPacks {
    fn write(&self, pack: &Digest, bytes: &[u8]) -> io::Result<()> {
        let announced = self.runtime.block_on(async {
            let mut tx = self.app.store.write().await?;
            let announced = packs::announce(&mut tx, pack, bytes.len() as u64, self.app.clock.now()).await?;
            tx.commit().await.map(|()| announced)
        });
        match announced.map_err(io::Error::other)? {
            Announced::Welcome => self.app.objects.packs.write(pack, bytes),
            Announced::Going => Err(io::Error::new(io::ErrorKind::ResourceBusy, "the pack is just being removed")),
        }
    }

    fn read_range(&self, pack: &Digest, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        self.app.objects.packs.read_range(pack, offset, len)
    }

    fn size(&self, pack: &Digest) -> io::Result<u64> {
        self.app.objects.packs.size(pack)
    }
}
