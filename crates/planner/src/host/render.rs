//! Variables in files, URLs and environments: each is replaced by its value, and every other byte stays as it is.
//!
//! What a variable is, and what only looks like one, is said by [`packhorse_model::variables::scan`]. A value is put in as it is and not
//! looked at again. A file variable (`[^path]`) names a file and stays; the file itself is replaced as a whole ([`Values::whole`]).

use std::borrow::Cow;
use std::collections::BTreeMap;

use packhorse_model::variables::{Prefixes, VariableKind, scan};

/// What variables come to.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    /// Values that anybody may see.
    pub variables: &'a BTreeMap<String, String>,
    /// Values that stand nowhere but in the files.
    pub secrets: &'a BTreeMap<String, String>,
    /// What stands where a file wants a value encrypted; the value in clear if nothing is encrypted.
    pub enveloped: Option<&'a Enveloped>,
}

/// Values as they are encrypted for an application, by name: each text is of letters and digits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Enveloped {
    /// Those that are encrypted and signed.
    pub encrypted: BTreeMap<String, String>,
    /// Those that are encrypted alone.
    pub single_encrypted: BTreeMap<String, String>,
}

impl<'a> Values<'a> {
    /// For what everybody can see, such as URLs and environments: there are no secrets in them.
    #[must_use]
    pub fn open(variables: &'a BTreeMap<String, String>) -> Self {
        static NONE: BTreeMap<String, String> = BTreeMap::new();
        Self { variables, secrets: &NONE, enveloped: None }
    }

    /// A secret stands only where the file says that it wants one, and never in clear where something is encrypted.
    fn get(&self, kind: VariableKind, name: &str) -> Option<&'a str> {
        match (kind, self.enveloped) {
            (VariableKind::Encrypted, Some(enveloped)) => enveloped.encrypted.get(name).map(String::as_str),
            (VariableKind::SingleEncrypted, Some(enveloped)) => {
                enveloped.single_encrypted.get(name).map(String::as_str)
            }
            (VariableKind::Encrypted | VariableKind::SingleEncrypted, None) => self.whole(name),
            (VariableKind::Plain | VariableKind::File, _) => self.variables.get(name).map(String::as_str),
        }
    }

    /// What a file becomes that is replaced as a whole by the variable of this name.
    #[must_use]
    pub fn whole(&self, name: &str) -> Option<&'a str> {
        self.secrets.get(name).or_else(|| self.variables.get(name)).map(String::as_str)
    }
}

/// A variable that has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: [{prefix}{name}] has no value")]
pub struct Unresolved {
    /// Counted from 1.
    pub line: usize,
    /// Its prefix.
    pub prefix: char,
    /// Its name.
    pub name: String,
}

/// Variables that have no value: all of them, so that they can be given at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: define them, or correct their names", text(.0))]
pub struct RenderError(pub Vec<Unresolved>);

fn text(unresolved: &[Unresolved]) -> String {
    const SHOWN: usize = 10;
    let mut parts: Vec<String> = unresolved.iter().take(SHOWN).map(ToString::to_string).collect();
    if unresolved.len() > SHOWN {
        parts.push(format!("and {} more", unresolved.len() - SHOWN));
    }
    parts.join("; ")
}

/// Replaces the variables in `bytes`. Borrows if there are none.
///
/// # Errors
/// When variables have no value.
pub fn render<'a>(bytes: &'a [u8], values: Values<'_>, prefixes: &Prefixes) -> Result<Cow<'a, [u8]>, RenderError> {
    let mut rendered: Vec<u8> = Vec::new();
    let mut unresolved = Vec::new();
    let mut copied = 0;
    let tokens = scan(bytes, prefixes).filter(|token| token.doubt.is_none() && token.kind != VariableKind::File);
    for token in tokens {
        let name = token.name();
        match values.get(token.kind, &name) {
            Some(value) => {
                rendered.extend_from_slice(&bytes[copied..token.at]);
                rendered.extend_from_slice(value.as_bytes());
                copied = token.at + token.len;
            }
            None => unresolved.push(Unresolved { line: token.line, prefix: token.prefix, name }),
        }
    }
    if !unresolved.is_empty() {
        return Err(RenderError(unresolved));
    }
    if copied == 0 {
        return Ok(Cow::Borrowed(bytes));
    }
    rendered.extend_from_slice(&bytes[copied..]);
    Ok(Cow::Owned(rendered))
}

