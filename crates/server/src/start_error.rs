//! Why the server does not start: what, where, and what to do next.

use std::net::SocketAddr;
use std::path::PathBuf;

use packhorse_store::StoreError;

/// Why the server does not start. It leaves nothing behind that a next start would stumble over.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Someone else listens there.
    #[error("port {} of {} is in use by another program", .address.port(), .address.ip())]
    PortBusy {
        /// Where.
        address: SocketAddr,
        /// The option that chooses another.
        option: &'static str,
    },
    /// We may not listen there, or the address is none of this machine's.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// The option that chooses another.
        option: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// A file or directory cannot be used.
    #[error("cannot use {}: {source}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The certificate authority in the data directory is not whole.
    #[error("the certificate authority in {} cannot be used: {reason}", .path.display())]
    Authority {
        /// Where.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The master key of the vault cannot be used.
    #[error("the vault's master key {} cannot be used: {reason}", .path.display())]
    MasterKey {
        /// Where.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The store does not open.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something that should not fail did.
    #[error("the server cannot start: {0}")]
    Other(String),
}

impl StartError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::PortBusy { option, address } => {
                format!(
                    "stop that program (`ss -ltnp sport = :{}` names it), or choose another port with {option}",
                    address.port()
                )
            }
            Self::Listen { option, .. } => format!("choose an address of this machine and a free port with {option}"),
            Self::File { .. } | Self::Store(StoreError::File { .. }) => {
                "look at the owner, the permissions and the free space of that path, or choose another data directory with --data"
                    .to_owned()
            }
            Self::Authority { .. } => {
                "put both files back from a backup; without them no agent that has joined will trust this server".to_owned()
            }
            Self::MasterKey { path, .. } => {
                format!("put {} back from a backup, with mode 600; without it no secret can be read", path.display())
            }
            Self::Store(StoreError::Locked { .. }) => {
                "stop the other server, or choose another data directory with --data".to_owned()
            }
            Self::Store(StoreError::Full) => "make room on the disk of the database".to_owned(),
            Self::Store(_) => "look whether the database is there, and whether this account may use it".to_owned(),
            Self::Other(_) => "look at the log".to_owned(),
        }
    }
}
