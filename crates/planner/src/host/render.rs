//! Variables in files, URLs and environments: `[@name]` becomes the variable's value, and every other byte stays as it is.
//!
//! A name consists of letters, digits, `_`, `.` and `-`. `[@` that is followed by anything else (`[@href="x"]`, `[@ a]`) is no
//! variable. A value is put in as it is and not looked at again.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// A variable that has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: [@{name}] has no value")]
pub struct Unresolved {
    /// Counted from 1.
    pub line: usize,
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
pub fn render<'a>(bytes: &'a [u8], variables: &BTreeMap<String, String>) -> Result<Cow<'a, [u8]>, RenderError> {
    let mut rendered: Vec<u8> = Vec::new();
    let mut unresolved = Vec::new();
    let (mut copied, mut at, mut line) = (0, 0, 1);
    while at < bytes.len() {
        if bytes[at] == b'\n' {
            line += 1;
        }
        let Some(name) = name_at(&bytes[at..]) else {
            at += 1;
            continue;
        };
        match variables.get(name) {
            Some(value) => {
                rendered.extend_from_slice(&bytes[copied..at]);
                rendered.extend_from_slice(value.as_bytes());
            }
            None => unresolved.push(Unresolved { line, name: name.to_owned() }),
        }
        at += name.len() + "[@]".len();
        copied = at;
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

/// The name of the variable that begins here.
fn name_at(bytes: &[u8]) -> Option<&str> {
    let rest = bytes.strip_prefix(b"[@")?;
    let length = rest.iter().position(|b| !(b.is_ascii_alphanumeric() || b"_.-".contains(b)))?;
    if length == 0 || rest[length] != b']' {
        return None;
    }
    std::str::from_utf8(&rest[..length]).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn variables() -> BTreeMap<String, String> {
        [("port", "8080"), ("host.ip", "10.0.0.7"), ("loop", "[@port]"), ("empty", "")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    }

    fn rendered(text: &str) -> String {
        String::from_utf8(render(text.as_bytes(), &variables()).unwrap().into_owned()).unwrap()
    }

    #[test]
    fn replaces_variables_and_nothing_else() {
        assert_eq!(rendered("a=[@host.ip]:[@port]\n"), "a=10.0.0.7:8080\n");
        assert_eq!(rendered("[@port][@port]"), "80808080");
        assert_eq!(rendered("[@loop][@empty]"), "[@port]");
        assert_eq!(rendered("[[@port]]"), "[8080]");
        for text in
            ["", "[@", "[@]", "[@ port]", "[@href=\"x\"]", "[@port", "[port]", "@port", "[!port]", "[@[@", "[@pört]"]
        {
            assert_eq!(rendered(text), text);
        }
        assert!(matches!(render(b"nothing here", &variables()), Ok(Cow::Borrowed(_))));
    }

    #[test]
    fn names_every_variable_without_a_value_and_its_line() {
        let error = render(b"[@port]\n[@user] [@host]\r\n\n[@user]", &variables()).unwrap_err();
        insta::assert_snapshot!(error, @"line 2: [@user] has no value; line 2: [@host] has no value; line 4: [@user] has no value: define them, or correct their names");
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
            prop_assert_eq!(render(&text, &variables()).unwrap().into_owned(), wanted);
        }
    }
}
