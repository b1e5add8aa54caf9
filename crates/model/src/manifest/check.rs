//! What the checks of all sections share: the form of paths and names, and how a fault is said.

use super::ManifestError;

/// A value that cannot be meant: what is wrong, and what would be right.
pub(super) fn wrong(key: impl Into<String>, message: impl Into<String>) -> ManifestError {
    ManifestError::Value { key: key.into(), message: message.into() }
}

/// Whether a path leads to something inside the package, and nowhere else.
pub(super) fn is_inside(path: &str) -> bool {
    !path.is_empty() && path.split('/').all(is_plain)
}

/// Whether a path is absolute, without `.`, `..` and empty parts, and not `/` itself.
pub(super) fn is_absolute(path: &str) -> bool {
    path.strip_prefix('/').is_some_and(is_inside)
}

fn is_plain(part: &str) -> bool {
    !part.is_empty() && part != "." && part != ".." && !part.chars().any(char::is_control)
}

/// Whether a name may stand in an environment.
pub(super) fn is_environment_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// Whether a text is one line that can be shown: a name of a user, a tag, an attribute.
pub(super) fn is_word(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.chars().any(char::is_control)
}
