//! Values encrypted for an application, as WeCube's deployment tool writes them into files: RSA with the padding of PKCS#1 v1.5, in
//! hexadecimal digits.
//!
//! - `[+name]`: encrypted for the application's public key, and marked by [`SINGLE`]. The application decrypts it with its private key.
//! - `[!name]`, `[%name]`: encrypted for the application's public key, and that signed with the system's private key, without any digest. The
//!   application recovers what was signed with the system's public key, and decrypts it with its private key.
//!
//! The keys stay in the server. Its private key is used for nothing but signing, blinded and in constant time; nothing is ever decrypted here,
//! so that there is no padding for anybody to ask about.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::Pkcs1v15Sign;
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _};
use rsa::traits::PublicKeyParts as _;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{PrivateKeyDer, SubjectPublicKeyInfoDer};

/// What stands before a value that is encrypted once.
const SINGLE: &str = "ffffff02";
/// The bytes that padding takes at least.
const PADDING: usize = 11;

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyError {
    /// No public key.
    #[error(
        "is no RSA public key of 1024 to 8192 bits: set it in PEM, as `openssl pkey -pubout` writes it, or as its Base64 alone"
    )]
    Public,
    /// No private key.
    #[error("is no RSA private key of 1024 to 8192 bits in PEM: `openssl genpkey -algorithm RSA` writes one")]
    Private,
}

/// A value that cannot be encrypted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SealError {
    /// More than the key can encrypt.
    #[error("the value has {bytes} bytes, and the application's key encrypts {most} at most")]
    Long {
        /// Bytes of the value.
        bytes: usize,
        /// Bytes that the key can encrypt.
        most: usize,
    },
    /// A signing key that is too small for what the other key makes.
    #[error(
        "the signing key has {bits} bits, and for this key of the application it must have {least} at least: 88 more"
    )]
    SigningKey {
        /// Bits of the signing key.
        bits: usize,
        /// Bits that it must have.
        least: usize,
    },
    /// The operating system gave no randomness, or the key is broken.
    #[error("encrypting failed: {0}")]
    Failed(String),
}

/// The public key of an application.
#[derive(Debug)]
pub(crate) struct PublicKey(rsa::PublicKey);

impl PublicKey {
    /// Reads PEM, or its Base64 without the lines around it.
    pub(crate) fn read(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let der = if text.starts_with("-----") {
            let key = SubjectPublicKeyInfoDer::from_pem_slice(text.as_bytes());
            key.map_err(|_| KeyError::Public)?.as_ref().to_vec()
        } else {
            let bare: String = text.split_whitespace().collect();
            STANDARD.decode(bare).map_err(|_| KeyError::Public)?
        };
        rsa::PublicKey::from_public_key_der(&der).map(Self).map_err(|_| KeyError::Public)
    }

    /// Its size in bits.
    pub(crate) fn bits(&self) -> usize {
        self.0.size() * 8
    }

    /// Bytes of the longest value that it encrypts.
    pub(crate) fn longest(&self) -> usize {
        self.0.size().saturating_sub(PADDING)
    }

    /// Bits that a key must have that signs what this one has encrypted.
    pub(crate) fn least_signing_bits(&self) -> usize {
        (self.0.size() + PADDING) * 8
    }

    /// A value as `[+name]` wants it.
    pub(crate) fn single(&self, value: &str) -> Result<String, SealError> {
        Ok(format!("{SINGLE}{}", hex::encode(self.encrypt(value)?)))
    }

    /// A value as `[!name]` wants it.
    pub(crate) fn signed(&self, key: &SigningKey, value: &str) -> Result<String, SealError> {
        Ok(hex::encode(key.sign(&self.encrypt(value)?)?))
    }

    fn encrypt(&self, value: &str) -> Result<Vec<u8>, SealError> {
        let most = self.longest();
        if value.len() > most {
            return Err(SealError::Long { bytes: value.len(), most });
        }
        self.0.pkcs1v15_encrypt(value.as_bytes()).map_err(|error| SealError::Failed(error.to_string()))
    }
}

/// The private key of the system.
pub(crate) struct SigningKey(rsa::PrivateKey);

