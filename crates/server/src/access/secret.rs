//! Secrets that we give out: 256 random bits behind a prefix that says what they are for. Only their SHA-256 is stored, so they need
//! no slow hash: they cannot be guessed.

use sha2::{Digest as _, Sha256};

use crate::random::Random;

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SecretKind {
    /// In a browser's cookie.
    Session,
    /// In `Authorization: Bearer`.
    ApiToken,
    /// With which a host joins once.
    JoinToken,
}

impl SecretKind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Session => "phs_",
            Self::ApiToken => "ph_",
            Self::JoinToken => "pht_",
        }
    }
}

/// A secret as its owner gets it: a prefix and 64 characters of 0-9 and a-f, safe in any shell, URL and header.
pub(crate) struct Secret(String);

impl Secret {
    /// A new one.
    pub(crate) fn generate(kind: SecretKind, random: &Random) -> Self {
        Self(format!("{}{}", kind.prefix(), hex::encode(random.bytes())))
    }

    /// What someone presents, if it has the form of a secret of this kind.
    pub(crate) fn parse(kind: SecretKind, text: &str) -> Option<Self> {
        let digits = text.strip_prefix(kind.prefix())?;
        let fits = digits.len() == 64 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        fits.then(|| Self(text.to_owned()))
    }

    /// What is stored.
    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// The text, to be shown once.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}
