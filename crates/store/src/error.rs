//! What can go wrong between us and the database, sorted by what the caller can do about it.

use std::path::PathBuf;

/// A failure of the store. A row that is not there is no failure: functions answer it with `Ok(None)`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address of the database was not understood.
    #[error("{0:?} is no database address: use sqlite:DIR/packhorse.db or postgres://USER@HOST/DATABASE")]
    Address(String),
    /// Another process uses the data directory.
    #[error("{} is in use by another server (process {holder})", .directory.display())]
    Locked {
        /// The data directory.
        directory: PathBuf,
        /// The process id that the lock file names, or `unknown`.
        holder: String,
    },
    /// A file or directory of the store cannot be used.
    #[error("cannot use {}: {source}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The schema is not one that this program can work with.
    #[error("{0}")]
    Schema(String),
    /// The database cannot take the work now; the same request may succeed later.
    #[error("the database is busy")]
    Busy,
    /// The transaction lost against another and was undone; it may be run again from its beginning.
    #[error("the transaction lost against another one")]
    Conflict,
    /// The connection was lost while committing: whether the change is stored has to be looked up.
    #[error("the connection to the database was lost during commit; the change may or may not be stored")]
    CommitUnknown(#[source] sqlx::Error),
    /// No room on the database's disk. Nothing was changed.
    #[error("the database's disk is full")]
    Full,
    /// A unique rule forbids the row.
    #[error("a row of this identity exists")]
    Unique,
    /// A foreign key forbids the change: the row refers to one that is gone, or is still referred to.
    #[error("another row refers to this one, or the one that this one refers to is gone")]
    Reference,
    /// A stored value cannot be read as what it should be.
    #[error("column {column} holds what it should not: {reason}")]
    Corrupt {
        /// Which column.
        column: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A value cannot be written.
    #[error("a value cannot be written: {0}")]
    Encode(#[from] serde_json::Error),
    /// Anything else that the database says.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        crate::dialect::classify(error)
    }
}
