//! The open store: readers, writers, and the lock on an embedded data directory.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::conn::{Conn, Reader, Tx};
use crate::dialect::Database;
use crate::error::StoreError;
use crate::lock::{self, DirectoryLock};
use crate::migrations;
use crate::package_terms;
use crate::url::StoreUrl;

/// How often a transaction that lost against another is run again.
const ATTEMPTS: u32 = 5;

/// A store. Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    database: Database,
    /// Held as long as the store is; released by the kernel even if the process is killed.
    _lock: Option<DirectoryLock>,
}

/// The future of a piece of work inside a transaction.
pub type Work<'a, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

impl Store {
    /// Opens the database, makes it if it is not there, and brings its schema up to date.
    ///
    /// # Errors
    /// If the directory is in use or cannot be written, the server does not answer, or the schema is not ours.
    pub async fn open(url: &StoreUrl) -> Result<Self, StoreError> {
        let (database, lock) = match url {
            StoreUrl::Sqlite(path) => {
                let lock = DirectoryLock::acquire(directory(path))?;
                (Database::sqlite(path).await?, Some(lock))
            }
            StoreUrl::Postgres(url) => (Database::postgres(url).await?, None),
        };
        migrations::run(&database).await?;
        let store = Self { shared: Arc::new(Shared { database, _lock: lock }) };
        // What packages are found by is made by rules of the program, which a migration cannot follow.
        while store.transact(|tx| Box::pin(async move { package_terms::refresh_some(tx).await })).await? {}
        Ok(store)
    }

    /// Why an embedded database could not be opened now: another process uses its directory. Makes and changes nothing.
    #[must_use]
    pub fn holder(path: &Path) -> Option<StoreError> {
        lock::holder(directory(path))
    }

    /// A read-only view of one moment.
    pub async fn read(&self) -> Result<Reader, StoreError> {
        self.shared.database.begin_read().await.map(Reader)
    }

    /// A transaction that writes: `BEGIN IMMEDIATE`, or READ COMMITTED.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        self.shared.database.begin_write().await.map(Tx::new)
    }

    /// Runs `work` in a transaction and commits it; runs it again from the beginning if it lost against another one.
    ///
    /// ```ignore
    /// store.transact(|tx| Box::pin(async move { hosts::touch(tx, id, now).await })).await?;
    /// ```
    pub async fn transact<T, E>(&self, mut work: impl for<'a> FnMut(&'a mut Tx) -> Work<'a, T, E>) -> Result<T, E>
    where
        E: From<StoreError> + AsStoreError,
    {
        let mut attempt = 1;
        loop {
            let mut tx = self.write().await?;
            let outcome = match work(&mut tx).await {
                Ok(value) => tx.commit().await.map(|()| value).map_err(E::from),
                Err(error) => Err(error),
            };
            match outcome {
                Err(error) if attempt < ATTEMPTS && error.as_store_error().is_some_and(StoreError::is_retryable) => {
                    // Time for the one that won to come to its end.
                    tokio::time::sleep(Duration::from_millis(5 << attempt)).await;
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    /// Ends every connection. An embedded database folds its log back.
    pub async fn close(&self) {
        self.shared.database.close().await;
    }

    /// Looks whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut reader = self.read().await?;
        let conn: &mut Conn = &mut reader;
        conn.query_one("SELECT number FROM migrations WHERE number = 1", vec![]).await.map(drop)
    }
}

/// Errors that may hold one of the store's, so that [`Store::transact`] can see whether to try again.
pub trait AsStoreError {
    /// The store's error, if it is one.
    fn as_store_error(&self) -> Option<&StoreError>;
}

impl AsStoreError for StoreError {
    fn as_store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

impl StoreError {
    /// Whether the transaction may be run again from its beginning.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Conflict)
    }
}

/// The directory that is locked for a database file.
fn directory(path: &Path) -> &Path {
    path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
