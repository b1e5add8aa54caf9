//! Whether a file is what its extension says: JSON, YAML, TOML, XML, INI, properties. Only the syntax; nothing is interpreted, expanded
//! or fetched, and no input makes it recurse without a bound.

mod lines;
mod markup;
mod yaml;

use std::borrow::Cow;

use packhorse_model::syntax::ConfigLanguage;
use packhorse_model::variables::{Prefixes, scan};

use crate::text::columns;

pub(crate) use yaml::{Node, parse as parse_yaml};

/// The most bytes of a file that is looked at.
pub const MAX_BYTES: usize = 1 << 20;

/// The deepest that anything may be nested.
pub(crate) const MAX_DEPTH: usize = 64;

/// Where a file stops being what it should be, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct SyntaxError {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, as editors count.
    pub column: usize,
    /// What the reader says.
    pub message: String,
}

/// Whether the bytes are of a language. Variables, which `prefixes` tell, count as numbers of the same length, so that lines and columns stay
/// what they are.
///
/// # Errors
/// The first place at which they are not.
pub fn check(language: ConfigLanguage, bytes: &[u8], prefixes: &Prefixes) -> Result<(), SyntaxError> {
    if bytes.len() > MAX_BYTES {
        return Err(SyntaxError { line: 1, column: 1, message: "it has more than 1 MiB".to_owned() });
    }
    let bytes = without_variables(bytes, prefixes);
    match language {
        // Encodings of their own, or none that is said.
        ConfigLanguage::Xml => markup::check(&bytes),
        ConfigLanguage::Ini => lines::check_ini(&bytes),
        ConfigLanguage::Properties => lines::check_properties(&bytes),
        ConfigLanguage::Json | ConfigLanguage::Yaml | ConfigLanguage::Toml => {
            let text =
                std::str::from_utf8(&bytes).map_err(|error| at(&bytes, error.valid_up_to(), "this is not UTF-8"))?;
            check_text(language, text.strip_prefix('\u{feff}').unwrap_or(text))
        }
    }
}

fn check_text(language: ConfigLanguage, text: &str) -> Result<(), SyntaxError> {
    match language {
        ConfigLanguage::Json => serde_json::from_str::<serde::de::IgnoredAny>(text).map(|_| ()).map_err(|error| {
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default().to_owned();
            let (line, byte) = (error.line().max(1), error.column().max(1) - 1);
            let before = text.split('\n').nth(line - 1).unwrap_or_default().as_bytes();
            SyntaxError { line, column: columns(&before[..byte.min(before.len())]) + 1, message }
        }),
        ConfigLanguage::Toml => toml::from_str::<toml::Table>(text)
            .map(|_| ())
            .map_err(|error| at(text.as_bytes(), error.span().map_or(0, |span| span.start), error.message())),
        _ => yaml::check(text),
    }
}

fn without_variables<'a>(bytes: &'a [u8], prefixes: &Prefixes) -> Cow<'a, [u8]> {
    let mut plain = Cow::Borrowed(bytes);
    for token in scan(bytes, prefixes).filter(|token| token.doubt.is_none()) {
        plain.to_mut()[token.at..token.at + token.len].fill(b'1');
    }
    plain
}

/// An error at a byte.
fn at(bytes: &[u8], place: usize, message: &str) -> SyntaxError {
    let before = &bytes[..place.min(bytes.len())];
    let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    SyntaxError {
        line: before.iter().filter(|b| **b == b'\n').count() + 1,
        column: columns(&before[line_start..]) + 1,
        message: message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(language: ConfigLanguage, bytes: &[u8]) -> Result<(), SyntaxError> {
        check(language, bytes, &Prefixes::default())
    }

    fn error(path: &str, text: &str) -> String {
        checked(ConfigLanguage::of_path(path).unwrap(), text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_right_passes_with_variables_in_it() {
        let good = [
            ("a.json", r#"{"port": [@port], "list": ["[@a]"]}"#),
            ("a.yaml", "port: [@port]\nbase: &b {x: 1}\nother: *b\n"),
            ("a.YML", "a: 1\n---\nb: 2\n"),
            ("a.toml", "port = [@port]\n"),
            ("a.xml", "<?xml version=\"1.0\"?><a b=\"[@c]\"><d/></a>\n"),
            ("a.ini", "; c\n[section]\nkey = value\nflag\n"),
            ("conf/a.properties", "# c\na=b\nc: d\\\n  e\nu=\\u4e2d\n"),
        ];
        for (path, text) in good {
            assert_eq!(checked(ConfigLanguage::of_path(path).unwrap(), text.as_bytes()), Ok(()), "{path}");
        }
    }

    #[test]
    fn what_is_wrong_is_shown_at_its_place() {
        insta::assert_snapshot!(error("a.json", "{\n  \"a\": 1,\n}"), @"line 3, column 1: key must be a string");
        insta::assert_snapshot!(error("a.yaml", "a: 1\n b: 2\n"), @"line 2, column 3: mapping values are not allowed in this context");
        insta::assert_snapshot!(error("a.yaml", "a: 1\nb: 2\na: 3\n"), @r#"line 3, column 1: the key "a" stands there twice"#);
        insta::assert_snapshot!(error("a.toml", "a = 1\nb = \n"), @"line 2, column 5: string values must be quoted, expected literal string");
        insta::assert_snapshot!(error("a.xml", "<a>\n  <b></c>\n</a>"), @"line 2, column 6: ill-formed document: expected `</b>`, but `</c>` was found");
        insta::assert_snapshot!(error("a.xml", "<a>\n"), @"line 2, column 1: an element is not closed");
        insta::assert_snapshot!(error("a.ini", "[ok]\n[not\n"), @"line 2, column 1: the section has no closing bracket");
        insta::assert_snapshot!(error("a.properties", "a=1\nb=\\u12g4\n"), @r"line 2, column 3: \u is not followed by four hexadecimal digits");
    }

    #[test]
    fn depth_and_size_are_bounded() {
        for path in ["a.json", "a.yaml", "a.toml"] {
            let text = format!("{}{}", if path == "a.toml" { "a=" } else { "" }, "[".repeat(100_000));
            assert!(checked(ConfigLanguage::of_path(path).unwrap(), text.as_bytes()).is_err(), "{path}");
        }
        assert!(checked(ConfigLanguage::Xml, "<a>".repeat(100_000).as_bytes()).is_err());
        assert!(checked(ConfigLanguage::Ini, &vec![b' '; MAX_BYTES + 1]).is_err());
    }
}
