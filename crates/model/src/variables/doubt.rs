//! What looks like a variable and is most likely something else. WeCube's own tools replace some of these, which its users complain of.
//!
//! A doubt is by the token and its line alone. `[@name]` is never doubted for its name: that is what the specification writes.

use serde::{Deserialize, Serialize};

/// Why a token is taken for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Doubt {
    /// Its name has characters that no name has: `[@href="x"]`, `[@a b]`.
    Name,
    /// Its brackets are not closed, or stand in one another: `[@x[0]]`.
    Brackets,
    /// A pattern of a log file: `[%t]`, `[%thread]`.
    LogPattern,
    /// A class of characters in a shell pattern or a regular expression: `[!0-9]`, `[^abc]`.
    CharacterClass,
    /// Markdown's `[!NOTE]`, `[^1]`, `[#section](…)`.
    Markdown,
    /// A shell array: `${list[@]}`, `${#list[@]}`.
    ShellArray,
}

impl Doubt {
    /// What it is taken for, in a sentence about the token.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Name => "its name has characters that no variable's name has",
            Self::Brackets => "its brackets do not belong together",
            Self::LogPattern => "it is a conversion of a log pattern",
            Self::CharacterClass => "it is a class of characters in a pattern",
            Self::Markdown => "it is Markdown",
            Self::ShellArray => "it is an element of a shell array",
        }
    }
}

/// Conversions of log4j and logback that stand between brackets in patterns of all the world.
const CONVERSIONS: [&str; 22] = [
    "t",
    "thread",
    "threadname",
    "tid",
    "p",
    "level",
    "le",
    "c",
    "logger",
    "lo",
    "d",
    "date",
    "x",
    "mdc",
    "ndc",
    "m",
    "f",
    "l",
    "class",
    "method",
    "file",
    "line",
];

/// Callouts of Markdown.
const CALLOUTS: [&str; 5] = ["note", "tip", "important", "warning", "caution"];

/// What a token with a good name is rather taken for. `before` and `after` are what stands around it in its line.
pub(super) fn of(prefix: u8, name: &str, before: &[u8], after: &[u8]) -> Option<Doubt> {
    let lower = name.to_ascii_lowercase();
    let is_callout = prefix == b'!' && CALLOUTS.contains(&lower.as_str()) && is_quote(before);
    let is_reference = matches!(prefix, b'^' | b'#') && (after.starts_with(b"(") || after.starts_with(b":"));
    if is_callout || is_reference {
        return Some(Doubt::Markdown);
    }
    match prefix {
        b'%' if CONVERSIONS.contains(&lower.as_str()) || before.contains(&b'%') || has_conversion(after) => {
            Some(Doubt::LogPattern)
        }
        b'!' | b'^' if is_range(name) || is_in_pattern(before, after) => Some(Doubt::CharacterClass),
        b'^' if !name.contains(['.', '/']) => {
            Some(if name.bytes().all(|b| b.is_ascii_digit()) { Doubt::Markdown } else { Doubt::CharacterClass })
        }
        _ => None,
    }
}

/// Markdown's quotation, `> `, and nothing else before the token.
fn is_quote(before: &[u8]) -> bool {
    before.trim_ascii().iter().all(|b| *b == b'>') && before.contains(&b'>')
}

/// `%-5p`, `%m`: a percent sign that conversions begin with.
fn has_conversion(after: &[u8]) -> bool {
    after.windows(2).any(|pair| pair[0] == b'%' && (pair[1].is_ascii_alphabetic() || b"-.".contains(&pair[1])))
}

/// `0-9`, `a-z`, `a-zA-Z0-9_`.
fn is_range(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.windows(3).any(|three| {
        three[1] == b'-'
            && three[0] < three[2]
            && [three[0], three[2]].iter().all(u8::is_ascii_alphanumeric)
            && (bytes.len() == 3 || same_class(three[0], three[2]) && matches!(&three, [b'0' | b'a' | b'A', ..]))
    })
}

fn same_class(a: u8, b: u8) -> bool {
    a.is_ascii_digit() == b.is_ascii_digit() && a.is_ascii_lowercase() == b.is_ascii_lowercase()
}

/// What follows or stands before makes it part of a pattern: `[^abc]*`, `*[!abc]`, `([^a]+)`.
fn is_in_pattern(before: &[u8], after: &[u8]) -> bool {
    after.first().is_some_and(|b| b"*+?{".contains(b)) || before.last().is_some_and(|b| b"*\\(^".contains(b))
}
