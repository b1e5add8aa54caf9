//! In which order the hosts of a deployment go.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::StrategyError;
use crate::label::LabelKey;

/// In which order hosts go: `name`, or `label:KEY`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum HostOrder {
    /// By name, numbers in it by their value: `web-2` before `web-10`.
    #[default]
    Name,
    /// By the value of this label, as names are; hosts without it come last, and equals by name.
    Label(LabelKey),
}

impl FromStr for HostOrder {
    type Err = StrategyError;

    fn from_str(text: &str) -> Result<Self, StrategyError> {
        if text == "name" {
            return Ok(Self::Name);
        }
        let key = text.strip_prefix("label:").and_then(|key| key.parse().ok());
        key.map(Self::Label).ok_or_else(|| StrategyError::Order(text.to_owned()))
    }
}

impl fmt::Display for HostOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("name"),
            Self::Label(key) => write!(f, "label:{key}"),
        }
    }
}

impl TryFrom<String> for HostOrder {
    type Error = StrategyError;

    fn try_from(text: String) -> Result<Self, StrategyError> {
        text.parse()
    }
}

impl From<HostOrder> for String {
    fn from(order: HostOrder) -> Self {
        order.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_name_or_a_label() {
        for text in ["name", "label:zone", "label:example.com/rack"] {
            assert_eq!(text.parse::<HostOrder>().unwrap().to_string(), text);
        }
        for text in ["", "Name", "label:", "label:a b", "zone"] {
            assert!(text.parse::<HostOrder>().is_err(), "{text:?}");
        }
    }
}
