//! Label selectors: which hosts are meant, by their labels. The grammar is the one that Kubernetes has made well known: requirements
//! separated by commas, all of which have to hold: `env=prod`, `env==prod`, `env!=prod`, `zone in (a,b)`, `zone notin (a,b)`, `gpu`, `!legacy`.
//! What a host must not have is met as well by a host that lacks the label.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::label::{LabelError, LabelKey, LabelValue, Labels};

/// Requirements that one selector may have, and values that one of them may name.
const MOST: usize = 64;

/// Which hosts are meant, by their labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LabelSelector {
    text: String,
    requirements: Vec<Requirement>,
}

/// One of the things that have to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// The label is there.
    Exists(LabelKey),
    /// The label is not there.
    Missing(LabelKey),
    /// The label has one of these values.
    In(LabelKey, BTreeSet<LabelValue>),
    /// The label has none of these values, or is not there.
    NotIn(LabelKey, BTreeSet<LabelValue>),
}

/// Why a selector was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    /// No requirement where one has to be.
    #[error("{text:?} is not a label selector: at {rest:?}, {wanted} is missing")]
    Syntax {
        /// The whole text.
        text: String,
        /// What could not be read.
        rest: String,
        /// What should stand there.
        wanted: &'static str,
    },
    /// A key or value that is none.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// Too long.
    #[error("a label selector has at most {MOST} requirements, and each at most {MOST} values")]
    TooMany,
}

impl Requirement {
    /// Whether a host with these labels meets it.
    #[must_use]
    pub fn is_met_by(&self, labels: &Labels) -> bool {
        let has = |key, values: &BTreeSet<_>| labels.get(key).is_some_and(|value| values.contains(value));
        match self {
            Self::Exists(key) => labels.contains_key(key),
            Self::Missing(key) => !labels.contains_key(key),
            Self::In(key, values) => has(key, values),
            Self::NotIn(key, values) => !has(key, values),
        }
    }
}

impl LabelSelector {
    /// What has to hold, all of it.
    #[must_use]
    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// Whether a host with these labels is meant.
    #[must_use]
    pub fn selects(&self, labels: &Labels) -> bool {
        self.requirements.iter().all(|requirement| requirement.is_met_by(labels))
    }
}

impl FromStr for LabelSelector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, SelectorError> {
        let mut reader = Reader { text, rest: text };
        let mut requirements = vec![reader.requirement()?];
        while reader.takes(",") {
            requirements.push(reader.requirement()?);
            if requirements.len() > MOST {
                return Err(SelectorError::TooMany);
            }
        }
        reader.skip_blanks();
        if !reader.rest.is_empty() {
            return Err(reader.missing("a comma, or the end,"));
        }
        Ok(Self { text: text.to_owned(), requirements })
    }
}

/// Reads from the front of a text.
struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn requirement(&mut self) -> Result<Requirement, SelectorError> {
        if self.takes("!") {
            return Ok(Requirement::Missing(self.key()?));
        }
        let key = self.key()?;
        if self.takes("!=") {
            return Ok(Requirement::NotIn(key, BTreeSet::from([self.word().parse()?])));
        }
        if self.takes("==") || self.takes("=") {
            return Ok(Requirement::In(key, BTreeSet::from([self.word().parse()?])));
        }
        let before = self.rest;
        match self.word() {
            "in" => Ok(Requirement::In(key, self.values()?)),
            "notin" => Ok(Requirement::NotIn(key, self.values()?)),
            _ => {
                self.rest = before;
                Ok(Requirement::Exists(key))
            }
        }
    }

    fn key(&mut self) -> Result<LabelKey, SelectorError> {
        match self.word() {
            "" => Err(self.missing("the key of a label")),
            key => Ok(key.parse()?),
        }
    }

    fn values(&mut self) -> Result<BTreeSet<LabelValue>, SelectorError> {
        if !self.takes("(") {
            return Err(self.missing("("));
        }
        let mut values = BTreeSet::from([self.word().parse()?]);
        while self.takes(",") {
            values.insert(self.word().parse()?);
            if values.len() > MOST {
                return Err(SelectorError::TooMany);
            }
        }
        if self.takes(")") { Ok(values) } else { Err(self.missing(")")) }
    }

    /// The letters up to the next sign or blank; may be empty.
    fn word(&mut self) -> &'a str {
        self.skip_blanks();
        let is_sign = |c: char| c.is_whitespace() || matches!(c, ',' | '=' | '!' | '(' | ')');
        let end = self.rest.find(is_sign).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn takes(&mut self, sign: &str) -> bool {
        self.skip_blanks();
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn missing(&self, wanted: &'static str) -> SelectorError {
        SelectorError::Syntax { text: self.text.to_owned(), rest: self.rest.to_owned(), wanted }
    }
}

