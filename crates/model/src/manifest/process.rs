//! Processes that an instance consists of.

use std::fmt;
use std::str::FromStr;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ManifestError;
use super::check::{is_word, wrong};

/// The longest name by which the kernel knows a process; longer ones are compared by their beginning.
const LONGEST_NAME: usize = 255;

/// One process to watch. `"nginx"`, `"nginx:2"` (at least two) and `"nginx:1,4"` are short for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProcessRule {
    /// Name of the executable or the script.
    pub name: String,
    /// The fewest that must run; 1 if not said.
    #[serde(default = "one")]
    pub min: u32,
    /// The most that may run; no limit if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// TCP ports that they listen on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<u16>,
}

fn one() -> u32 {
    1
}

/// A short form that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no process: write NAME, NAME:MIN or NAME:MIN,MAX")]
pub struct ProcessFormError(String);

impl FromStr for ProcessRule {
    type Err = ProcessFormError;

    /// Reads the short form `name[:min[,max]]`, which TARS's `app_name` has.
    fn from_str(text: &str) -> Result<Self, ProcessFormError> {
        let error = || ProcessFormError(text.to_owned());
        let (name, range) = text.split_once(':').map_or((text, None), |(name, range)| (name, Some(range)));
        let number = |text: &str| text.parse::<u32>().map_err(|_| error());
        let (min, max) = match range.map(|range| range.split_once(',').map_or((range, None), |(a, b)| (a, Some(b)))) {
            None => (one(), None),
            Some((min, max)) => (number(min)?, max.map(number).transpose()?),
        };
        if name.is_empty() {
            return Err(error());
        }
        Ok(Self { name: name.to_owned(), min, max, ports: Vec::new() })
    }
}

impl Serialize for ProcessRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for ProcessRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EitherForm)
    }
}

struct EitherForm;

impl<'de> Visitor<'de> for EitherForm {
    type Value = ProcessRule;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a process such as \"nginx:1,4\", or a table with its name")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<ProcessRule, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ProcessRule, A::Error> {
        ProcessRule::deserialize(MapAccessDeserializer::new(map)).map_err(A::Error::custom)
    }
}

impl ProcessRule {
    pub(super) fn check(&self) -> Result<(), ManifestError> {
        let key = |field: &str| format!("process.{}.{field}", self.name);
        if !is_word(&self.name) || self.name.contains('/') || self.name.len() > LONGEST_NAME {
            let message = format!("{:?} is no name of an executable: give its file name alone", self.name);
            return Err(wrong("process.name", message));
        }
        if self.max.is_some_and(|max| max < self.min) {
            return Err(wrong(key("max"), "must not be less than min"));
        }
        if self.max == Some(0) {
            return Err(wrong(key("max"), "must be at least 1: what must never run needs no rule"));
        }
        check_ports(&key("ports"), &self.ports)
    }
}

fn check_ports(key: &str, ports: &[u16]) -> Result<(), ManifestError> {
    if ports.contains(&0) {
        return Err(wrong(key, "0 is no port: ports go from 1 to 65535"));
    }
    let mut sorted = ports.to_vec();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(wrong(key, format!("{} stands there twice", pair[0]))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Manifest;
    use super::*;

    #[test]
    fn the_short_form_says_the_same_as_the_long_one() {
        let short = Manifest::parse("process = ['nginx:1,4', 'worker', 'cron:2']").unwrap().process;
        let long = "[[process]]\nname='nginx'\nmax=4\n[[process]]\nname='worker'\n[[process]]\nname='cron'\nmin=2";
        assert_eq!(short, Manifest::parse(long).unwrap().process);
        let json = serde_json::to_string(&short[0]).unwrap();
        assert_eq!(json, r#"{"name":"nginx","min":1,"max":4}"#);
        assert_eq!(serde_json::from_str::<ProcessRule>(&json).unwrap(), short[0]);
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        let error = |text: &str| Manifest::parse(text).unwrap_err().to_string();
        insta::assert_snapshot!(error("process = ['nginx:a']"), @r#"packhorse.toml, line 1: "nginx:a" is no process: write NAME, NAME:MIN or NAME:MIN,MAX"#);
        insta::assert_snapshot!(error("process = [7]"), @r#"packhorse.toml, line 1: invalid type: integer `7`, expected a process such as "nginx:1,4", or a table with its name"#);
        insta::assert_snapshot!(error("process = ['bin/nginx']"), @r#"packhorse.toml, process.name: "bin/nginx" is no name of an executable: give its file name alone"#);
        insta::assert_snapshot!(error("process = ['nginx:4,1']"), @"packhorse.toml, process.nginx.max: must not be less than min");
        insta::assert_snapshot!(error("[[process]]\nname='a'\nports=[80, 80]"), @"packhorse.toml, process.a.ports: 80 stands there twice");
        insta::assert_snapshot!(error("[[process]]\nname='a'\nport=80"), @"packhorse.toml, line 1: unknown field `port`, expected one of `name`, `min`, `max`, `ports`");
    }
}
