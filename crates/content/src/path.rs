//! Paths within a package, and the targets of its links: safe on every host, screen, log and shell that will see them.
//!
//! A value of these types holds no way out of its root, nothing that another system would read as another path, and no
//! character that shows itself as something else. It need not exist.

use std::fmt;

use packhorse_model::name::is_direction_override;

/// The folder that Packhorse keeps to itself inside an install root; no package may bring it.
pub const MARKER: &str = ".packhorse";
/// Longest path, in bytes.
pub const MAX_PATH: usize = 2048;
/// Longest name of one file or folder, in bytes: what Linux file systems allow.
pub const MAX_NAME: usize = 255;
/// Deepest nesting.
pub const MAX_DEPTH: usize = 100;

/// What is wrong with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathFault {
    /// Nothing in it.
    #[error("is empty")]
    Empty,
    /// Begins with `/` or with a drive letter.
    #[error("is absolute")]
    Absolute,
    /// Has `..` in it.
    #[error("leaves the package by \"..\"")]
    LeavesRoot,
    /// Has `.` or an empty name in it.
    #[error("is not in its plain form: it has \".\" or \"//\" within")]
    NotPlain,
    /// Has a backslash, which separates folders elsewhere.
    #[error("has a backslash in it")]
    Backslash,
    /// A control character, a line separator or a terminal escape.
    #[error("has a control character in it")]
    Control,
    /// A character that turns the direction in which text is read.
    #[error("has a direction-changing character in it")]
    Direction,
    /// A name that a command would read as an option.
    #[error("has a name that begins with \"-\"")]
    LeadingDash,
    /// A name that other systems shorten.
    #[error("has a name that ends in a dot or a space")]
    TrailingDotOrSpace,
    /// `CON`, `aux.txt` and the like.
    #[error("has a name that Windows reserves for a device")]
    DeviceName,
    /// `.packhorse`.
    #[error("has the reserved name \".packhorse\" in it")]
    Marker,
    /// Longer than [`MAX_PATH`] or [`MAX_NAME`].
    #[error("is too long: at most 2048 bytes, and 255 for each name")]
    TooLong,
    /// Deeper than [`MAX_DEPTH`].
    #[error("is nested more than 100 folders deep")]
    TooDeep,
    /// Bytes that are not UTF-8.
    #[error("is not UTF-8")]
    NotUtf8,
}

/// A path was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the path {shown:?} {fault}")]
pub struct PathError {
    shown: String,
    fault: PathFault,
}

impl PathError {
    fn new(path: &str, fault: PathFault) -> Self {
        Self { shown: shorten(path), fault }
    }

    /// What is wrong.
    #[must_use]
    pub fn fault(&self) -> PathFault {
        self.fault
    }
}

/// At most 120 characters of a text that may be of any length, for messages.
pub(crate) fn shorten(text: &str) -> String {
    let mut shown: String = text.chars().take(120).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// The path of an entry: relative, `/` between names, no `.` and `..`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryPath(Box<str>);

impl EntryPath {
    /// Checks a path.
    ///
    /// # Errors
    /// By any of the rules of [`PathFault`].
    pub fn new(path: &str) -> Result<Self, PathError> {
        check(path).map_err(|fault| PathError::new(path, fault))?;
        Ok(Self(path.into()))
    }

    /// Checks a path given as bytes.
    ///
    /// # Errors
    /// By any of the rules of [`PathFault`].
    pub fn from_bytes(path: &[u8]) -> Result<Self, PathError> {
        match std::str::from_utf8(path) {
            Ok(path) => Self::new(path),
            Err(_) => Err(PathError::new(&String::from_utf8_lossy(path), PathFault::NotUtf8)),
        }
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder that it lies in; none at the top.
    #[must_use]
    pub fn parent(&self) -> Option<&str> {
        self.0.rsplit_once('/').map(|(parent, _)| parent)
    }

    /// The folder that it lies in, as a path: part of a valid path is one.
    #[must_use]
    pub fn parent_path(&self) -> Option<Self> {
        self.parent().map(|parent| Self(parent.into()))
    }

    /// Its own name, without folders.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&*self.0, |(_, name)| name)
    }

    /// The path below `folder`, if it lies in it.
    #[must_use]
    pub fn strip(&self, folder: &str) -> Option<Self> {
        self.0.strip_prefix(folder)?.strip_prefix('/').map(|path| Self(path.into()))
    }

    /// Every folder above it, outermost first.
    pub fn ancestors(&self) -> impl Iterator<Item = Self> + '_ {
        self.0.match_indices('/').map(|(at, _)| Self(self.0[..at].into()))
    }

    /// The form under which two paths that some file system takes for the same are equal: normalised, then lower case.
    #[must_use]
    pub fn folded(&self) -> String {
        use unicode_normalization::UnicodeNormalization;
        if self.0.is_ascii() {
            self.0.to_ascii_lowercase()
        } else {
            self.0.nfc().flat_map(char::to_lowercase).nfc().collect()
        }
    }
}