/// Replaces the variables of a short text that is no secret.
///
/// # Errors
/// When variables have no value.
pub fn render_text(text: &str, variables: &BTreeMap<String, String>) -> Result<String, RenderError> {
    let rendered = render(text.as_bytes(), Values::open(variables), &Prefixes::default())?;
    Ok(String::from_utf8_lossy(&rendered).into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn map(of: &[(&str, &str)]) -> BTreeMap<String, String> {
        of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn variables() -> BTreeMap<String, String> {
        map(&[("port", "8080"), ("host.ip", "10.0.0.7"), ("loop", "[@port]"), ("empty", ""), ("pört", "x")])
    }

    fn try_render(bytes: &[u8]) -> Result<Vec<u8>, RenderError> {
        let (variables, secrets) = (variables(), map(&[("password", "hunter2")]));
        let values = Values { variables: &variables, secrets: &secrets, enveloped: None };
        render(bytes, values, &Prefixes::default()).map(Cow::into_owned)
    }

    fn rendered(text: &str) -> String {
        String::from_utf8(try_render(text.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn replaces_variables_and_nothing_else() {
        assert_eq!(rendered("a=[@host.ip]:[@port]\n"), "a=10.0.0.7:8080\n");
        assert_eq!(rendered("[@port][#port][&port][!port]"), "8080808080808080");
        assert_eq!(rendered("[@loop][@empty]"), "[@port]");
        assert_eq!(rendered("[[@port]] [@pört]"), "[8080] x");
        assert_eq!(rendered("p=[!password]\r\n"), "p=hunter2\r\n");
        for text in
            ["", "[@", "[@]", "[@ port]", "[@href=\"x\"]", "[@port", "[port]", "@port", "[!0-9]*", "[@[@", "[^a.txt]"]
        {
            assert_eq!(rendered(text), text);
        }
        let prefixes = Prefixes::default();
        let nothing = render(b"nothing here", Values::open(&variables()), &prefixes);
        assert!(matches!(nothing, Ok(Cow::Borrowed(_))));
    }

    #[test]
    fn names_every_variable_without_a_value_and_its_line() {
        let error = try_render(b"[@port]\n[@user] [@host]\r\n\n[!user]").unwrap_err();
        insta::assert_snapshot!(error, @"line 2: [@user] has no value; line 2: [@host] has no value; line 4: [!user] has no value: define them, or correct their names");
    }

    #[test]
    fn a_secret_stands_only_where_one_is_wanted() {
        insta::assert_snapshot!(try_render(b"[@password]").unwrap_err(), @"line 1: [@password] has no value: define them, or correct their names");
        assert!(render_text("http://[!password]/", &variables()).is_err());
    }

    #[test]
    fn what_is_encrypted_never_stands_in_clear() {
        let (variables, secrets) = (variables(), map(&[("password", "hunter2")]));
        let mut enveloped = Enveloped { encrypted: map(&[("password", "0a1b")]), ..Enveloped::default() };
        let render = |text: &str, enveloped: &Enveloped| {
            let values = Values { variables: &variables, secrets: &secrets, enveloped: Some(enveloped) };
            let rendered = render(text.as_bytes(), values, &Prefixes::default()).map(Cow::into_owned);
            rendered.map(|bytes| String::from_utf8(bytes).unwrap()).map_err(|error| error.to_string())
        };
        assert_eq!(render("[!password] [%password] [@port]", &enveloped).unwrap(), "0a1b 0a1b 8080");
        insta::assert_snapshot!(render("[+password]", &enveloped).unwrap_err(), @"line 1: [+password] has no value: define them, or correct their names");
        insta::assert_snapshot!(render("[!port]", &enveloped).unwrap_err(), @"line 1: [!port] has no value: define them, or correct their names");
        enveloped.single_encrypted = map(&[("password", "ffffff022c")]);
        assert_eq!(render("[+password]", &enveloped).unwrap(), "ffffff022c");
    }

    proptest! {
        #[test]
        fn other_bytes_stay_as_they_are(parts in proptest::collection::vec((proptest::collection::vec(any::<u8>(), 0..20), any::<bool>()), 0..8)) {
            let (mut text, mut wanted) = (Vec::new(), Vec::new());
            for (bytes, has_variable) in parts {
                let bytes: Vec<u8> = bytes.into_iter().filter(|b| *b != b'[').collect();
                text.extend_from_slice(&bytes);
                wanted.extend_from_slice(&bytes);
                if has_variable {
                    text.extend_from_slice(b"[@port]");
                    wanted.extend_from_slice(b"8080");
                }
            }
            prop_assert_eq!(try_render(&text).unwrap(), wanted);
        }
    }
}
