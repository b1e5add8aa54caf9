//! Making a transfer once, whoever asks for it and how many at the same time.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::SystemTime;

use packhorse_content::delta::make_delta;
use packhorse_content::transfer::write_full;
use packhorse_model::Digest;
use tokio::sync::Mutex as AsyncMutex;

use crate::objects::{Library, files_of};

/// What the folder may take; beyond it the oldest go.
const MOST_BYTES: u64 = 16 << 30;

/// Transfers on disk.
pub(crate) struct Transfers {
    folder: PathBuf,
    /// One lock for each transfer that is being made or looked up: the second one to ask waits for the first.
    making: Mutex<BTreeMap<String, Weak<AsyncMutex<()>>>>,
}

/// A tree, and how long its list is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TreeRef {
    /// The tree.
    pub(crate) digest: Digest,
    /// Bytes of its list.
    pub(crate) size: u64,
}

impl Transfers {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, making: Mutex::default() }
    }

    /// The whole tree, as a compressed tar.
    pub(crate) async fn full(&self, library: Library, tree: TreeRef) -> io::Result<PathBuf> {
        self.make(full_name(&tree.digest), move |file| {
            let written = || {
                let list = library.tree(&tree.digest, tree.size)?;
                let source = library.open(files_of(&list))?;
                write_full(&list, &source, file)
            };
            library.noting(written())
        })
        .await
    }

    /// What leads from one tree to another.
    pub(crate) async fn delta(&self, library: Library, from: TreeRef, to: TreeRef) -> io::Result<PathBuf> {
        self.make(delta_name(&from.digest, &to.digest), move |file| {
            let written = || {
                let (old, new) = (library.tree(&from.digest, from.size)?, library.tree(&to.digest, to.size)?);
                let source = library.open(files_of(&old).chain(files_of(&new)))?;
                make_delta(&old, &new, &source, file).map(drop)
            };
            library.noting(written())
        })
        .await
    }

    /// The whole tree, if it was made before and is still there.
    pub(crate) fn kept(&self, tree: &Digest) -> Option<PathBuf> {
        let path = self.folder.join(full_name(tree));
        path.exists().then_some(path)
    }

    /// Bytes of what leads from one tree to another, or of the whole tree, if it was made before and is still there.
    pub(crate) async fn kept_size(&self, from: Option<&Digest>, to: &Digest) -> Option<u64> {
        let name = from.map_or_else(|| full_name(to), |from| delta_name(from, to));
        tokio::fs::metadata(self.folder.join(name)).await.ok().map(|about| about.len())
    }

    async fn make(
        &self,
        name: String,
        write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()> + Send + 'static,
    ) -> io::Result<PathBuf> {
        let path = self.folder.join(&name);
        let lock = self.lock(&name);
        let _turn = lock.lock().await;
        let folder = self.folder.clone();
        let made = tokio::task::spawn_blocking(move || {
            if path.exists() {
                return Ok(path);
            }
            fs::create_dir_all(&folder)?;
            let unfinished = tempfile::NamedTempFile::new_in(&folder)?;
            let mut file = BufWriter::with_capacity(1 << 20, unfinished.reopen()?);
            write(&mut file)?;
            file.flush()?;
            unfinished.persist(&path)?;
            make_room(&folder, &path)?;
            Ok(path)
        });
        made.await.map_err(io::Error::other)?
    }

    fn lock(&self, name: &str) -> Arc<AsyncMutex<()>> {
        let mut making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        making.retain(|_, lock| lock.strong_count() > 0);
        if let Some(lock) = making.get(name).and_then(Weak::upgrade) {
            return lock;
        }
        let lock = Arc::default();
        making.insert(name.to_owned(), Arc::downgrade(&lock));
        lock
    }
}

fn full_name(tree: &Digest) -> String {
    format!("{tree}.full.{}", packhorse_content::transfer::FULL_FORMAT)
}

fn delta_name(from: &Digest, to: &Digest) -> String {
    format!("{to}.from.{from}.{}", packhorse_content::delta::DELTA_FORMAT)
}

/// Removes the oldest transfers until the folder is small enough; never the one that was just made.
fn make_room(folder: &Path, keep: &Path) -> io::Result<()> {
    let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        files.push((about.modified()?, about.len(), entry.path()));
    }
    files.sort();
    let mut total: u64 = files.iter().map(|(_, size, _)| size).sum();
    for (_, size, path) in files {
        if total <= MOST_BYTES {
            break;
        }
        if path != keep {
            fs::remove_file(path)?;
            total -= size;
        }
    }
    Ok(())
}