impl fmt::Display for EntryPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for EntryPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// What a symbolic link says: a relative path that may go up; whether it stays inside is a property of the whole tree.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct LinkTarget(Box<str>);

impl LinkTarget {
    /// Checks a target.
    ///
    /// # Errors
    /// If it is absolute, or has names that no entry could have.
    pub fn new(target: &str) -> Result<Self, PathError> {
        check_target(target).map_err(|fault| PathError::new(target, fault))?;
        Ok(Self(target.into()))
    }

    /// Checks a target given as bytes.
    ///
    /// # Errors
    /// As [`LinkTarget::new`].
    pub fn from_bytes(target: &[u8]) -> Result<Self, PathError> {
        match std::str::from_utf8(target) {
            Ok(target) => Self::new(target),
            Err(_) => Err(PathError::new(&String::from_utf8_lossy(target), PathFault::NotUtf8)),
        }
    }

    /// The target as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names in it, with `..` but without `.` and blanks.
    pub(crate) fn names(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/').filter(|name| !matches!(*name, "" | "."))
    }
}

impl fmt::Display for LinkTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for LinkTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

fn check(path: &str) -> Result<(), PathFault> {
    check_text(path)?;
    let mut depth = 0;
    for name in path.split('/') {
        check_name(name)?;
        depth += 1;
    }
    if depth > MAX_DEPTH { Err(PathFault::TooDeep) } else { Ok(()) }
}

fn check_target(target: &str) -> Result<(), PathFault> {
    check_text(target)?;
    target.split('/').filter(|name| !matches!(*name, "" | "." | "..")).try_for_each(check_name)
}

/// What holds for a path as a whole, whatever its names.
fn check_text(path: &str) -> Result<(), PathFault> {
    let bytes = path.as_bytes();
    match bytes {
        [] => return Err(PathFault::Empty),
        [b'/', ..] => return Err(PathFault::Absolute),
        [drive, b':', ..] if drive.is_ascii_alphabetic() => return Err(PathFault::Absolute),
        _ if bytes.len() > MAX_PATH => return Err(PathFault::TooLong),
        _ if bytes.contains(&b'\\') => return Err(PathFault::Backslash),
        _ => {}
    }
    for c in path.chars() {
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            return Err(PathFault::Control);
        }
        if is_direction_override(c) || c == '\u{061c}' {
            return Err(PathFault::Direction);
        }
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), PathFault> {
    match name {
        "" | "." => Err(PathFault::NotPlain),
        ".." => Err(PathFault::LeavesRoot),
        _ if name.len() > MAX_NAME => Err(PathFault::TooLong),
        _ if name.starts_with('-') => Err(PathFault::LeadingDash),
        _ if name.ends_with(['.', ' ']) => Err(PathFault::TrailingDotOrSpace),
        _ if name.eq_ignore_ascii_case(MARKER) => Err(PathFault::Marker),
        _ if is_device(name) => Err(PathFault::DeviceName),
        _ => Ok(()),
    }
}