impl SigningKey {
    /// Reads PEM, of PKCS#8 or PKCS#1.
    pub(crate) fn read(text: &str) -> Result<Self, KeyError> {
        let der = PrivateKeyDer::from_pem_slice(text.trim().as_bytes()).map_err(|_| KeyError::Private)?;
        let key = match &der {
            PrivateKeyDer::Pkcs8(der) => rsa::PrivateKey::from_pkcs8_der(der.secret_pkcs8_der()).ok(),
            PrivateKeyDer::Pkcs1(der) => rsa::PrivateKey::from_pkcs1_der(der.secret_pkcs1_der()).ok(),
            _ => None,
        };
        key.map(Self).ok_or(KeyError::Private)
    }

    /// Its size in bits.
    pub(crate) fn bits(&self) -> usize {
        self.0.size() * 8
    }

    fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, SealError> {
        let least = bytes.len() + PADDING;
        if self.0.size() < least {
            return Err(SealError::SigningKey { bits: self.bits(), least: least * 8 });
        }
        self.0.sign(Pkcs1v15Sign::new_unprefixed(), bytes).map_err(|error| SealError::Failed(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
    use aws_lc_rs::rsa::{KeySize, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};

    use super::*;

    /// A key that another library made.
    fn key(size: KeySize) -> PrivateDecryptingKey {
        PrivateDecryptingKey::generate(size).unwrap()
    }

    fn pem(label: &str, der: &[u8]) -> String {
        let lines: Vec<String> =
            STANDARD.encode(der).as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
    }

    fn public(key: &PrivateDecryptingKey) -> Vec<u8> {
        let der: PublicKeyX509Der<'_> = key.public_key().as_der().unwrap();
        der.as_ref().to_vec()
    }

    fn signing(key: &PrivateDecryptingKey) -> SigningKey {
        let der: Pkcs8V1Der<'_> = key.as_der().unwrap();
        SigningKey::read(&pem("PRIVATE KEY", der.as_ref())).unwrap()
    }

    fn decrypted(key: PrivateDecryptingKey, bytes: &[u8]) -> String {
        let key = Pkcs1PrivateDecryptingKey::new(key).unwrap();
        let mut plain = vec![0; key.min_output_size()];
        String::from_utf8(key.decrypt(bytes, &mut plain).unwrap().to_vec()).unwrap()
    }

    #[test]
    fn the_application_reads_what_is_encrypted_once() {
        let application = key(KeySize::Rsa2048);
        let sealing = PublicKey::read(&pem("PUBLIC KEY", &public(&application))).unwrap();
        let (one, another) = (sealing.single("hunter2").unwrap(), sealing.single("hunter2").unwrap());
        assert_ne!(one, another, "equal values cannot be told from one another");
        let bytes = hex::decode(one.strip_prefix(SINGLE).unwrap()).unwrap();
        assert_eq!(decrypted(application, &bytes), "hunter2");
    }

    #[test]
    fn the_application_proves_and_reads_what_is_signed() {
        let (application, system) = (key(KeySize::Rsa2048), key(KeySize::Rsa3072));
        let sealing = PublicKey::read(&STANDARD.encode(public(&application))).unwrap();
        let signing_key = signing(&system);
        let encrypted = sealing.encrypt("hunter2").unwrap();
        let signed = signing_key.sign(&encrypted).unwrap();
        let proving = PublicKey::read(&STANDARD.encode(public(&system))).unwrap();
        proving.0.verify(Pkcs1v15Sign::new_unprefixed(), &encrypted, &signed).unwrap();
        assert_eq!(decrypted(application, &encrypted), "hunter2");
        assert_eq!(sealing.signed(&signing_key, "hunter2").unwrap().len(), 2 * 3072 / 8);
    }

    #[test]
    fn what_cannot_be_encrypted_is_refused_with_the_numbers() {
        let application = key(KeySize::Rsa2048);
        let sealing = PublicKey::read(&STANDARD.encode(public(&application))).unwrap();
        assert!(sealing.single(&"x".repeat(245)).is_ok());
        insta::assert_snapshot!(sealing.single(&"x".repeat(246)).unwrap_err(), @"the value has 246 bytes, and the application's key encrypts 245 at most");
        let small = signing(&application);
        insta::assert_snapshot!(sealing.signed(&small, "a").unwrap_err(), @"the signing key has 2048 bits, and for this key of the application it must have 2136 at least: 88 more");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "hunter2", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "AAAA"] {
            assert_eq!(PublicKey::read(text).err(), Some(KeyError::Public), "{text}");
            assert_eq!(SigningKey::read(text).err(), Some(KeyError::Private), "{text}");
        }
    }
}
