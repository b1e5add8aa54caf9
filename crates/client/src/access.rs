//! How a client proves who it is.

use std::fmt;

/// Text that is never shown: a token, a cookie, a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text` from being shown.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for whoever must send or store it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// How a client proves who it is.
#[derive(Debug, Clone)]
pub enum Access {
    /// It does not; for signing in, and for what needs no proof.
    Anonymous,
    /// By an API token.
    Token(Secret),
    /// By the cookie of a session, as a browser does.
    Session(Secret),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_shown() {
        let shown = format!("{:?}", Access::Token(Secret::new("ph_abc")));
        assert!(!shown.contains("abc"), "{shown}");
    }
}
