//! Who this host is to its server: a key that never leaves it, a certificate for a day, and the authority that it trusts.

mod join;
mod renew;
mod token;

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;

use jiff::Timestamp;
use packhorse_client::agent_api::{AgentApi, AgentApiError, Endpoint};
use packhorse_model::HostName;
use packhorse_model::ids::HostId;
use packhorse_model::problem::Problem;
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde::{Deserialize, Serialize};

use crate::files;
use crate::paths::Paths;

pub use join::{JoinError, join};
pub use renew::keep_fresh;
pub use token::{JoinToken, TokenError};

/// Everything that makes this host itself. One file, replaced whole, so that key and certificate always belong together.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The server's address.
    pub server: String,
    /// The local address to connect from.
    #[serde(default)]
    pub from: Option<IpAddr>,
    /// The host.
    pub host: HostId,
    /// Its name.
    pub name: HostName,
    /// How many times it has joined.
    pub incarnation: u32,
    /// PEM of the authority.
    pub authority: String,
    /// PEM of the certificate.
    pub certificate: String,
    /// PEM of the key.
    pub key: String,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("server", &self.server).field("name", &self.name).finish_non_exhaustive()
    }
}

/// The identity cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// It cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// This host has not joined.
    #[error("this host has not joined a server: there is no {0}")]
    Missing(PathBuf),
    /// Its certificate cannot be read.
    #[error("the certificate of this host cannot be read: {0}")]
    Certificate(String),
    /// No key or request could be made.
    #[error("no key could be made: {0}")]
    Key(#[from] rcgen::Error),
    /// The way to the server cannot be made.
    #[error(transparent)]
    Api(#[from] AgentApiError),
}

impl IdentityError {
    /// What the server refused, if it did.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        if let Self::Api(error) = self { error.problem() } else { None }
    }
}

impl Identity {
    /// Reads it.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub fn load(paths: &Paths) -> Result<Self, IdentityError> {
        let path = paths.identity();
        match files::read_json(&path) {
            Ok(Some(identity)) => Ok(identity),
            Ok(None) => Err(IdentityError::Missing(path)),
            Err(source) => Err(IdentityError::Io { path, source }),
        }
    }

    /// Writes it, readable for its owner alone.
    ///
    /// # Errors
    /// [`IdentityError::Io`].
    pub fn save(&self, paths: &Paths) -> Result<(), IdentityError> {
        let path = paths.identity();
        files::replace_json(&path, self).map_err(|source| IdentityError::Io { path, source })
    }

    /// Where its server is.
    ///
    /// # Errors
    /// If the address has become unusable.
    pub fn endpoint(&self) -> Result<Endpoint, IdentityError> {
        Ok(Endpoint::new(&self.server, self.from)?)
    }

    /// The way to the server, with this certificate.
    ///
    /// # Errors
    /// If the certificate or the key cannot be used.
    pub fn connect(&self) -> Result<AgentApi, IdentityError> {
        Ok(self.endpoint()?.with_identity(&self.authority, &self.certificate, &self.key)?)
    }

    /// When half of the certificate's life is over, and when all of it is.
    ///
    /// # Errors
    /// [`IdentityError::Certificate`].
    pub fn validity(&self) -> Result<(Timestamp, Timestamp), IdentityError> {
        let wrong = |error: String| IdentityError::Certificate(error);
        let der =
            CertificateDer::from_pem_slice(self.certificate.as_bytes()).map_err(|error| wrong(error.to_string()))?;
        let (_, parsed) = x509_parser::parse_x509_certificate(&der).map_err(|error| wrong(error.to_string()))?;
        let at = |second: i64| Timestamp::from_second(second).map_err(|error| wrong(error.to_string()));
        let (begin, end) = (parsed.validity().not_before.timestamp(), parsed.validity().not_after.timestamp());
        Ok((at(begin + (end - begin) / 2)?, at(end)?))
    }
}

/// A new key, and the request for a certificate of it, both as PEM.
fn new_key() -> Result<(String, String), IdentityError> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    // The server takes the key and nothing else from the request.
    let request = CertificateParams::default().serialize_request(&key)?;
    Ok((key.serialize_pem(), request.pem()?))
}
