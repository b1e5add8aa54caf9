//! Which objects a search takes, as ControlTier's find-objects does. Pure. Patterns run in time linear in what they are run over.

use std::collections::BTreeMap;

use packhorse_model::project::{Element, ObjectKey};
use regex::{Regex, RegexBuilder};

use crate::error::ApiError;

/// The type that every type is a subtype of.
const ROOT: &str = "Managed-Entity";
/// The longest pattern.
const LONGEST: usize = 1000;
/// Bytes that a compiled pattern may take.
const COMPILED: usize = 1 << 20;
/// Attributes that one search may look at.
const MOST_ATTRIBUTES: usize = 16;

/// Which objects are taken.
pub(crate) struct Matcher {
    object_type: Option<Type>,
    name: Option<Regex>,
    attributes: Vec<(String, Regex)>,
}

/// A pattern for types: of the type itself if it is anchored at both ends, else of the type or one that it is a subtype of.
struct Type {
    whole: Regex,
    is_exact: bool,
}

impl Matcher {
    /// Compiles the patterns.
    pub(crate) fn new(
        object_type: Option<&str>,
        name: Option<&str>,
        attributes: &[(String, String)],
    ) -> Result<Self, ApiError> {
        if attributes.len() > MOST_ATTRIBUTES {
            return Err(ApiError::invalid(
                "bad_pattern",
                format!("at most {MOST_ATTRIBUTES} attributes can be asked for"),
            ));
        }
        let object_type = object_type.map(|text| {
            let is_exact = text.starts_with('^') && text.ends_with('$');
            compile("type", text)?;
            Ok::<_, ApiError>(Type { whole: compile("type", &format!("^(?:{text})$"))?, is_exact })
        });
        let attributes = attributes.iter().map(|(key, text)| Ok((key.clone(), compile(key, text)?)));
        Ok(Self {
            object_type: object_type.transpose()?,
            name: name.map(|text| compile("name", text)).transpose()?,
            attributes: attributes.collect::<Result<_, ApiError>>()?,
        })
    }

    /// Whether an object is taken, by what it is.
    pub(crate) fn takes(&self, element: Element, key: &ObjectKey) -> bool {
        let has_type = self.object_type.as_ref().is_none_or(|wanted| {
            wanted.whole.is_match(key.object_type.as_str())
                || (!wanted.is_exact && [element.base_type(), ROOT].iter().any(|name| wanted.whole.is_match(name)))
        });
        has_type && self.name.as_ref().is_none_or(|name| name.is_match(key.name.as_str()))
    }

    /// Whether an object's attributes are those that are asked for; one that it does not have is empty.
    pub(crate) fn takes_attributes(&self, attributes: &BTreeMap<String, String>) -> bool {
        let value = |key: &str| attributes.get(key).map_or("", String::as_str);
        self.attributes.iter().all(|(key, pattern)| pattern.is_match(value(key)))
    }
}

fn compile(what: &str, text: &str) -> Result<Regex, ApiError> {
    if text.len() > LONGEST {
        return Err(ApiError::invalid("bad_pattern", format!("the pattern for {what} has more than {LONGEST} bytes")));
    }
    RegexBuilder::new(text).size_limit(COMPILED).dfa_size_limit(COMPILED).build().map_err(|error| {
        ApiError::invalid("bad_pattern", format!("the pattern for {what} is no regular expression"))
            .detail(error.to_string())
            .hint("write . * + ? ( ) [ ] { } ^ $ | with a \\ before them where they mean themselves")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_takes_its_subtypes_unless_it_is_anchored() {
        let key = ObjectKey { object_type: "zip".parse().unwrap(), name: "a-1.zip".parse().unwrap() };
        let takes = |object_type: &str, name: &str| {
            Matcher::new(Some(object_type), Some(name), &[]).unwrap().takes(Element::Package, &key)
        };
        assert!(takes("zip", ".*") && takes("Package", "a") && takes("Managed-Entity", "^a") && takes("^zip$", "zip$"));
        assert!(!takes("^Package$", ".*") && !takes("Node", ".*") && !takes("zi", ".*") && !takes("zip", "^b"));
        assert!(Matcher::new(Some("("), None, &[]).is_err());
    }
}
