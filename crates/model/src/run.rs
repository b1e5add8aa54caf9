//! Runs of scripts: what a script is given, and how it ends.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::manifest::{Parameter, ParameterType, ScriptSpec};
use crate::name::SecretName;
use crate::variables::VariableValue;

/// How the run of a script on one host ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ScriptExit {
    /// By itself.
    Code {
        /// What it returned.
        code: i32,
    },
    /// By a signal that Packhorse did not send.
    Signal {
        /// Its number.
        signal: i32,
    },
    /// Its time was over.
    TimedOut,
    /// A person stopped it.
    Stopped,
    /// It could not be started.
    NotStarted,
}

/// What is kept of the run of a script on one host beside its output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScriptResult {
    /// How it ended.
    pub exit: ScriptExit,
    /// Milliseconds that it took.
    pub millis: u64,
    /// Bytes of the output that is kept, after secrets were masked.
    pub output_bytes: u64,
    /// The BLAKE3 of that output: hosts with the same one wrote the same.
    pub output_digest: Digest,
}

/// A text that names no way to end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no way in which a script ends")]
pub struct ScriptExitError(String);

impl fmt::Display for ScriptExit {
    /// `code-0`, `signal-9`, `timed-out`, `stopped`, `not-started`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code { code } => write!(f, "code-{code}"),
            Self::Signal { signal } => write!(f, "signal-{signal}"),
            Self::TimedOut => f.write_str("timed-out"),
            Self::Stopped => f.write_str("stopped"),
            Self::NotStarted => f.write_str("not-started"),
        }
    }
}

impl FromStr for ScriptExit {
    type Err = ScriptExitError;

    fn from_str(text: &str) -> Result<Self, ScriptExitError> {
        let number = |number: &str| number.parse().map_err(|_| ScriptExitError(text.to_owned()));
        match text {
            "timed-out" => Ok(Self::TimedOut),
            "stopped" => Ok(Self::Stopped),
            "not-started" => Ok(Self::NotStarted),
            _ => match text.split_once('-') {
                Some(("code", code)) => Ok(Self::Code { code: number(code)? }),
                Some(("signal", signal)) => Ok(Self::Signal { signal: number(signal)? }),
                _ => Err(ScriptExitError(text.to_owned())),
            },
        }
    }
}

/// What a script is given, checked against what it takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arguments {
    /// Values that anybody may see, defaults among them.
    pub values: BTreeMap<String, String>,
    /// Secrets of the vault.
    pub secrets: BTreeMap<String, SecretName>,
}

/// What is wrong with what a script would be given. The value of a secret is never repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentFault {
    /// It must be given.
    #[error("{0} is required and was not given")]
    Missing(String),
    /// The script has no such parameter.
    #[error("{name} is no parameter of the script, which has {known}")]
    Unknown {
        /// What was given.
        name: String,
        /// What there is.
        known: String,
    },
    /// Not of its type.
    #[error("{name}: {message}")]
    Value {
        /// Which.
        name: String,
        /// What would be right.
        message: String,
    },
    /// A secret said in clear.
    #[error("{0} is a secret: name one of the vault instead of saying it")]
    InClear(String),
    /// A secret where everybody would see it.
    #[error("{0} is no secret parameter, so no secret can be given for it")]
    NoSecret(String),
}

impl ScriptSpec {
    /// What the script gets if it is given this.
    ///
    /// # Errors
    /// Everything that is missing, unknown or of the wrong type.
    pub fn arguments(&self, given: &BTreeMap<String, VariableValue>) -> Result<Arguments, Vec<ArgumentFault>> {
        let mut arguments = Arguments::default();
        let mut faults: Vec<ArgumentFault> = given
            .keys()
            .filter(|name| !self.parameter.iter().any(|parameter| parameter.name == **name))
            .map(|name| ArgumentFault::Unknown { name: name.clone(), known: self.known() })
            .collect();
        for parameter in &self.parameter {
            if let Err(fault) = parameter.take(given.get(&parameter.name), &mut arguments) {
                faults.push(fault);
            }
        }
        if faults.is_empty() { Ok(arguments) } else { Err(faults) }
    }

