//! `packhorse host label`.

use std::str::FromStr;

use clap::Args;
use packhorse_model::HostName;
use packhorse_model::label::{LabelKey, LabelValue};

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Give a host labels, and take some away
///
/// Labels say what a host is, for those who choose and order hosts by them: `packhorse deploy … --label 'zone in (a,b)'`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse host label web-01 zone=a rack=12
  packhorse host label web-01 rack-")]
pub(crate) struct Label {
    /// The host
    host: HostName,
    /// `KEY=VALUE` to set a label, `KEY-` to take it away
    #[arg(required = true, value_name = "CHANGE")]
    changes: Vec<Change>,
}

/// What becomes of one label.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    Set(LabelKey, LabelValue),
    Remove(LabelKey),
}

impl FromStr for Change {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let key = |text: &str| text.parse().map_err(|error| format!("{error}"));
        if let Some((name, value)) = text.split_once('=') {
            return Ok(Self::Set(key(name)?, value.parse().map_err(|error| format!("{error}"))?));
        }
        match text.strip_suffix('-') {
            Some(name) => Ok(Self::Remove(key(name)?)),
            None => Err("write KEY=VALUE, or KEY- to take the label away".to_owned()),
        }
    }
}

impl Label {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let mut labels = client.host(&self.host).await?.labels;
        for change in self.changes {
            match change {
                Change::Set(key, value) => drop(labels.insert(key, value)),
                Change::Remove(key) => drop(labels.remove(&key)),
            }
        }
        let host = client.set_host_labels(&self.host, &labels).await?;
        context
            .printer
            .data(&host, || host.labels.iter().map(|(key, value)| format!("{key}={value}\n")).collect::<String>())?;
        Ok(Exit::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_and_takes_away() {
        let set = |key: &str, value: &str| Change::Set(key.parse().unwrap(), value.parse().unwrap());
        assert_eq!("zone=a".parse(), Ok(set("zone", "a")));
        assert_eq!("legacy=".parse(), Ok(set("legacy", "")));
        assert_eq!("zone-".parse(), Ok(Change::Remove("zone".parse().unwrap())));
        for text in ["zone", "=a", "-", "zone=a b", ""] {
            assert!(text.parse::<Change>().is_err(), "{text:?}");
        }
    }
}