fn is_device(name: &str) -> bool {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem).trim_end_matches(' ');
    let is = |device: &str| stem.eq_ignore_ascii_case(device);
    match stem.len() {
        3 => is("con") || is("prn") || is("aux") || is("nul"),
        4 => {
            let (device, number) = stem.as_bytes().split_at(3);
            (device.eq_ignore_ascii_case(b"com") || device.eq_ignore_ascii_case(b"lpt"))
                && matches!(number, [b'1'..=b'9'])
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fault(path: &str) -> Option<PathFault> {
        EntryPath::new(path).err().map(|error| error.fault())
    }

    #[test]
    fn accepts_what_packages_hold() {
        for path in [
            "bin",
            "bin/start.sh",
            "配置/应用.conf",
            ".hidden",
            "a b",
            "lib/a-b+c,d@1.0.jar",
            "...x",
            "ab:c",
            "aux2",
            "com0",
            &"n".repeat(255),
        ] {
            assert_eq!(fault(path), None, "{path:?}");
        }
    }

    #[test]
    fn refuses_the_rest_by_its_rule() {
        use PathFault::*;
        for (path, expected) in [
            ("", Empty),
            ("/etc", Absolute),
            ("C:/x", Absolute),
            ("c:x", Absolute),
            ("../a", LeavesRoot),
            ("a/../b", LeavesRoot),
            ("a/./b", NotPlain),
            ("a//b", NotPlain),
            ("a/", NotPlain),
            (".", NotPlain),
            ("\\\\host\\x", Backslash),
            ("a\\b", Backslash),
            ("a\nb", Control),
            ("a\u{1b}[31m", Control),
            ("a\0", Control),
            ("a\u{7f}", Control),
            ("a\u{2028}b", Control),
            ("gpj.\u{202e}exe", Direction),
            ("a/-rf", LeadingDash),
            ("a./b", TrailingDotOrSpace),
            ("a ", TrailingDotOrSpace),
            ("...", TrailingDotOrSpace),
            ("x/CON", DeviceName),
            ("aux.txt", DeviceName),
            ("Com1.tar.gz", DeviceName),
            ("nul .x", DeviceName),
            (".packhorse/manifest", Marker),
            ("a/.PackHorse", Marker),
        ] {
            assert_eq!(fault(path), Some(expected), "{path:?}");
        }
        assert_eq!(fault(&"n".repeat(256)), Some(TooLong));
        assert_eq!(fault(&"n/".repeat(1500)), Some(TooLong));
        assert_eq!(fault(&vec!["d"; 101].join("/")), Some(TooDeep));
        assert_eq!(EntryPath::from_bytes(b"\xb2\xe2").unwrap_err().fault(), NotUtf8);
    }

    #[test]
    fn messages_show_no_control_characters_and_stay_short() {
        insta::assert_snapshot!(EntryPath::new("a\n\u{202e}b").unwrap_err(), @r#"the path "a\n\u{202e}b" has a control character in it"#);
        assert!(EntryPath::new(&"n".repeat(65536)).unwrap_err().to_string().len() < 250);
    }

    #[test]
    fn takes_a_path_apart() {
        let path = EntryPath::new("a/b/c").unwrap();
        assert_eq!((path.parent(), path.name()), (Some("a/b"), "c"));
        assert_eq!(path.strip("a").unwrap().as_str(), "b/c");
        assert_eq!(path.strip("a/b/c"), None);
        assert_eq!(path.strip("a/b/"), None);
        assert_eq!(path.ancestors().map(|p| p.to_string()).collect::<Vec<_>>(), ["a", "a/b"]);
    }

    #[test]
    fn folds_what_other_file_systems_take_for_the_same() {
        let folded = |path: &str| EntryPath::new(path).unwrap().folded();
        assert_eq!(folded("Lib/É"), folded("lib/e\u{301}"));
        assert_ne!(folded("a"), folded("b"));
    }

    #[test]
    fn link_targets_may_go_up_but_not_start_at_the_top() {
        assert_eq!(LinkTarget::new("../lib//./x").unwrap().names().collect::<Vec<_>>(), ["..", "lib", "x"]);
        assert_eq!(LinkTarget::new("/etc/shadow").unwrap_err().fault(), PathFault::Absolute);
        assert_eq!(LinkTarget::new("a\nb").unwrap_err().fault(), PathFault::Control);
    }

    proptest! {
        #[test]
        fn any_bytes_are_accepted_or_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(path) = EntryPath::from_bytes(&bytes) {
                prop_assert!(!path.as_str().split('/').any(|name| matches!(name, "" | "." | "..")));
                prop_assert!(!path.folded().is_empty());
            }
        }
    }
}