impl fmt::Display for LabelSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for LabelSelector {
    type Error = SelectorError;

    fn try_from(text: String) -> Result<Self, SelectorError> {
        text.parse()
    }
}

impl From<LabelSelector> for String {
    fn from(selector: LabelSelector) -> Self {
        selector.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(text: &str) -> Labels {
        let pair = |pair: &str| {
            let (key, value) = pair.split_once('=').unwrap();
            (key.parse().unwrap(), value.parse().unwrap())
        };
        text.split_whitespace().map(pair).collect()
    }

    #[test]
    fn selects_by_every_kind_of_requirement() {
        let selects = |selector: &str, host: &str| selector.parse::<LabelSelector>().unwrap().selects(&labels(host));
        for (selector, host, is_meant) in [
            ("env=prod", "env=prod", true),
            ("env==prod", "env=prod", true),
            ("env = prod , zone=a", "env=prod zone=a", true),
            ("env=prod,zone=a", "env=prod", false),
            ("env!=prod", "env=test", true),
            ("env!=prod", "", true),
            ("zone in (a,b)", "zone=b", true),
            ("zone in ( a , b )", "zone=c", false),
            ("zone notin (a,b)", "zone=c", true),
            ("zone notin (a,b)", "", true),
            ("zone notin (a,b)", "zone=a", false),
            ("gpu", "gpu=", true),
            ("gpu", "", false),
            ("!legacy", "", true),
            ("! legacy", "legacy=yes", false),
            ("legacy=", "legacy=", true),
            ("in in (in)", "in=in", true),
            ("in,notin", "in=1 notin=2", true),
            ("example.com/rack=12", "example.com/rack=12", true),
            ("env=prod,zone in (a,b),!legacy", "env=prod zone=a", true),
        ] {
            assert_eq!(selects(selector, host), is_meant, "{selector} {host}");
        }
    }

    #[test]
    fn says_where_a_selector_is_wrong() {
        let error = |text: &str| text.parse::<LabelSelector>().unwrap_err().to_string();
        insta::assert_snapshot!(error(""), @r#""" is not a label selector: at "", the key of a label is missing"#);
        insta::assert_snapshot!(error("a,"), @r#""a," is not a label selector: at "", the key of a label is missing"#);
        insta::assert_snapshot!(error("a in b"), @r#""a in b" is not a label selector: at "b", ( is missing"#);
        insta::assert_snapshot!(error("a in (b"), @r#""a in (b" is not a label selector: at "", ) is missing"#);
        insta::assert_snapshot!(error("a b"), @r#""a b" is not a label selector: at "b", a comma, or the end, is missing"#);
        assert!(error("a=b/c").starts_with("\"b/c\" cannot be the value of a label"));
        assert!(error("-a").starts_with("\"-a\" cannot be the key of a label"));
        assert_eq!(
            error(&"a,".repeat(100)),
            "a label selector has at most 64 requirements, and each at most 64 values"
        );
    }

    fn requirement() -> impl Strategy<Value = (String, Requirement)> {
        let value = prop::sample::select(vec!["", "1", "x"]);
        let kind = prop::sample::select(vec!["=", "==", "!=", "in", "notin", "", "!"]);
        (kind, prop::sample::select(vec!["a", "b", "in"]), prop::collection::vec(value, 1..3)).prop_map(
            |(kind, key, values)| {
                let named: LabelKey = key.parse().unwrap();
                let set = |values: &[&str]| values.iter().map(|value| value.parse().unwrap()).collect();
                match kind {
                    "" => (key.to_owned(), Requirement::Exists(named)),
                    "!" => (format!("!{key}"), Requirement::Missing(named)),
                    "in" => (format!("{key} in ({})", values.join(",")), Requirement::In(named, set(&values))),
                    "notin" => (format!("{key} notin ({})", values.join(",")), Requirement::NotIn(named, set(&values))),
                    "!=" => (format!("{key}!={}", values[0]), Requirement::NotIn(named, set(&values[..1]))),
                    sign => (format!("{key}{sign}{}", values[0]), Requirement::In(named, set(&values[..1]))),
                }
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(parts in prop::collection::vec(requirement(), 1..5)) {
            let text = parts.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(",");
            let selector: LabelSelector = text.parse().unwrap();
            let wanted: Vec<Requirement> = parts.into_iter().map(|(_, requirement)| requirement).collect();
            prop_assert_eq!(selector.requirements(), wanted);
            prop_assert_eq!(String::from(selector), text);
        }

        #[test]
        fn no_text_is_too_strange(text in ".{0,40}") {
            let _ = text.parse::<LabelSelector>();
        }
    }
}
