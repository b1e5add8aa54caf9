//! The token with which a host joins: `pht_SECRET.FINGERPRINT`.

use std::str::FromStr;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use sha2::{Digest as _, Sha256};

const PREFIX: &str = "pht_";

/// A join token.
#[derive(Clone, PartialEq, Eq)]
pub struct JoinToken {
    secret: String,
    fingerprint: [u8; 32],
}

/// The text is no join token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no join token: it has the form pht_SECRET.FINGERPRINT")]
pub struct TokenError;

impl JoinToken {
    /// What proves to the server that this host may join.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// Whether this authority (PEM) is the one that the token was made by.
    #[must_use]
    pub fn vouches_for(&self, authority: &str) -> bool {
        let certificate = CertificateDer::from_pem_slice(authority.as_bytes());
        certificate.is_ok_and(|certificate| Sha256::digest(&certificate)[..] == self.fingerprint)
    }
}

impl FromStr for JoinToken {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let (secret, fingerprint) = text.trim().split_once('.').ok_or(TokenError)?;
        let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
        secret.strip_prefix(PREFIX).filter(|rest| is_plain(rest)).ok_or(TokenError)?;
        // A digest of this length in the same hexadecimal form.
        let fingerprint: packhorse_model::Digest = fingerprint.parse().map_err(|_| TokenError)?;
        Ok(Self { secret: secret.to_owned(), fingerprint: *fingerprint.as_bytes() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vouches_for_one_authority() {
        let authority = |name: &str| {
            let key = rcgen::KeyPair::generate().unwrap();
            rcgen::CertificateParams::new([name.to_owned()]).unwrap().self_signed(&key).unwrap()
        };
        let (ours, other) = (authority("a"), authority("b"));
        let fingerprint = packhorse_model::Digest::try_from(&Sha256::digest(ours.der())[..]).unwrap();
        let token: JoinToken = format!("pht_secret.{fingerprint}").parse().unwrap();
        assert_eq!(token.secret(), "pht_secret");
        assert!(token.vouches_for(&ours.pem()) && !token.vouches_for(&other.pem()) && !token.vouches_for("no PEM"));
    }

    #[test]
    fn refuses_other_text() {
        let digest = "0".repeat(64);
        for text in
            [String::new(), "pht_x".into(), format!("ph_x.{digest}"), format!("pht_.{digest}"), "pht_x.00".into()]
        {
            assert!(text.parse::<JoinToken>().is_err(), "{text}");
        }
    }
}
