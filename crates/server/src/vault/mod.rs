//! The vault: what secrets say is sealed under a master key that lies in a file beside the database, and is opened for nobody but the
//! host whose attempt needs it.
//!
//! Sealing is AES-256-GCM-SIV, which stays safe even if a nonce came twice. What is sealed is bound to its secret and version, so that
//! rows cannot be exchanged for one another. Nothing here logs or shows a value.

mod key;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use packhorse_model::ids::SecretId;
use packhorse_store::vault::{Sealed, any_key};
use packhorse_store::{Conn, StoreError};

use crate::random::Random;
use crate::start_error::StartError;

pub(crate) use key::MasterKey;

/// The open vault.
pub(crate) struct Vault {
    key: LessSafeKey,
    key_id: String,
    digest_key: [u8; 32],
    random: Random,
}

/// Something sealed cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VaultError {
    /// It was sealed with another master key.
    #[error("it was sealed with the master key {sealed}, and this server has {own}")]
    OtherKey {
        /// The key that it was sealed with.
        sealed: String,
        /// The key that there is.
        own: String,
    },
    /// It was altered, or is no secret at all.
    #[error("what is sealed was altered")]
    Altered,
    /// The cipher refused to work.
    #[error("the cipher failed")]
    Cipher,
}

impl Vault {
    pub(crate) fn new(key: &MasterKey, random: Random) -> Result<Self, StartError> {
        let unbound = UnboundKey::new(&AES_256_GCM_SIV, key.bytes());
        let unbound = unbound.map_err(|_| StartError::Other("the master key does not fit its cipher".to_owned()))?;
        Ok(Self { key: LessSafeKey::new(unbound), key_id: key.id(), digest_key: key.digest_key(), random })
    }

    /// Whether what is in the database was sealed with this key. A server with another one would start, and fail at the first
    /// deployment that needs a secret.
    pub(crate) async fn check(&self, conn: &mut Conn) -> Result<Result<(), VaultError>, StoreError> {
        let sealed = any_key(conn).await?;
        Ok(match sealed {
            Some(sealed) if sealed != self.key_id => Err(VaultError::OtherKey { sealed, own: self.key_id.clone() }),
            _ => Ok(()),
        })
    }

    /// The key of digests that must not tell what they are of.
    pub(crate) fn digest_key(&self) -> &[u8; 32] {
        &self.digest_key
    }

    pub(crate) fn seal(&self, secret: SecretId, version: u32, value: &str) -> Result<Sealed, VaultError> {
        let random = self.random.bytes();
        let nonce: [u8; NONCE_LEN] = std::array::from_fn(|index| random[index]);
        let mut bytes = nonce.to_vec();
        let mut text = value.as_bytes().to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let sealed = self.key.seal_in_place_append_tag(nonce, Aad::from(bound(secret, version)), &mut text);
        sealed.map_err(|_| VaultError::Cipher)?;
        bytes.append(&mut text);
        Ok(Sealed { key_id: self.key_id.clone(), bytes })
    }

    pub(crate) fn open(&self, secret: SecretId, version: u32, sealed: &Sealed) -> Result<String, VaultError> {
        if sealed.key_id != self.key_id {
            return Err(VaultError::OtherKey { sealed: sealed.key_id.clone(), own: self.key_id.clone() });
        }
        let (nonce, text) = sealed.bytes.split_first_chunk::<NONCE_LEN>().ok_or(VaultError::Altered)?;
        let mut text = text.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.key.open_in_place(nonce, Aad::from(bound(secret, version)), &mut text);
        let opened = opened.map_err(|_| VaultError::Altered)?;
        String::from_utf8(opened.to_vec()).map_err(|_| VaultError::Altered)
    }
}

/// What something sealed belongs to.
fn bound(secret: SecretId, version: u32) -> Vec<u8> {
    format!("packhorse secret {secret} {version}").into_bytes()
}

#[cfg(test)]
mod tests {
    use packhorse_model::ids::Identifier as _;

    use super::*;

    fn vault(seed: u64) -> Vault {
        let folder = tempfile::tempdir().unwrap();
        let random = Random::seeded(seed);
        Vault::new(&MasterKey::open(folder.path(), &random).unwrap(), random).unwrap()
    }

    #[test]
    fn only_the_same_key_opens_what_it_sealed_and_only_where_it_belongs() {
        let (one, other) = (vault(1), vault(2));
        let id = SecretId::from_parts(jiff::Timestamp::UNIX_EPOCH, 1);
        let sealed = one.seal(id, 1, "hunter2").unwrap();
        assert_eq!(one.open(id, 1, &sealed).unwrap(), "hunter2");
        assert_ne!(one.seal(id, 1, "hunter2").unwrap().bytes, sealed.bytes);
        assert!(matches!(one.open(id, 2, &sealed), Err(VaultError::Altered)));
        assert!(matches!(other.open(id, 1, &sealed), Err(VaultError::OtherKey { .. })));
        for index in 0..sealed.bytes.len() {
            let mut altered = sealed.clone();
            altered.bytes[index] ^= 1;
            assert!(matches!(one.open(id, 1, &altered), Err(VaultError::Altered)));
        }
        let short = Sealed { bytes: vec![0; 5], ..sealed };
        assert!(matches!(one.open(id, 1, &short), Err(VaultError::Altered)));
    }
}