    fn known(&self) -> String {
        let names: Vec<&str> = self.parameter.iter().map(|parameter| parameter.name.as_str()).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    }
}

impl Parameter {
    fn take(&self, given: Option<&VariableValue>, arguments: &mut Arguments) -> Result<(), ArgumentFault> {
        let name = || self.name.clone();
        let wrong = |message: String| ArgumentFault::Value { name: name(), message };
        let is_secret = self.value_type == ParameterType::Secret;
        match given {
            Some(VariableValue::Secret(secret)) if is_secret => {
                arguments.secrets.insert(name(), secret.clone());
                return Ok(());
            }
            Some(VariableValue::Secret(_)) => return Err(ArgumentFault::NoSecret(name())),
            Some(_) if is_secret => return Err(ArgumentFault::InClear(name())),
            Some(value) => value.check().map_err(|error| wrong(error.to_string()))?,
            None => {}
        }
        match given.and_then(VariableValue::text).or_else(|| self.default.clone()) {
            Some(value) => {
                self.accepts(&value).map_err(wrong)?;
                arguments.values.insert(name(), value);
                Ok(())
            }
            None if self.required => Err(ArgumentFault::Missing(name())),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;

    fn script() -> ScriptSpec {
        let manifest = "[script]\nentry='run.sh'\ninterpreter='bash'\n\
            [[script.parameter]]\nname='DAYS'\ntype='integer'\ndefault='30'\n\
            [[script.parameter]]\nname='MODE'\ntype='choice'\nchoices=['fast','safe']\nrequired=true\n\
            [[script.parameter]]\nname='NOTE'\n\
            [[script.parameter]]\nname='PASSWORD'\ntype='secret'\nrequired=true\n";
        Manifest::parse(manifest).unwrap().script.unwrap()
    }

    fn given(values: &[(&str, VariableValue)]) -> BTreeMap<String, VariableValue> {
        values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    fn text(text: &str) -> VariableValue {
        VariableValue::Text(text.to_owned())
    }

    #[test]
    fn a_script_gets_what_is_given_and_its_defaults() {
        let secret = VariableValue::Secret("db-password".parse().unwrap());
        let arguments = script().arguments(&given(&[("MODE", text("safe")), ("PASSWORD", secret)])).unwrap();
        let texts = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(arguments.values, texts(&[("DAYS", "30"), ("MODE", "safe")]));
        assert_eq!(arguments.secrets["PASSWORD"].as_str(), "db-password");
        let number = given(&[("DAYS", VariableValue::Integer(7))]);
        let faults = script().arguments(&number).unwrap_err();
        assert_eq!(faults, [ArgumentFault::Missing("MODE".into()), ArgumentFault::Missing("PASSWORD".into())]);
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once_and_no_secret_is_repeated() {
        let wrong = given(&[
            ("DAYS", text("soon")),
            ("MODE", text("slow")),
            ("NOTE", VariableValue::Secret("db-password".parse().unwrap())),
            ("PASSWORD", text("hunter2")),
            ("HOUR", text("7")),
        ]);
        let faults = script().arguments(&wrong).unwrap_err();
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        HOUR is no parameter of the script, which has DAYS, MODE, NOTE, PASSWORD
        DAYS: "soon" is not a whole number
        MODE: "slow" is not one of fast, safe
        NOTE is no secret parameter, so no secret can be given for it
        PASSWORD is a secret: name one of the vault instead of saying it
        "#);
    }

    #[test]
    fn ways_to_end_are_written_and_read() {
        let all = [
            ScriptExit::Code { code: 0 },
            ScriptExit::Code { code: -1 },
            ScriptExit::Signal { signal: 9 },
            ScriptExit::TimedOut,
            ScriptExit::Stopped,
            ScriptExit::NotStarted,
        ];
        for exit in all {
            assert_eq!(exit.to_string().parse(), Ok(exit));
        }
        assert!("code-".parse::<ScriptExit>().is_err());
        assert_eq!(serde_json::to_string(&all[2]).unwrap(), r#"{"how":"signal","signal":9}"#);
    }
}
